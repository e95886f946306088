package oauth

import "vitrine/demo/state"

// LogoutToken signs a logout token for a person, by ID, as a provider of OpenID
// Connect Back-Channel Logout 1.0 would send it. change replaces claims, or
// removes those that are nil; typ is the type in its header.
func (srv *Server) LogoutToken(subject, typ string, change map[string]any) string {
	claims := map[string]any{
		"iss": srv.issuer(), "aud": srv.ClientID, "sub": subject, "iat": srv.Now().Unix(), "exp": srv.Now().Unix() + 120, "jti": state.RandomHex(16),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	for name, value := range change {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return srv.keys.current().signAs(typ, claims)
}
