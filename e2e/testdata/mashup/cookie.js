// A page that was written for the tenant's own cookies, with nothing changed
// but its host.

import * as qlik from "/static/any/vendor/qlik-api/index.js";

qlik.auth.setDefaultHostConfig({ host: "PUBLIC_URL/qlik", authType: "cookie", webIntegrationId: "Zk3-demo-web-integration" });

window.mashup = { qlik };
const { data } = await qlik.users.getMyUser();
document.getElementById("who").textContent = `Hello, ${data.name}`;
