// What the Capability APIs need once an app is opened: the connection and the
// charts of the embedded user interfaces.

import { registerAuthModule } from 'qlik-api:auth';
import { adoptStyles } from '../../../static/nebula/nebula.js';
import { adoptRuntimeStyles } from '../styles.js';

export { Connection } from '../connection.js';
export { drawChart, drawSelections } from '../interfaces.js';

export function adoptAllStyles() {
  adoptStyles();
  adoptRuntimeStyles();
}

const integration = ({ webIntegrationId }) => (webIntegrationId ? { 'qlik-web-integration-id': webIntegrationId } : {});

async function csrfToken(hostConfig) {
  const answer = await fetch(`${hostConfig.host}/api/v1/csrf-token`, { credentials: 'include', headers: integration(hostConfig) });
  return answer.headers.get('qlik-csrf-token') ?? '';
}

// The library's own cookie type takes the page away to sign in. Mashups sign
// in by themselves before they open apps, and hear of an error otherwise.
registerAuthModule('mashup', {
  requiredProps: [],
  optionalProps: ['webIntegrationId'],
  getRestCallAuthParams: async ({ hostConfig, method }) => ({
    headers: { ...integration(hostConfig), ...(/^get$/i.test(method) ? {} : { 'qlik-csrf-token': await csrfToken(hostConfig) }) },
    queryParams: {},
    credentials: 'include',
  }),
  getWebSocketAuthParams: async ({ hostConfig }) => ({
    queryParams: { 'qlik-csrf-token': await csrfToken(hostConfig), ...integration(hostConfig) },
  }),
  handleAuthenticationError: async () => ({}),
});
