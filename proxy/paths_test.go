package proxy

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// getAsSent sends a path that no client would send as it is.
func getAsSent(t *testing.T, base, path string) (*http.Response, string) {
	t.Helper()
	r := request(t, "GET", base+"/placeholder")
	r.URL.Opaque = "//" + strings.TrimPrefix(base, "http://") + path
	return do(t, r)
}

func TestPathsThatNeverReachTheTenant(t *testing.T) {
	asked := false
	base, _ := newRelay(t, func(http.ResponseWriter, *http.Request) { asked = true })
	for path, want := range map[string]int{
		"/qlik/../api/v1/items": 400, "/qlik/%2e%2e/api/v1/items": 400, "/qlik/%2E./api/v1/items": 400, "/qlik/./api/v1/items": 400,
		"/qlik/..;/api/v1/items": 400, "/qlik/%252e%252e/api/v1/items": 400, "/qlik/x/..": 400, "/qlik/api/v1/items/a%2F..%2Fb": 400,
		"/qlik/x/%2e%2e/oauth/token": 400, "/qlik/oauth%00/token": 400, "/qlik/%5coauth/token": 400,
		"/qlik/oauth/token": 404, "/qlik/%6fauth/token": 404, "/qlik//oauth/token": 404, "/qlik/oauth;a=b/token": 404,
		"/qlik/login": 404, "/qlik/logout": 404, "/qlik/.well-known/jwks.json": 404, "/qlik/api/v1/api-keys/1": 404, "/qlik/API/V1/OAuth-Tokens": 404,
		"/qlikx/api/v1/items": 404, "/%71lik/api/v1/items": 404,
	} {
		resp, body := getAsSent(t, base, path)
		if resp.StatusCode != want || asked || !strings.Contains(body, `"errors":[{"code":"HTTP-`+strconv.Itoa(want)) {
			t.Errorf("%s: status %d, want %d; reached the tenant: %v; %s", path, resp.StatusCode, want, asked, body)
		}
		asked = false
	}
}
