package demo_test

import (
	"net/url"
	"testing"
	"time"

	"vitrine/demo/demotest"
)

// exchange asks for a token for a socket's URL, as a page at the origin would.
func exchange(t *testing.T, s *demotest.Server, token, origin string) answer {
	t.Helper()
	form := url.Values{
		"grant_type": {"urn:ietf:params:oauth:grant-type:token-exchange"}, "client_id": {s.ClientID}, "subject_token": {token}, "purpose": {"websocket"},
	}
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	if origin != "" {
		header["Origin"] = origin
	}
	return do(t, request(t, "POST", s.URL+"/oauth/token", form.Encode(), header))
}

func TestExchangeIsForPagesOfTheClient(t *testing.T) {
	s := demotest.New(t)
	token := s.AccessToken(t, s.Viewer())
	if a := exchange(t, s, token, portal); a.errorCode() != "OAUTH-29" {
		t.Errorf("a page nobody listed: %d %s", a.status, a.raw)
	}
	patch := `[{"op":"add","path":"/allowedOrigins","value":["` + portal + `"]}]`
	if a := call(t, s, administrator(t, s), "PATCH", clientsPath+"/"+s.ClientID, patch); a.status != 204 {
		t.Fatalf("patch: %d %s", a.status, a.raw)
	}
	if a := exchange(t, s, token, portal); a.status != 200 || a.header.Get("Access-Control-Allow-Origin") != portal {
		t.Errorf("a listed page: %d %v", a.status, a.header)
	}
}

func TestTemporaryTokenOnlyOpensTheDoor(t *testing.T) {
	c := newClock()
	s := demotest.New(t, withClock(c))
	token := s.AccessToken(t, s.Viewer())
	app := firstApp(t, s, token, "")
	temporary := exchange(t, s, token, "").text("access_token")
	conn, _ := dial(t, s, "/app/"+app+"?accessToken="+url.QueryEscape(temporary), nil)
	if conn == nil {
		t.Fatal("no socket")
	}
	c.move(2 * time.Minute) // the temporary token is over
	post(t, s, "/oauth/revoke", map[string]string{"token": "unknown"}, nil)
	ended := make(chan int, 1)
	go func() { ended <- closeCode(t, conn) }()
	select {
	case code := <-ended:
		t.Fatalf("the socket ended with the temporary token: %d", code)
	case <-time.After(50 * time.Millisecond):
	}
	post(t, s, "/oauth/revoke", map[string]string{"token": token}, nil)
	if got := <-ended; got != 4006 {
		t.Errorf("when the token behind it dies: got %d, want 4006", got)
	}
}
