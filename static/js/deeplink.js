// The state of an app in addresses: selections and a bookmark. The server
// reads the same form (handlers/deeplink.go), and bounds it as here.

const limits = { selections: 20, values: 100, name: 255, value: 512, address: 1800 };

const escaped = (text) => text.replace(/[\\,]/g, "\\$&");

// encodeSelection writes "Field,Value,Value"; a comma or backslash inside a
// name or value gets a backslash before it.
export function encodeSelection({ field, values }) {
  return [field, ...values].map(escaped).join(",");
}

// fits tells whether an address can carry a selection, and the server reads it.
export function fits({ field, values, complete = true }) {
  return complete && values.length > 0 && values.length <= limits.values && isPlain(field, limits.name) &&
    values.every((value) => isPlain(value, limits.value));
}

// isPlain counts characters as the server does, not their halves.
function isPlain(text, most) {
  return text !== "" && [...text].length <= most && !/[\u0000-\u001f\u007f\ufffd]|\p{Surrogate}/u.test(text);
}

// withState returns an address that carries the state instead of what it
// carried before, and whether all of it found room.
export function withState(address, { select = [], bookmark = "" }) {
  const url = new URL(address);
  url.searchParams.delete("select");
  url.searchParams.delete("bookmark");
  if (bookmark) url.searchParams.set("bookmark", bookmark);
  let whole = select.length <= limits.selections;
  for (const selection of select.slice(0, limits.selections)) {
    if (!fits(selection)) {
      whole = false;
      continue;
    }
    const before = url.search;
    url.searchParams.append("select", encodeSelection(selection));
    if (url.href.length > limits.address) {
      url.search = before;
      whole = false;
    }
  }
  return { href: url.href, whole };
}

// singleValue writes one part of a select parameter of the tenant's /single/
// page, where a comma is written in brackets. What it cannot carry is null.
function singleValue(text) {
  if (!/[,[\]]/.test(text)) return text;
  return text.includes("]") ? null : `[${text}]`;
}

// singleAddress is the tenant's own page of a sheet.
export function singleAddress(view, { identity, select = [], bookmark = "", language = "" }) {
  const url = new URL("/single/", view.tenant);
  const set = (name, value) => value && url.searchParams.set(name, value);
  set("appid", view.appId);
  set(view.objectId ? "obj" : "sheet", view.objectId ?? view.sheetId);
  set("theme", view.theme);
  set("identity", identity);
  set("opt", "ctxmenu,currsel");
  set("lang", language);
  set("bookmark", bookmark);
  if (select.length > 0) url.searchParams.append("select", "clearall");
  const lost = [];
  for (const { field, values } of select) {
    const parts = [field, ...values].map(singleValue);
    if (parts.includes(null)) lost.push(field);
    else url.searchParams.append("select", parts.join(","));
  }
  return { href: url.href, lost };
}

// sameSelections compares without regard to order.
export function sameSelections(a, b) {
  const text = (list) => JSON.stringify(list.map(({ field, values }) => [field, [...values].sort()]).sort());
  return text(a) === text(b);
}
