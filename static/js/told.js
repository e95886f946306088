// told is a rejection that says which message of the page explains it. act is
// what its second button does, where the message has one.
export function told(message, { hold = "", detail = "", act = null } = {}) {
  return Object.assign(new Error(message), { name: "Told", hold, detail, act });
}
