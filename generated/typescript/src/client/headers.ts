/** Headers that callers add to each call of the API. No value is shown: it may be a key. */

import { isObject } from "../values.js";
import { InvalidSetting } from "./errors.js";

/** Headers: an object of names and values, or what yields pairs of them, such as `Headers` or a `Map`. */
export type HeadersOption = Readonly<Record<string, string | undefined>> | Iterable<readonly [string, string]>;

/** Headers that are about one connection or body: a `fetch` that is given them fails, some only after a timeout. */
const BY_FETCH = ["connection", "content-length", "expect", "keep-alive", "transfer-encoding", "upgrade"];

/** Check headers; return them under names in title case, as those of the client itself are. */
export function readHeaders(given: unknown): Record<string, string> {
  if (!isObject(given) && !Array.isArray(given))
    throw new TypeError('defaultHeaders must be an object of names and values, such as { "X-Team": "video" }');
  const pairs = Symbol.iterator in given ? Array.from(given as Iterable<unknown>) : Object.entries(given);
  const found = new Map<string, string>();
  for (const pair of pairs) {
    const [name, value] = Array.isArray(pair) ? (pair as unknown[]) : [];
    if (value === undefined && Object.hasOwn(given, String(name))) continue; // an object may leave out a name so
    const problem = findProblem(name, value);
    if (problem) throw new (typeof value === "string" ? RangeError : TypeError)(`defaultHeaders: ${problem}`);
    found.set(titleOf(name as string), value as string);
  }
  return Object.fromEntries(found);
}

/** Read headers of a variable, one in each line. */
export function parseHeaders(variable: string, text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim());
  const pairs = lines.map(
    (line) =>
      /^([^:]*):(.*)$/
        .exec(line)
        ?.slice(1)
        .map((part) => part.trim()) ?? [],
  );
  for (const [name, value] of pairs) {
    const problem =
      name === undefined ? "there must be a name, a colon and a value in each line" : findProblem(name, value);
    if (problem) throw new InvalidSetting(`${variable}: ${problem}`);
  }
  return Object.fromEntries(pairs.map(([name, value]) => [titleOf(name!), value!]));
}

function findProblem(name: unknown, value: unknown): string {
  if (typeof name !== "string" || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
    return "a name cannot be one of a header";
  if (BY_FETCH.includes(name.toLowerCase())) return `fetch itself says what ${name} is`;
  if (typeof value !== "string") return `the value of ${name} must be a string`;
  return /^$|^[!-~]([ -~]*[!-~])?$/.test(value)
    ? ""
    : `the value of ${name} has white space around it, or a character that is not printable ASCII`;
}

function titleOf(name: string): string {
  return name.replace(/[^-]+/g, (word) => word[0]!.toUpperCase() + word.slice(1).toLowerCase());
}
