/** The problems that a validator finds, and their messages. */

import { NAME } from "./package.js";
import { BROKEN, type Code } from "./rules.js";
import { show } from "./values.js";
import { isShort, listedWithNearest, nearest } from "./vocabulary.js";

export type { Code } from "./rules.js";

/** A broken rule in a payload. */
export interface Problem {
  /** Where: a JSON Pointer (RFC 6901) into the payload, such as `/loras/0`. */
  readonly pointer: string;
  readonly code: Code;
  /** For people. */
  readonly message: string;
}

/** A schema of Standard Schema version 1: libraries that take one take a validator. Its issues name the parameter, since some show nothing else. */
export interface StandardSchema<Value> {
  readonly "~standard": StandardProps<Value>;
}

interface StandardProps<Value> {
  readonly version: 1;
  readonly vendor: string;
  readonly validate: (value: unknown) => StandardResult<Value>;
  readonly types?: { readonly input: Value; readonly output: Value } | undefined;
}

type StandardResult<Value> =
  { readonly value: Value; readonly issues?: undefined } | { readonly issues: readonly Issue[] };

interface Issue {
  readonly message: string;
  readonly path: Path;
}

type Path = readonly (string | number)[];

/** Finds all problems of a payload, or of the parameters of a request. Also a Standard Schema, for tRPC, Hono, form libraries and others. */
export interface Validator<Value = unknown> extends Judge, StandardSchema<Value> {}

/** Finds all problems of something. */
export interface Judge {
  (payload: unknown): Problem[];
  /** The names of the parameters. */
  readonly names: ReadonlySet<string>;
}

/** The files that were chosen in a file input, a `FileList`: an array of files takes them; one file takes the only one. */
export interface FileListLike {
  readonly length: number;
  item(index: number): Blob | null;
}

/** A file that is wrapped by `anyKind`, or one that the service has. */
interface Wrapped {
  readonly [Symbol.toStringTag]: "AnyKind" | "Asset";
}

/** A file that gives its bytes one piece after the other. */
type Streamed = { readonly getReader: unknown } | AsyncIterable<unknown>;

/** Parameters as they are sent: without files that must be uploaded first. */
export type Payload<Parameters> = Parameters extends
  Blob | ArrayBuffer | ArrayBufferView | Wrapped | Streamed | FileListLike
  ? never
  : Parameters extends object
    ? { readonly [Name in keyof Parameters]: Payload<Parameters[Name]> }
    : Parameters;

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

export type JsonObject = Readonly<Record<string, unknown>>;

const IN_FULL = 20; // problems of a payload whose messages have all choices, and the nearest one
const MAX_QUICK = 50; // names or choices that are compared at once with one that is not among them
const MAX_DEPTH = 100; // parts of the pointer to an object: models may refer to each other without end

/** Make what finds all problems of a payload from a function that adds those of an object. */
export function judging(find: Find, names: ReadonlySet<string>): Judge {
  const validate = (payload: unknown): Problem[] => {
    const problems: Problem[] = [];
    if (isObject(payload)) find(problems, payload, "");
    else wrongType(problems, "", "an object", payload);
    return problems;
  };
  return Object.assign(validate, { names });
}

