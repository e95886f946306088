package handlers

import (
	"net/url"
	"strings"
)

// Addresses of pages. IDs are the tenant's, so they are escaped.
func appPath(appID string) string { return "/apps/" + url.PathEscape(appID) }

func sheetPath(appID, sheetID string) string {
	return appPath(appID) + "/sheets/" + url.PathEscape(sheetID)
}

// relayed is the address of a file of the tenant under our own origin, or "".
func relayed(tenantPath string) string {
	if !strings.HasPrefix(tenantPath, "/api/") {
		return ""
	}
	return relayPrefix + tenantPath
}
