package demo

import (
	"encoding/json"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"vitrine/demo/faults"
	"vitrine/demo/state"
	"vitrine/demo/wire"
)

// The control API under /_demo/ changes how the tenant behaves. It is for
// programs on the same machine: never for a browser, and never for what came
// through a proxy.

func (t *Tenant) registerControl(mux *http.ServeMux) {
	mux.HandleFunc("GET /_demo/stats", t.control(t.controlStats))
	mux.HandleFunc("GET /_demo/settings", t.control(t.controlSettings))
	mux.HandleFunc("PATCH /_demo/settings", t.control(t.patchSettings))
	mux.HandleFunc("GET /_demo/faults", t.control(t.controlFaults))
	mux.HandleFunc("POST /_demo/faults", t.control(t.addFault))
	mux.HandleFunc("DELETE /_demo/faults", t.control(t.clearFaults))
	mux.HandleFunc("POST /_demo/sockets/close", t.control(t.closeSockets))
	mux.HandleFunc("POST /_demo/sessions/end", t.control(t.endSessions))
}

func (t *Tenant) control(next func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !t.fromThisMachine(r) {
			wire.Fail(w, wire.ErrForbidden)
			return
		}
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); r.ContentLength != 0 && kind != "application/json" {
			wire.Fail(w, wire.Error{Status: http.StatusUnsupportedMediaType, Code: "HTTP-415", Title: "Unsupported media type", Detail: "send application/json"})
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		if err := next(w, r); err != nil {
			wire.Fail(w, err)
		}
	}
}

func (t *Tenant) fromThisMachine(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !peer.Addr().Unmap().IsLoopback() {
		return false
	}
	// A browser page may reach loopback too, also by rebinding its own name to
	// it: so neither Origin nor Fetch metadata, and a Host that is ours.
	for _, name := range []string{"Origin", "Sec-Fetch-Site", "Forwarded", "X-Forwarded-For"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	name := r.Host
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		name = host
	}
	addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
	return r.Host == t.state.Host() || name == "localhost" || err == nil && addr.IsLoopback()
}

func (t *Tenant) controlStats(w http.ResponseWriter, _ *http.Request) error {
	wire.WriteJSON(w, http.StatusOK, t.Stats())
	return nil
}

func (t *Tenant) controlSettings(w http.ResponseWriter, _ *http.Request) error {
	wire.WriteJSON(w, http.StatusOK, t.state.Settings())
	return nil
}

// patchSettings changes the switches that the body names, all or none.
func (t *Tenant) patchSettings(w http.ResponseWriter, r *http.Request) error {
	var patch json.RawMessage
	err := json.NewDecoder(r.Body).Decode(&patch)
	if err == nil {
		probe := t.state.Settings()
		err = json.Unmarshal(patch, &probe)
	}
	if err != nil {
		return wire.BadRequest(err.Error())
	}
	t.Configure(func(s *state.Settings) { _ = json.Unmarshal(patch, s) }) // it fitted a moment ago
	return t.controlSettings(w, r)
}

func (t *Tenant) controlFaults(w http.ResponseWriter, _ *http.Request) error {
	wire.WriteJSON(w, http.StatusOK, t.faults.List())
	return nil
}

func (t *Tenant) addFault(w http.ResponseWriter, r *http.Request) error {
	var f faults.Fault
	if err := json.NewDecoder(r.Body).Decode(&f); err != nil {
		return wire.BadRequest(err.Error())
	}
	t.Inject(f)
	wire.WriteJSON(w, http.StatusCreated, f)
	return nil
}

func (t *Tenant) clearFaults(w http.ResponseWriter, _ *http.Request) error {
	t.faults.Clear()
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (t *Tenant) endSessions(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Person string `json:"person"` // ID or e-mail; "" for all
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return wire.BadRequest("the body must be JSON")
	}
	wire.WriteJSON(w, http.StatusOK, map[string]int{"ended": t.EndSessions(body.Person)})
	return nil
}

func (t *Tenant) closeSockets(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Person string `json:"person"` // ID or e-mail; "" for all
		AppID  string `json:"appId"`  // "" for all
		Code   int    `json:"code"`
		Reason string `json:"reason"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body.Code < 3000 || body.Code > 4999 {
		return wire.BadRequest("the body must be JSON with a close code from 3000 to 4999")
	}
	wire.WriteJSON(w, http.StatusOK, map[string]int{"closed": t.CloseSockets(body.Person, body.AppID, body.Code, body.Reason)})
	return nil
}
