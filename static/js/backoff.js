// How long to wait before a connection is tried again, and when to stop.

export const mostAttempts = 8;

// delayBefore doubles from half a second to fifteen. Half of it is chance: when
// a server comes back, not all pages may knock in the same moment.
export function delayBefore(attempt, chance = Math.random) {
  const most = Math.min(500 * 2 ** attempt, 15_000);
  return most / 2 + chance() * most / 2;
}
