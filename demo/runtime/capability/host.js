// hostConfigOf turns the configuration of a mashup into one of @qlik/api.
// Without a host the tenant is where this script came from.
export function hostConfigOf({ host, prefix = '/', port, isSecure, webIntegrationId }, root) {
  const url = new URL(root);
  if (host) {
    url.protocol = (isSecure ?? location.protocol === 'https:') ? 'https:' : 'http:';
    url.host = host;
    if (port) {
      url.port = port;
    }
    url.pathname = prefix;
  }
  // require.config() may carry it for all apps.
  const id = webIntegrationId ?? window.requirejs?.s?.contexts?._?.config?.webIntegrationId;
  // On the page's own origin a relay signs in; anywhere else it is the
  // tenant's cookie, and the web integration lets it count.
  const relayed = url.origin === location.origin && !id;
  return { host: url.href.replace(/\/$/, ''), authType: relayed ? 'none' : 'mashup', webIntegrationId: id };
}
