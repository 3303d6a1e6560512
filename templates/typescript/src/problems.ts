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
  | { readonly value: Value; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path: readonly string[] }[] };

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

const LONGEST_SHOWN = 60;

/** Make a validator of what finds problems. */
export function validator<Value>(find: (payload: unknown) => Problem[]): Validator<Value> {
  const validate = (value: unknown): StandardResult<Value> => {
    const issues = find(value).map(({ pointer, message }) => ({ message, path: pathOf(pointer) }));
    return issues.length ? { issues } : { value: value as Value };
  };
  const standard: StandardSchema<Value> = { version: 1, vendor: "scenario-models", validate };
  return Object.assign((payload: unknown) => find(payload), { "~standard": standard });
}

/** Tell whether a value is an object in JSON. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Tell whether a value is a number in JSON: no NaN, no infinity. */
export function isNumber(value: unknown): value is number {
  return Number.isFinite(value);
}

/** Tell whether a payload has a parameter of its own; one that is undefined is not sent, and so is not there. */
export function has(payload: Readonly<Record<string, unknown>>, name: string): boolean {
  return Object.hasOwn(payload, name) && payload[name] !== undefined;
}

/** Give the pointer and the value of each element of an array, if the payload has it and it is one. */
export function elements(
  payload: Readonly<Record<string, unknown>>,
  name: string,
  problems: Problem[],
): (readonly [pointer: string, value: unknown])[] {
  const values = has(payload, name) ? payload[name] : [];
  if (Array.isArray(values)) return Array.from(values, (value, index) => [`/${name}/${index}`, value]);
  problems.push(wrongType(`/${name}`, "array", values));
  return [];
}

/** Say that a required parameter is not there. */
export function missing(pointer: string): Problem {
  return { pointer, code: "required", message: `${pointer.slice(1)} is required` };
}

/** Say that a value is not of its type. */
export function wrongType(pointer: string, expected: string, value: unknown): Problem {
  const article = /^[ao]/.test(expected) ? "an" : "a";
  return { pointer, code: "type", message: `${show(value)} is not ${article} ${expected}` };
}

/** Say that a value is none of the choices, and which comes nearest. */
export function notAChoice(pointer: string, choices: readonly unknown[], value: unknown): Problem {
  const message = `${show(value)} is none of ${choices.map(show).join(", ")}${nearest(value, choices)}`;
  return { pointer, code: "enum", message };
}

/** Say that a number is too small. */
export function below(pointer: string, minimum: number, value: number): Problem {
  return { pointer, code: "minimum", message: `${value} is below ${minimum}` };
}

/** Say that a number is too large. */
export function above(pointer: string, maximum: number, value: number): Problem {
  return { pointer, code: "maximum", message: `${value} is above ${maximum}` };
}

/** Say of each name in a payload that the model does not have it, and which comes nearest. */
export function unknown(payload: Readonly<Record<string, unknown>>, names: readonly string[]): Problem[] {
  return Object.keys(payload)
    .filter((name) => has(payload, name) && !names.includes(name))
    .map((name) => ({
      pointer: "/" + name.replaceAll("~", "~0").replaceAll("/", "~1"),
      code: "unknown",
      message: `there is no parameter ${show(name)}${nearest(name, names)}`,
    }));
}

/** Give the hint `; did you mean ...?`, or nothing where no name comes near. */
export function nearest(value: unknown, names: readonly unknown[]): string {
  if (typeof value !== "string" || value.length > LONGEST_SHOWN) return "";
  let best: unknown;
  let least = 0.4; // of the letters may differ
  for (const name of names) {
    if (typeof name !== "string" || name.length > LONGEST_SHOWN) continue;
    const [one, other] = [folded(value), folded(name)];
    const share = distance(one, other) / Math.max(one.length, other.length, 1);
    if (share <= least && best !== name) [best, least] = [name, share - 1e-9];
  }
  return best === undefined ? "" : `; did you mean ${show(best)}?`;
}

/** Show a value in a message: as JSON, in one line, not too long. */
export function show(value: unknown): string {
  const whole = typeof value === "number" ? String(value) : toJson(value);
  const text = withoutSignatures(whole);
  return text.length > LONGEST_SHOWN ? text.slice(0, LONGEST_SHOWN - 1) + "…" : text;
}

/** Cut addresses in a text where a signature may begin. */
export function withoutSignatures(text: string): string {
  return text.replace(/(https?:[^\s?#"'<>]*)[?#][^\s"'<>]*/gi, "$1?…");
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? typeof value;
  } catch {
    return typeof value;
  }
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Count the letters to be put in, left out or changed to make one text the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line++) {
    const last = row;
    row = [line];
    for (let column = 1; column <= other.length; column++) {
      const changed = last[column - 1]! + Number(one[line - 1] !== other[column - 1]);
      row.push(Math.min(changed, last[column]! + 1, row[column - 1]! + 1));
    }
  }
  return row[other.length]!;
}

function pathOf(pointer: string): string[] {
  const parts = pointer.split("/").slice(1);
  return parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}