/** Make a Standard Schema, too, of what finds problems: another function, so that a request need not load it. */
export function withStandard<Value>(judge: Judge): Validator<Value> {
  const validate = (value: unknown): Problem[] => judge(value);
  const check = (value: unknown): StandardResult<Value> => {
    const issues = validate(value).map((problem) => issueOf(problem, value));
    return issues.length ? { issues } : { value: value as Value };
  };
  const standard: StandardProps<Value> = { version: 1, vendor: NAME, validate: check };
  return Object.assign(validate, { names: judge.names, "~standard": standard });
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

/** Tell whether a payload has a parameter itself, not by inheritance; undefined counts as missing, since it is not sent. */
export function has(payload: JsonObject, name: string): boolean {
  return Object.hasOwn(payload, name) && payload[name] !== undefined;
}

/**
 * Return an object without what it inherits, if it inherits a parameter.
 *
 * Objects inside a payload are looked at before they are checked: checked again without what they inherit, those in each other would be
 * checked twice at each level.
 */
export function ownOf(payload: JsonObject, names: ReadonlySet<string>): JsonObject {
  for (const name of names)
    if (payload[name] !== undefined && !Object.hasOwn(payload, name)) return copyOf(payload, names);
  return payload;
}

function copyOf(payload: JsonObject, names: ReadonlySet<string>): JsonObject {
  const own: Record<string, unknown> = Object.create(null);
  for (const name of [...Object.keys(payload), ...names]) if (has(payload, name)) own[name] = payload[name];
  return own;
}

/** Find the problems of a payload anew, without what it inherits. */
export function findWithoutInherited(
  problems: Problem[],
  payload: JsonObject,
  names: ReadonlySet<string>,
  find: Find,
): void {
  problems.length = 0;
  find(problems, copyOf(payload, names), "");
}

export function missing(problems: Problem[], pointer: string, name: string): void {
  problems.push({ pointer, code: "required", message: name + " is required" });
}

export function wrongType(problems: Problem[], pointer: string, expected: string, value: unknown): void {
  problems.push({ pointer, code: "type", message: show(value) + " is not " + expected });
}

export function notAChoice(problems: Problem[], pointer: string, choices: ReadonlySet<unknown>, value: unknown): void {
  const said = show(value) + " is none of ";
  const short = isShort(value) && value; // a problem keeps nothing of a value but what it shows
  const inFull = (): string => said + listedWithNearest(short, choices);
  addWithNearest(problems, { pointer, code: "enum", message: said + "the choices" }, choices, inFull);
}

/** Report a value that breaks a rule with a limit. */
export function broken(problems: Problem[], pointer: string, code: Code, limit: number, value: unknown): void {
  const [before, after] = BROKEN[code]!;
  problems.push({ pointer, code, message: show(value) + before + limit + after });
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
  const judged: Judged = (problems as Found)[JUDGED] ?? new Map();
  let first: Problem[] | undefined;
  for (const [hasType, find] of alternatives) {
    if (!hasType(value)) continue;
    const own: Found = [];
    own[JUDGED] = judged;
    find(own, value as never, pointer);
    if (!own.length) return;
    first ??= own;
  }
  if (first) for (const one of first) problems.push(one);
  else wrongType(problems, pointer, expected, value);
}

type Find = (problems: Problem[], payload: JsonObject, at: string) => void;

// What other models found in objects, by model and pointer, for the problems by one of some alternatives: each may look at them again.
const JUDGED = Symbol();

type Judged = Map<Find, Map<string, Problem[]>>;

type Found = Problem[] & { [JUDGED]?: Judged };

/** Report what another model finds in an object; one that is nested too deeply is not looked at. */
export function reference(problems: Problem[], pointer: string, value: JsonObject, find: Find): void {
  if (pointer.length > MAX_DEPTH && pointer.split("/").length > MAX_DEPTH + 1)
    problems.push({ pointer, code: "type", message: "it is nested too deeply" });
  else {
    const judged = (problems as Found)[JUDGED];
    if (!judged) return find(problems, value, pointer);
    const byPointer = judged.get(find) ?? new Map<string, Problem[]>();
    judged.set(find, byPointer);
    let own: Found | undefined = byPointer.get(pointer);
    if (!own) {
      byPointer.set(pointer, (own = []));
      own[JUDGED] = judged;
      find(own, value, pointer);
    }
    for (const one of own) problems.push(one);
  }
}

/** Report a name that the model does not have, unless its value is undefined, which is not sent. */
export function unknown(
  problems: Problem[],
  name: string,
  value: unknown,
  names: ReadonlySet<string>,
  at: string,
): void {
  if (value === undefined) return;
  const message = "there is no parameter " + show(name);
  const inFull = (): string => message + nearest(name, names);
  addWithNearest(problems, { pointer: at + "/" + escaped(name), code: "unknown", message }, names, inFull);
}

/**
 * Add a problem whose message, if it is one of the first, names what comes nearest in a set: at once where that is quick, else when it is read.
 * Each alternative for a value has first problems of its own, of which there may be very many.
 */
function addWithNearest(
  problems: Found,
  problem: Writable<Problem>,
  words: ReadonlySet<unknown>,
  inFull: () => string,
): void {
  if (problems.length < IN_FULL) {
    if (words.size <= MAX_QUICK && !problems[JUDGED]) problem.message = inFull();
    else
      Object.defineProperties(problem, {
        message: { get: inFull },
        [Symbol.for("nodejs.util.inspect.custom")]: { value: () => ({ ...problem }) }, // a console would not read it
      });
  }
  problems.push(problem);
}

/** Report each name that an object should not have. */
export function findUnknown(problems: Problem[], payload: JsonObject, names: ReadonlySet<string>, at: string): void {
  for (const name of Object.keys(payload)) if (!names.has(name)) unknown(problems, name, payload[name], names, at);
}

/** Write a path in a payload as a JSON Pointer. */
export function pointerTo(...path: readonly (string | number)[]): string {
  let pointer = "";
  for (const part of path) pointer += "/" + escaped(String(part));
  return pointer;
}

function escaped(part: string): string {
  return part.includes("~") || part.includes("/") ? part.replaceAll("~", "~0").replaceAll("/", "~1") : part;
}

/** Read a JSON Pointer into a value: its parts, with the indices of arrays as numbers, and what stands there. */
export function follow(pointer: string, value: unknown): [path: Path, found: unknown] {
  const parts = pointer.split("/").slice(1).map(unescaped);
  let found = value;
  const path = parts.map((part) => {
    const isIndex = Array.isArray(found);
    found = isIndex || isObject(found) ? readFrom(found as JsonObject, part) : undefined;
    return isIndex ? Number(part) : part;
  });
  return [path, found];
}

/** Read a property; undefined if it throws, as a getter may. */
function readFrom(value: JsonObject, name: string): unknown {
  try {
    return value[name];
  } catch {
    return undefined;
  }
}

function issueOf({ pointer, code, message }: Problem, value: unknown): Issue {
  const [path] = follow(pointer, value);
  const at = written(code === "unknown" ? path.slice(0, -1) : path); // a name that nobody knows stands in the message
  return { message: code === "required" ? `${at} is required` : at ? `${at}: ${message}` : message, path };
}

/** Write a path as code does: `shots[0].prompt`. */
function written(path: Path): string {
  return path.reduce<string>(
    (at, part) => (typeof part === "number" ? `${at}[${part}]` : at ? `${at}.${part}` : part),
    "",
  );
}

function unescaped(part: string): string {
  return !part.includes("~") ? part : part.replace(/~[01]/g, (sign) => (sign === "~0" ? "~" : "/"));
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
