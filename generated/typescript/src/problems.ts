/** The problems that a validator finds, and their messages. */

import { NAME } from "./package.js";
import { BROKEN, type Code } from "./rules.js";

export type { Code } from "./rules.js";

/** A broken rule in a payload. */
export interface Problem {
  /** Where: a JSON Pointer (RFC 6901) into the payload, such as `/loras/0`. */
  readonly pointer: string;
  readonly code: Code;
  /** For people. */
  readonly message: string;
}

/** The part of Standard Schema version 1 that validators have: libraries that take such a schema take a validator. */
export interface StandardSchema<Value> {
  readonly version: 1;
  readonly vendor: string;
  readonly validate: (value: unknown) => StandardResult<Value>;
  readonly types?: { readonly input: Value; readonly output: Value } | undefined;
}

type StandardResult<Value> =
  { readonly value: Value; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path: readonly string[];
}

/** Finds all problems of a payload. Also a Standard Schema, for tRPC, Hono, form libraries and others. */
export interface Validator<Value = unknown> {
  (payload: unknown): Problem[];
  /** The names of the parameters. */
  readonly names: ReadonlySet<string>;
  readonly "~standard": StandardSchema<Value>;
}

interface Wrapped {
  readonly [Symbol.toStringTag]: "AnyKind";
}

/** Parameters as they are sent: without files that must be uploaded first. */
export type Payload<Parameters> = Parameters extends Blob | ArrayBuffer | ArrayBufferView | Wrapped
  ? never
  : Parameters extends object
    ? { readonly [Name in keyof Parameters]: Payload<Parameters[Name]> }
    : Parameters;

export type JsonObject = Readonly<Record<string, unknown>>;

const IN_FULL = 20; // problems of a payload whose messages have all choices, and the nearest one
const MAX_SHOWN = 60;
const MAX_READ = 1000; // characters of a text that are looked at to show it
const MAX_COMPARED = 1000;
const MAX_DEPTH = 100; // parts of the pointer to an object: models may refer to each other without end

/** Make a validator from a function that adds the problems of an object. */
export function validator<Value>(
  find: (problems: Problem[], payload: JsonObject) => void,
  names: ReadonlySet<string>,
): Validator<Value> {
  const validate = (payload: unknown): Problem[] => {
    const problems: Problem[] = [];
    if (isObject(payload)) find(problems, payload);
    else wrongType(problems, "", "object", payload);
    return problems;
  };
  const check = (value: unknown): StandardResult<Value> => {
    const issues = validate(value).map(issueOf);
    return issues.length ? { issues } : { value: value as Value };
  };
  const standard: StandardSchema<Value> = { version: 1, vendor: NAME, validate: check };
  return Object.assign(validate, { names, "~standard": standard });
}

/** Tell whether a value is a JSON object: no array, no null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tell whether a value is a JSON number: not NaN, not infinite. */
export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Tell whether a value is a whole JSON number, however it is written. */
export function isInteger(value: unknown): value is number {
  return Number.isInteger(value);
}

/** Tell whether a value is a JSON array. */
export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Count the characters of a text as JSON Schema does: code points, not UTF-16 units. */
export function codePoints(text: string): number {
  let pairs = 0;
  for (let index = 1; index < text.length; index++) {
    const isPair = isIn(text.charCodeAt(index), 0xdc00) && isIn(text.charCodeAt(index - 1), 0xd800);
    pairs += Number(isPair);
  }
  return text.length - pairs;
}

/** Tell whether a number is a multiple of another, in decimals as JSON writes them: 0.15 is one of 0.05. */
export function isMultiple(value: number, step: number): boolean {
  const [one, ofOne] = decimal(value);
  const [other, ofOther] = decimal(step);
  const places = Math.max(ofOne, ofOther);
  return (one * 10n ** BigInt(places - ofOne)) % (other * 10n ** BigInt(places - ofOther)) === 0n;
}

/** Tell whether a payload has a parameter itself, not by inheritance; undefined counts as missing, since it is not sent. */
export function has(payload: JsonObject, name: string): boolean {
  return Object.hasOwn(payload, name) && payload[name] !== undefined;
}

/** Return the elements of an array with their indices; none of what is no array. */
export function elements(value: unknown): Iterable<[number, unknown]> {
  return Array.isArray(value) ? value.entries() : [];
}

export function missing(problems: Problem[], pointer: string): void {
  report(problems, pointer, "required", `${pointer.slice(pointer.lastIndexOf("/") + 1)} is required`);
}

export function wrongType(problems: Problem[], pointer: string, expected: string, value: unknown): void {
  report(problems, pointer, "type", `${show(value)} is not ${"aio".includes(expected[0]!) ? "an" : "a"} ${expected}`);
}

export function notAChoice(problems: Problem[], pointer: string, choices: ReadonlySet<unknown>, value: unknown): void {
  const brief = `${show(value)} is none of `;
  const short = isShort(value) && value;
  const full = () => brief + [...choices].map(show).join(", ") + nearest(short, choices);
  report(problems, pointer, "enum", `${brief}the choices`, full);
}

/** Report a value that breaks a rule with a limit. */
export function broken(problems: Problem[], pointer: string, code: Code, limit: number, value: unknown): void {
  report(problems, pointer, code, `${show(value)} ${BROKEN[code]?.replace("{limit}", String(limit))}`);
}

/** What tells whether a value has the type of an alternative, and what adds its problems. */
export type Alternative = readonly [
  hasType: (value: unknown) => boolean,
  find: (problems: Problem[], value: never, at: string) => void, // called only with values of that type
];

