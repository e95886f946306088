// Package demotest serves a demo tenant for tests and walks its pages like a
// browser would.
package demotest

import (
	"net/http/httptest"
	"testing"

	"vitrine/demo"
)

// Server is a demo tenant that listens on 127.0.0.1. It ends with the test.
type Server struct {
	*demo.Tenant
	*httptest.Server
	URL, ClientID, ClientSecret string
	RedirectURIs                []string
}

// New starts a tenant. Its URL is the address it listens on, so the issuer is
// right; mutate may change anything else before it starts.
func New(t testing.TB, mutate ...func(*demo.Options)) *Server {
	t.Helper()
	s := &Server{Server: httptest.NewUnstartedServer(nil)}
	s.URL = "http://" + s.Listener.Addr().String()
	o := demo.Options{
		URL: s.URL, ClientID: demo.DefaultClientID, ClientSecret: demo.DefaultClientSecret,
		RedirectURIs: []string{demo.DefaultRedirectURI}, Settings: demo.DefaultSettings(),
	}
	for _, change := range mutate {
		change(&o)
	}
	tenant, err := demo.New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Tenant, s.ClientID, s.ClientSecret, s.RedirectURIs = tenant, o.ClientID, o.ClientSecret, o.RedirectURIs
	s.Config.Handler = tenant
	s.Start()
	t.Cleanup(s.Close)
	return s
}

// Close ends the engine's sockets and the server.
func (s *Server) Close() {
	_ = s.Tenant.Close()
	s.Server.Close()
}

// Viewer sees the least.
func (s *Server) Viewer() demo.Person { return s.person(demo.RoleViewer) }

// Analyst sees one space more and owns personal apps.
func (s *Server) Analyst() demo.Person { return s.person(demo.RoleAnalyst) }

// Admin sees all spaces.
func (s *Server) Admin() demo.Person { return s.person(demo.RoleAdmin) }

// Disabled may sign in at the identity provider and then gets an error.
func (s *Server) Disabled() demo.Person {
	return demo.Person{Email: demo.DisabledEmail, Password: demo.DisabledPassword}
}

func (s *Server) person(role string) demo.Person {
	for _, p := range s.People() {
		if p.Role == role {
			return p
		}
	}
	panic("demo tenant without a " + role)
}
