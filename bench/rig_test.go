package bench

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"vitrine/store/storetest"
)

// rig is what is compared, before one tenant and with one Redis.
type rig struct {
	tenant        *child
	redis         *storetest.RedisServer
	floor, portal *child

	floorEnv, portalEnv []string
}

// newRig starts them all, with further variables for the two.
func newRig(tb testing.TB, floor, portal []string) *rig {
	tb.Helper()
	r := &rig{redis: redis(tb), tenant: startTenant(tb), floorEnv: floor, portalEnv: portal}
	r.floor, r.portal = r.startBoth(tb)
	return r
}

// startBoth starts the two, or two more.
func (r *rig) startBoth(tb testing.TB) (floor, portal *child) {
	tb.Helper()
	return r.start(tb, floorProgram, r.floorEnv...), r.start(tb, portalProgram, r.portalEnv...)
}

// processes is how many of each program a comparison is made with. Where one
// has its memory, and how its connections settle, is worth a tenth and more for
// as long as it lives.
const processes = 4

// pairs puts several of each program under a load. A profile needs one.
func (r *rig) pairs(tb testing.TB, load func(testing.TB, *child) side) []pair {
	tb.Helper()
	want := processes
	if *profiles != "" {
		want = 1
	}
	var all []pair
	for floor, portal := r.floor, r.portal; ; floor, portal = r.startBoth(tb) {
		p := pair{load(tb, floor), load(tb, portal)}
		p.floor.measure(tb) // or who gives connections a moment to send a request closes them
		p.portal.measure(tb)
		if all = append(all, p); len(all) == want {
			return all
		}
	}
}

func startTenant(tb testing.TB, env ...string) *child {
	tb.Helper()
	addr := freeAddr(tb)
	return start(tb, tenantProgram, addr, append(env, "QLIK_TENANT_URL=http://"+addr)...)
}

// start starts one more program before the rig's tenant.
func (r *rig) start(tb testing.TB, program string, env ...string) *child {
	tb.Helper()
	addr := freeAddr(tb)
	return start(tb, program, addr, append(settingsOf(addr, r.tenant.url, r.redis), env...)...)
}

// signIn signs person number in, with a first access token that lives for some
// seconds, and returns all cookies the browser has then.
func (c *child) signIn(tb testing.TB, seconds, number int) (cookies string) {
	tb.Helper()
	client := newClient(tb)
	begin, _ := get(tb, client, c.url+"/login", "identity")
	state := mustParse(tb, begin.Header.Get("Location")).Query().Get("state")
	end, _ := get(tb, client, fmt.Sprintf("%s/login/callback?state=%s&code=%d.%d", c.url, state, seconds, number), "identity")
	if end.StatusCode != http.StatusSeeOther {
		tb.Fatalf("callback: %d", end.StatusCode)
	}
	var pairs []string
	for _, cookie := range client.Jar.Cookies(mustParse(tb, c.url)) {
		pairs = append(pairs, cookie.Name+"="+cookie.Value)
	}
	return strings.Join(pairs, "; ")
}

// day is long enough for no token to become due while something is measured.
const day = 24 * 60 * 60

// signInMany signs n people in.
func (c *child) signInMany(tb testing.TB, n int) (cookies []string) {
	tb.Helper()
	for i := range n {
		cookies = append(cookies, c.signIn(tb, day, i))
	}
	return cookies
}