/** Report the problems of a value that none of some alternatives allows: those by the first whose type it has. */
export function anyOf(
  problems: Problem[],
  pointer: string,
  expected: string,
  value: unknown,
  alternatives: readonly Alternative[],
): void {
  const known = JUDGED.get(problems) ?? new Map<Find, Map<string, Problem[]>>();
  const found = alternatives
    .filter(([hasType]) => hasType(value))
    .map(([, find]) => {
      const own: Problem[] = [];
      JUDGED.set(own, known);
      find(own, value as never, pointer);
      return own;
    });
  if (!found.length) wrongType(problems, pointer, expected, value);
  else if (found.every((own) => own.length)) for (const one of found[0]!) problems.push(one);
}

type Find = (problems: Problem[], payload: JsonObject, at: string) => void;

// What other models found in objects, by model and pointer, for the problems by one of some alternatives: each may look at them again.
const JUDGED = new WeakMap<Problem[], Map<Find, Map<string, Problem[]>>>();

/** Report what another model finds in an object; one that is nested too deeply is not looked at. */
export function reference(problems: Problem[], pointer: string, value: JsonObject, find: Find): void {
  if (pointer.split("/").length > MAX_DEPTH + 1) report(problems, pointer, "type", "it is nested too deeply");
  else {
    const judged = JUDGED.get(problems);
    if (!judged) return find(problems, value, pointer);
    const byPointer = judged.get(find) ?? new Map<string, Problem[]>();
    judged.set(find, byPointer);
    let own = byPointer.get(pointer);
    if (!own) {
      byPointer.set(pointer, (own = []));
      JUDGED.set(own, judged);
      find(own, value, pointer);
    }
    for (const one of own) problems.push(one);
  }
}

/** Report each parameter that the model does not have. */
export function unknown(problems: Problem[], payload: JsonObject, names: ReadonlySet<string>, at = ""): void {
  for (const name of Object.keys(payload)) {
    if (names.has(name) || payload[name] === undefined) continue;
    const brief = `there is no parameter ${show(name)}`;
    report(problems, at + pointerTo(name), "unknown", brief, () => brief + nearest(name, names));
  }
}

/** Write a path in a payload as a JSON Pointer. */
export function pointerTo(...path: readonly (string | number)[]): string {
  return path.map((part) => "/" + String(part).replace(/[~/]/g, (sign) => (sign === "~" ? "~0" : "~1"))).join("");
}

/** Return the hint `; did you mean ...?`, or an empty text if no name is similar. */
export function nearest(value: unknown, names: Iterable<unknown>): string {
  if (!isShort(value)) return "";
  const one = folded(value);
  let best: string | undefined;
  let least = 0.4; // of the letters may differ
  for (const name of [...names].filter(isShort).slice(0, MAX_COMPARED)) {
    const other = folded(name);
    const longer = Math.max(one.length, other.length, 1);
    if (Math.abs(one.length - other.length) > least * longer) continue;
    const share = distance(one, other) / longer;
    if (share <= least && best !== name) [best, least] = [name, share - 1e-9];
  }
  return best === undefined ? "" : `; did you mean ${show(best)}?`;
}

/** Return the name that differs only in capitals or underscores. */
export function alike(name: string, names: Iterable<string>): string | undefined {
  return [...names].find((one) => folded(one) === folded(name));
}

/** Show a value in a message: as short JSON in one line; an array or object only by its type. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  if (["bigint", "function", "symbol"].includes(typeof value)) return typeof value;
  if (typeof value !== "string") return String(value);
  const text = withoutSignatures(JSON.stringify(value.slice(0, MAX_READ)));
  return text.length > MAX_SHOWN ? text.slice(0, MAX_SHOWN - 1) + "…" : text;
}

/** Cut each URL in a text at its query, which may hold a signature. */
export function withoutSignatures(text: string): string {
  if (!/[?#]/.test(text)) return text;
  return text.replace(/(https?:[^?#"<>]*)([?#][^\s"'<>]*)?/gi, (_, url, query) => url + (query ? "?…" : ""));
}

/** Add a problem. For the first ones, `full` computes a longer message when it is read. */
function report(problems: Problem[], pointer: string, code: Code, message: string, full?: () => string): void {
  const problem: Problem = { pointer, code, message };
  if (full && problems.length < IN_FULL) {
    const inspect = { value: () => ({ ...problem }) }; // a console would not read it
    Object.defineProperties(problem, {
      message: { get: full },
      [Symbol.for("nodejs.util.inspect.custom")]: inspect,
    });
  }
  problems.push(problem);
}

/** Make an issue of a problem; the message of one of the first is still computed when it is read. */
function issueOf(problem: Problem, index: number): Issue {
  const parts = problem.pointer.split("/").slice(1);
  const path = problem.pointer.includes("~") ? parts.map(unescaped) : parts;
  if (index >= IN_FULL) return { message: problem.message, path };
  return {
    get message() {
      return problem.message;
    },
    path,
  };
}

function unescaped(part: string): string {
  return part.replace(/~[01]/g, (sign) => (sign === "~0" ? "~" : "/"));
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

function isShort(value: unknown): value is string {
  return typeof value === "string" && value.length <= MAX_SHOWN;
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Count the insertions, deletions and changes that turn one text into the other (Levenshtein). */
function distance(one: string, other: string): number {
  const row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line++) {
    let corner = row[0]!;
    row[0] = line;
    for (let column = 1; column <= other.length; column++) {
      const changed = corner + Number(one[line - 1] !== other[column - 1]);
      corner = row[column]!;
      row[column] = Math.min(changed, corner + 1, row[column - 1]! + 1);
    }
  }
  return row[other.length]!;
}
