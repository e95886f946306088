// remember keeps a choice of the person for a year, where the server sees it.
export function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  const age = value === "" ? 0 : 31536000;
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=${age}; SameSite=Lax${secure}`;
}

// recall returns a choice, or "".
export function recall(name) {
  const pair = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
  return pair ? decodeURIComponent(pair.slice(name.length + 1)) : "";
}
