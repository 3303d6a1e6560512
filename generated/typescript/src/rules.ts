/** What adds problems, with their messages: the judges of all models call it. */

import { BROKEN, type Code } from "./codes.js";
import { escapePart } from "./pointers.js";
import type { FilePlaces, Judge, Problem } from "./problems.js";
import { isObject, type JsonObject, show } from "./values.js";
import { isShort, listedWithNearest, nearest } from "./vocabulary.js";

export type { FilePlaces, Judge, Problem } from "./problems.js";

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const IN_FULL = 20; // problems of a payload whose messages have all choices, and the nearest one
const MAX_QUICK = 50; // names or choices that are compared at once with one that is not among them
const MAX_DEPTH = 100; // parts of the pointer to an object: models may refer to each other without end

/** Make a judge of payloads from a function that adds the problems of an object; `files`: where files stand. */
export function makeJudge(find: Find, names: ReadonlySet<string>, files: FilePlaces): Judge {
  const judge = (payload: unknown): Problem[] => {
    const problems: Problem[] = [];
    if (isObject(payload)) find(problems, payload, "");
    else wrongType(problems, "", "an object", payload);
    return problems;
  };
  return Object.assign(judge, { names, files });
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
  addWithNearest(problems, { pointer: at + "/" + escapePart(name), code: "unknown", message }, names, inFull);
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
