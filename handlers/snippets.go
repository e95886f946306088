package handlers

import (
	"encoding/json"
	"fmt"
)

// enigmaCode opens the app with enigma.js, as our own page does.
func (h *Handlers) enigmaCode(appID string, direct bool) string {
	if !direct {
		return fmt.Sprintf(`import enigma from "enigma.js";
import schema from "enigma.js/schemas/12.2015.0.json";

// On a page of the portal's own origin: its session cookie is all it takes.
const session = enigma.create({ schema, url: %s });
const app = await (await session.open()).openDoc(%s);
console.log(await app.getAppLayout());
`, script(socketOrigin(h.PublicURL)+relayPrefix+"/app/"+appID), script(appID))
	}
	return fmt.Sprintf(`import enigma from "enigma.js";
import schema from "enigma.js/schemas/12.2015.0.json";

// The page's origin must be listed in the web integration, and the browser
// must send the tenant's cookie.
const tenant = %s, webIntegrationId = %s, appId = %s;
const headers = { "qlik-web-integration-id": webIntegrationId };
const answer = await fetch(tenant + "/api/v1/csrf-token", { credentials: "include", headers });
const query = new URLSearchParams({
  "qlik-web-integration-id": webIntegrationId,
  "qlik-csrf-token": answer.headers.get("qlik-csrf-token"),
});
const session = enigma.create({ schema, url: tenant.replace(/^http/, "ws") + "/app/" + appId + "?" + query });
const app = await (await session.open()).openDoc(appId);
console.log(await app.getAppLayout());
`, script(h.TenantURL), script(h.WebIntegrationID), script(appID))
}

// script writes text as a literal of JavaScript that may stand inside of HTML.
func script(text string) string {
	literal, err := json.Marshal(text) // escapes <, > and &, too
	if err != nil {
		return `""` // text is text
	}
	return string(literal)
}
