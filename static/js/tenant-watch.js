// watchTenant notices that the tenant's own session has ended: then its frame,
// or its scripts, show nothing any more, and tell nobody.

const every = 30_000;

export async function watchTenant(tenant, starting) {
  const sheet = await starting;
  if (!sheet) return;
  let asking = false;
  const look = async () => {
    if (asking || document.visibilityState !== "visible" || !navigator.onLine) return;
    asking = true;
    if (!(await tenant.lives())) sheet.say("tenant-ended");
    asking = false;
  };
  setInterval(look, every);
  addEventListener("focus", look);
  document.addEventListener("visibilitychange", look);
}
