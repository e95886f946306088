package bench

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
)

// TestFloorDoesTheSameWork keeps the comparison honest: what the floor leaves
// out of the work that both are measured by would flatter nobody.
func TestFloorDoesTheSameWork(t *testing.T) {
	r := newRig(t, nil, nil)
	type session struct {
		Authenticated bool
		User          struct{ ID, Name, Email string }
	}
	answers := map[*child]map[string]string{}
	for _, c := range []*child{r.floor, r.portal} {
		answers[c] = map[string]string{}
		cookies := c.signIn(t, day, 7)
		client := newClient(t)
		for _, path := range []string{"/qlik/api/v1/plain", "/qlik/api/v1/users/me", "/api/session"} {
			for who, cookies := range map[string]string{"signed in": cookies, "nobody": ""} {
				status, body := askAs(t, client, c.url+path, cookies)
				want := http.StatusOK
				if who == "nobody" {
					want, body = http.StatusUnauthorized, ""
				}
				if status != want {
					t.Errorf("%s %s, %s: %d, want %d", c.Path, path, who, status, want)
				}
				if path == "/api/session" && body != "" {
					var s session
					if err := json.Unmarshal([]byte(body), &s); err != nil || s.User.ID != "user-7" || !s.Authenticated {
						t.Errorf("%s %s: %s", c.Path, path, body)
					}
					continue // the portal tells more
				}
				answers[c][path+who] = body
			}
		}
		if err := echo(t.Context(), c.open(t, cookies), message); err != nil {
			t.Errorf("%s: echo: %v", c.Path, err)
		}
	}
	for question, answer := range answers[r.floor] {
		if got := answers[r.portal][question]; got != answer {
			t.Errorf("%s: the portal answers %q, the floor %q", question, got, answer)
		}
	}
}

// TestFloorRefreshesOnce checks the work behind the row of the expired session.
func TestFloorRefreshesOnce(t *testing.T) {
	r := newRig(t, nil, nil)
	for _, c := range []*child{r.floor, r.portal} {
		e := newExpiry(t, c, r.tenant)
		if took := e.round(t); e.calls[0] != 1 || e.served[0] != parallel || took < 100 {
			t.Errorf("%s: %d token calls, %d answers of 200, %.0f ms", c.Path, e.calls[0], e.served[0], took)
		}
	}
}

func askAs(tb testing.TB, client *http.Client, address, cookies string) (status int, body string) {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, address, nil)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	if cookies != "" {
		r.Header.Set("Cookie", cookies)
	}
	resp, err := client.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		tb.Fatal(err)
	}
	return resp.StatusCode, string(text)
}
