package demo

// LogoutToken signs a logout token for a person, by ID, as a provider of OpenID
// Connect Back-Channel Logout 1.0 would send it. change replaces claims, or
// removes those that are nil; typ is the type in its header.
func (t *Tenant) LogoutToken(subject, typ string, change map[string]any) string {
	claims := map[string]any{
		"iss": t.issuer(), "aud": t.clientID, "sub": subject, "iat": t.now().Unix(), "exp": t.now().Unix() + 120, "jti": randomHex(16),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	for name, value := range change {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return t.keys.current().signAs(typ, claims)
}
