// told is a rejection that says which message of the page explains it.
export function told(message, { hold = "", detail = "" } = {}) {
  return Object.assign(new Error(message), { name: "Told", hold, detail });
}
