/** What a value is in JSON, and how its texts and numbers are measured. */

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
