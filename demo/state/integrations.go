package state

import (
	"slices"
	"unicode/utf8"
)

// WebIntegrationID names the web integration that is there from the start. Its
// origins are those of the program's redirect URIs.
const WebIntegrationID = "Zk3-demo-web-integration"

// WebIntegration lists the origins of pages that may use the tenant's cookies.
type WebIntegration struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	ValidOrigins []string `json:"validOrigins"`
	TenantID     string   `json:"tenantId"`
	Created      string   `json:"created"`
	CreatedBy    string   `json:"createdBy"`
	LastUpdated  string   `json:"lastUpdated"`
}

// Key implements Record.
func (i WebIntegration) Key() string { return i.ID }

func (st *State) ownIntegration(redirectURIs []string) WebIntegration {
	origins := []string{}
	for _, uri := range redirectURIs {
		if origin := OriginOf(uri); origin != "" && !slices.Contains(origins, origin) {
			origins = append(origins, origin)
		}
	}
	at := Timestamp(st.Content.Created)
	return WebIntegration{
		ID: WebIntegrationID, Name: "Portal", ValidOrigins: origins, TenantID: st.Content.TenantID,
		Created: at, CreatedBy: st.Content.Users[2].ID, LastUpdated: at,
	}
}

// Invalid returns what is wrong with an integration, or "".
func (i WebIntegration) Invalid() string {
	switch {
	case i.Name == "" || utf8.RuneCountInString(i.Name) > 512:
		return "name is required and has at most 512 characters"
	case !Every(i.ValidOrigins, validOrigin):
		return "an origin is a scheme and a host, without wildcard and path"
	}
	return ""
}
