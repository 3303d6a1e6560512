/** What a validator finds, and how it says so. */

/** Which rule is broken, by its name in the spec; `unknown` is a parameter that the model does not have. */
export type Code = "required" | "type" | "enum" | "minimum" | "maximum" | "unknown";

/** One thing that is wrong with a payload. */
export interface Problem {
  /** Where: a JSON Pointer (RFC 6901) into the payload, such as `/loras/0`. */
  readonly pointer: string;
  readonly code: Code;
  /** What to tell a person. */
  readonly message: string;
}

/** The part of Standard Schema version 1 that we speak: any library that takes such a schema takes a validator. */
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

/** Finds every problem of a payload; also a Standard Schema, so it can be handed to tRPC, Hono or a form library. */
export interface Validator<Value = unknown> {
  (payload: unknown): Problem[];
  readonly "~standard": StandardSchema<Value>;
}

/** Parameters as they are sent: every file is the id of an asset, an `https` or a data URL. */
export type Payload<Parameters> = Parameters extends Blob | Uint8Array
  ? never
  : Parameters extends object
    ? { readonly [Name in keyof Parameters]: Payload<Parameters[Name]> }
    : Parameters;

export type JsonObject = Readonly<Record<string, unknown>>;

const IN_FULL = 20; // problems of a payload that tell all choices, and what comes nearest
const LONGEST_SHOWN = 60;
const LONGEST_READ = 1000; // characters of a text, of which what is shown is made
const MOST_COMPARED = 1000;

/** Make a validator of what finds problems. */
export function validator<Value>(find: (problems: Problem[], payload: JsonObject) => void): Validator<Value> {
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
  const standard: StandardSchema<Value> = { version: 1, vendor: "scenario-models", validate: check };
  return Object.assign(validate, { "~standard": standard });
}

/** Tell whether a value is an object in JSON. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tell whether a value is a number in JSON: no NaN, no infinity. */
export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Tell whether a payload has a parameter of its own; one that is undefined is not sent, and so is not there. */
export function has(payload: JsonObject, name: string): boolean {
  return Object.hasOwn(payload, name) && payload[name] !== undefined;
}

/** Give each element of an array with its index, if the payload has it; say so where it is no array. */
export function elements(problems: Problem[], payload: JsonObject, name: string): Iterable<[number, unknown]> {
  const values = has(payload, name) ? payload[name] : [];
  if (Array.isArray(values)) return values.entries();
  wrongType(problems, `/${name}`, "array", values);
  return [];
}

/** Say that a required parameter is not there. */
export function missing(problems: Problem[], pointer: string): void {
  say(problems, pointer, "required", `${pointer.slice(1)} is required`);
}

/** Say that a value is not of its type. */
export function wrongType(problems: Problem[], pointer: string, expected: string, value: unknown): void {
  say(problems, pointer, "type", `${show(value)} is not ${"ao".includes(expected[0]!) ? "an" : "a"} ${expected}`);
}

/** Say that a value is none of the choices, and which comes nearest. */
export function notAChoice(problems: Problem[], pointer: string, choices: ReadonlySet<unknown>, value: unknown): void {
  const told = `${show(value)} is none of `;
  const short = isShort(value) && value;
  const tellAll = () => told + [...choices].map(show).join(", ") + nearest(short, choices);
  say(problems, pointer, "enum", `${told}the choices`, tellAll);
}

/** Say that a number is too small. */
export function below(problems: Problem[], pointer: string, minimum: number, value: number): void {
  say(problems, pointer, "minimum", `${value} is below ${minimum}`);
}

/** Say that a number is too large. */
export function above(problems: Problem[], pointer: string, maximum: number, value: number): void {
  say(problems, pointer, "maximum", `${value} is above ${maximum}`);
}

/** Say of each name in a payload that the model does not have it, and which comes nearest. */
export function unknown(problems: Problem[], payload: JsonObject, names: ReadonlySet<string>): void {
  for (const name of Object.keys(payload)) {
    if (names.has(name) || payload[name] === undefined) continue;
    const told = `there is no parameter ${show(name)}`;
    say(problems, pointerTo(name), "unknown", told, () => told + nearest(name, names));
  }
}

/** Write a JSON Pointer to a place in a payload. */
export function pointerTo(...path: readonly (string | number)[]): string {
  return path.map((part) => "/" + String(part).replace(/[~/]/g, (sign) => (sign === "~" ? "~0" : "~1"))).join("");
}

/** Give the hint `; did you mean ...?`, or nothing where no name comes near. */
export function nearest(value: unknown, names: Iterable<unknown>): string {
  if (!isShort(value)) return "";
  const one = folded(value);
  let best: string | undefined;
  let least = 0.4; // of the letters may differ
  for (const name of [...names].filter(isShort).slice(0, MOST_COMPARED)) {
    const other = folded(name);
    const longer = Math.max(one.length, other.length, 1);
    if (Math.abs(one.length - other.length) > least * longer) continue;
    const share = distance(one, other) / longer;
    if (share <= least && best !== name) [best, least] = [name, share - 1e-9];
  }
  return best === undefined ? "" : `; did you mean ${show(best)}?`;
}

/** Show a value in a message: as JSON, in one line, not too long; of an array or an object, say only that it is one. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  if (["bigint", "function", "symbol"].includes(typeof value)) return typeof value;
  if (typeof value !== "string") return String(value);
  const text = withoutSignatures(JSON.stringify(value.slice(0, LONGEST_READ)));
  return text.length > LONGEST_SHOWN ? text.slice(0, LONGEST_SHOWN - 1) + "…" : text;
}

/** Cut addresses in a text where a signature may begin. */
export function withoutSignatures(text: string): string {
  if (!/[?#]/.test(text)) return text;
  return text.replace(/(https?:[^?#"<>]*)([?#][^\s"'<>]*)?/gi, (_, address, query) => address + (query ? "?…" : ""));
}

/** Report a problem. Where there is more to tell, and few are before it, its message is worked out when it is read. */
function say(problems: Problem[], pointer: string, code: Code, message: string, tellAll?: () => string): void {
  const problem: Problem = { pointer, code, message };
  if (tellAll && problems.length < IN_FULL) {
    const inspect = { value: () => ({ ...problem }) }; // a console would not read it
    Object.defineProperties(problem, {
      message: { get: tellAll },
      [Symbol.for("nodejs.util.inspect.custom")]: inspect,
    });
  }
  problems.push(problem);
}

/** Make an issue of a problem, whose message is still to be worked out where it stands among the first. */
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

function isShort(value: unknown): value is string {
  return typeof value === "string" && value.length <= LONGEST_SHOWN;
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Count the letters to be put in, left out or changed to make one text the other (Levenshtein). */
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
