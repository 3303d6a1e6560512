/** What a value is in JSON, how its texts and numbers are measured, and how messages show it. */

const MAX_LENGTH = 60;
const MAX_READ = 1000; // characters of a text that are looked at

export type JsonObject = Readonly<Record<string, unknown>>;

/** Tell whether a value is a JSON object: no array, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tell whether a value is a JSON array. */
export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Tell whether a value is a JSON number: not NaN, not infinite. */
export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Tell whether a value is a whole JSON number, however it is written. */
export function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

/** Tell whether a text has fewer characters than so many, which a long one cannot have. */
export function isShorter(text: string, least: number): boolean {
  return text.length < 2 * least && codePoints(text) < least;
}

/** Tell whether a text has more characters than so many, which a short one cannot have. */
export function isLonger(text: string, most: number): boolean {
  return text.length > most && codePoints(text) > most;
}

/** Count the characters of a text as JSON Schema does: code points, not UTF-16 units. */
function codePoints(text: string): number {
  let pairs = 0;
  for (let index = 1; index < text.length; index++) {
    const isPair = isIn(text.charCodeAt(index), 0xdc00) && isIn(text.charCodeAt(index - 1), 0xd800);
    pairs += Number(isPair);
  }
  return text.length - pairs;
}

/** Tell whether a number is a multiple of another, in decimals as JSON writes them: 0.15 is one of 0.05. */
export function isMultiple(value: number, step: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0;
  const [one, ofOne] = decimal(value);
  const [other, ofOther] = decimal(step);
  const places = Math.max(ofOne, ofOther);
  return (one * 10n ** BigInt(places - ofOne)) % (other * 10n ** BigInt(places - ofOther)) === 0n;
}

function isIn(code: number, first: number): boolean {
  return code >= first && code < first + 0x400;
}

/** Return a number as its digits, and how many of them are behind the point. */
function decimal(number: number): [digits: bigint, places: number] {
  const [digits = "", exponent = "0"] = String(number).split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  const places = fraction.length - Number(exponent);
  const written = BigInt(whole + fraction);
  return places < 0 ? [written * 10n ** BigInt(-places), 0] : [written, places];
}

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
    return typeof name === "string" && name && name !== "Object" ? " (" + name.slice(0, MAX_LENGTH) + ")" : "";
  } catch {
    return ""; // a proxy or a getter throws
  }
}

/** Tell whether a text needs neither escapes nor cuts: a short one of ASCII. */
function isPlain(text: string): boolean {
  if (text.length > MAX_LENGTH - 2) return false;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e) return false;
    if (code === 0x22 || code === 0x23 || code === 0x3f || code === 0x5c) return false; // " # ? \
  }
  return true;
}

function showText(value: string): string {
  const text = withoutSignatures(JSON.stringify(value.slice(0, MAX_READ)));
  return text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH - 1) + "…" : text;
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
