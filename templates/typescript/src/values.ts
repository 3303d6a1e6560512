/** How messages show values. */

const MAX_SHOWN = 60;
const MAX_READ = 1000; // characters of a text that are looked at

/** Show a value in a message: as short JSON in one line; an array or object only by its type, or by its class. */
export function show(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return isPlain(value) ? '"' + value + '"' : showText(value);
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" + classOf(value) : typeof value;
}

/** Return the class of an object in brackets; empty if it has none, or does not say. */
function classOf(value: object): string {
  try {
    const tag = Object.prototype.toString.call(value).slice(8, -1);
    const name: unknown = tag === "Object" ? Object.getPrototypeOf(value)?.constructor?.name : tag;
    return typeof name === "string" && name && name !== "Object" ? " (" + name.slice(0, MAX_SHOWN) + ")" : "";
  } catch {
    return ""; // a proxy or a getter throws
  }
}

/** Tell whether a text needs neither escapes nor cuts: a short one of ASCII. */
function isPlain(text: string): boolean {
  if (text.length > MAX_SHOWN - 2) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e) return false;
    if (code === 0x22 || code === 0x23 || code === 0x3f || code === 0x5c) return false; // " # ? \
  }
  return true;
}

function showText(value: string): string {
  const text = withoutSignatures(JSON.stringify(value.slice(0, MAX_READ)));
  return text.length > MAX_SHOWN ? text.slice(0, MAX_SHOWN - 1) + "…" : text;
}

/** Cut each URL in a text at its query, which may hold a signature. */
export function withoutSignatures(text: string): string {
  if (!/[?#]/.test(text)) return text;
  return text.replace(/(https?:[^?#"<>]*)([?#][^\s"'<>]*)?/gi, (_, url, query) => url + (query ? "?…" : ""));
}

/** Say that a value cannot be read, and why. */
export function sayUnreadable(error: unknown): string {
  return `it cannot be read: ${show(String(Object(error).message ?? error))}`;
}
