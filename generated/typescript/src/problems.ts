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
const MAX_QUICK = 50; // names or choices that are compared at once with one that is not among them
const MAX_SHOWN = 60;
const MAX_READ = 1000; // characters of a text to show it, and names or choices to find the nearest
const MAX_DEPTH = 100; // parts of the pointer to an object: models may refer to each other without end

/** Make a validator from a function that adds the problems of an object. */
export function validator<Value>(
  find: (problems: Problem[], payload: JsonObject, at: string) => void,
  names: ReadonlySet<string>,
): Validator<Value> {
  const validate = (payload: unknown): Problem[] => {
    const problems: Problem[] = [];
    if (isObject(payload)) find(problems, payload, "");
    else wrongType(problems, "", "an object", payload);
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
  compose(problems, pointer, "enum", show(value), " is none of the choices", choices, value);
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

/** Report a name that the model does not have. */
export function unknown(problems: Problem[], name: string, names: ReadonlySet<string>, at: string): void {
  compose(problems, at + "/" + escaped(name), "unknown", "there is no parameter " + show(name), "", names, name);
}

/**
 * Report a problem whose message, if it is one of the first, names what comes nearest in a set: at once where that is quick, else when it is read.
 * Each alternative for a value has first problems of its own, of which there may be very many.
 */
function compose(
  problems: Found,
  pointer: string,
  code: Code,
  before: string,
  after: string, // of a message that is not in full
  words: ReadonlySet<unknown>,
  value: unknown,
): void {
  const isFull = problems.length < IN_FULL;
  const isQuick = words.size <= MAX_QUICK && !problems[JUDGED];
  const short = isShort(value) && value;
  const full = (): string => inFull(code, before, words, short);
  const problem: Problem = { pointer, code, message: isFull && isQuick ? full() : before + after };
  if (isFull && !isQuick)
    Object.defineProperties(problem, {
      message: { get: full },
      [Symbol.for("nodejs.util.inspect.custom")]: { value: () => ({ ...problem }) }, // a console would not read it
    });
  problems.push(problem);
}

function inFull(code: Code, before: string, words: ReadonlySet<unknown>, value: unknown): string {
  const vocabulary = vocabularyOf(words);
  if (code === "enum") before += vocabulary.shown ??= " is none of " + [...words].map(show).join(", ");
  return before + nearestOf(value, vocabulary);
}

/** Report each name that an object should not have; undefined counts as missing, since it is not sent. */
export function findUnknown(problems: Problem[], payload: JsonObject, names: ReadonlySet<string>, at: string): void {
  for (const name of Object.keys(payload))
    if (!names.has(name) && payload[name] !== undefined) unknown(problems, name, names, at);
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

/** Return the hint `; did you mean ...?`, or an empty text if no name is similar. */
export function nearest(value: unknown, names: Iterable<unknown>): string {
  return nearestOf(value, vocabularyOf(names));
}

function nearestOf(value: unknown, { words }: Vocabulary): string {
  if (!isShort(value)) return "";
  const signs = signsOf(value);
  const one = signs < 0 ? folded(value) : value;
  const letters = signs & LETTERS;
  const size = count(letters);
  let hint = "";
  let least = 0.4; // of the letters may differ
  for (const word of words) {
    const longer = Math.max(one.length, word.folded.length);
    const most = least * longer;
    if (Math.abs(one.length - word.folded.length) > most) continue;
    if (letters && word.letters && Math.max(size, word.size) - count(letters & word.letters) > most) continue;
    const changes = distance(one, word.folded, most);
    if (changes <= most) {
      hint = word.hint;
      least = changes / longer - 1e-9; // NaN if both are empty: nothing comes nearer
    }
  }
  return hint;
}

/** What is worked out once of names or choices: what is compared, and, of choices, how a message lists them. */
interface Vocabulary {
  readonly words: readonly Word[];
  shown?: string;
}

interface Word {
  readonly hint: string;
  readonly folded: string;
  readonly letters: number;
  readonly size: number; // how many letters
}

const VOCABULARIES = new WeakMap<Iterable<unknown>, Vocabulary>(); // sets of validators, which never change

function vocabularyOf(names: Iterable<unknown>): Vocabulary {
  let found = VOCABULARIES.get(names);
  if (!found) {
    const short = [...names].filter(isShort).slice(0, MAX_READ);
    found = { words: short.map(wordOf) };
    if (names instanceof Set) VOCABULARIES.set(names, found);
  }
  return found;
}

function wordOf(name: string): Word {
  const letters = signsOf(name) & LETTERS;
  return { hint: "; did you mean " + show(name) + "?", folded: folded(name), letters, size: count(letters) };
}

/** Return the name that differs only in capitals or underscores. */
export function alike(name: string, names: Iterable<string>): string | undefined {
  return [...names].find((one) => folded(one) === folded(name));
}

/** Show a value in a message: as short JSON in one line; an array or object only by its type. */
export function show(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") return isPlain(value) ? '"' + value + '"' : showText(value);
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  return value === null || value === undefined ? String(value) : typeof value;
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

function issueOf({ pointer, message }: Problem): Issue {
  const parts = pointer.split("/").slice(1);
  return { message, path: pointer.includes("~") ? parts.map(unescaped) : parts };
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

const LETTERS = 0x7fffffff;

/**
 * Return which letters a text has, as bits: each that another text lacks is a difference.
 *
 * If it must be folded, it is negative; if it is not of ASCII, without letters.
 */
function signsOf(text: string): number {
  let signs = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return ~LETTERS;
    if ((code & 0x60) === 0x40) signs |= ~LETTERS; // a capital, or a sign among them
    signs |= 1 << code; // of which five bits count: the same of a letter and its capital, and the sign of an underscore
  }
  return signs;
}

/** Count the bits of a number. */
function count(bits: number): number {
  let found = 0;
  for (let rest = bits; rest; rest &= rest - 1) found++;
  return found;
}

const ROW: number[] = []; // of a table of distances, used again and again

/**
 * Count the insertions, deletions and changes that turn one text into the other (Levenshtein).
 *
 * Where they are more than `most`, how many more is not counted.
 */
function distance(one: string, other: string, most: number): number {
  let start = 0; // what both begin or end with makes no difference
  let end = one.length;
  let otherEnd = other.length;
  while (start < end && one.charCodeAt(start) === other.charCodeAt(start)) start++;
  while (start < end && start < otherEnd && one.charCodeAt(end - 1) === other.charCodeAt(otherEnd - 1)) {
    end--;
    otherEnd--;
  }
  // Neither the first nor the last letters that are left are alike: where there are two or more, so are the changes.
  if (most < 2) return Math.max(end, otherEnd) - start;
  for (let column = 0; column <= otherEnd; column++) ROW[column] = column - start;
  for (let line = start; line < end; line++) {
    let corner = ROW[start]!++;
    for (let column = start; column < otherEnd;) {
      const changed = corner + Number(one.charCodeAt(line) !== other.charCodeAt(column++));
      corner = ROW[column]!;
      ROW[column] = Math.min(changed, corner + 1, ROW[column - 1]! + 1);
    }
  }
  return ROW[otherEnd]!;
}
