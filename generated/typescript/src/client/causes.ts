/** The errors of others as causes of ours: as they are, or as copies, if they may show what nobody may see. */

import { isObject } from "../values.js";

const MAX_LEVELS = 8; // of what is in errors, and of their causes
const COPIED = ["name", "code", "errno", "syscall", "hostname", "address", "port"];

/** Removes what a text must not show. */
export type Redact = (text: string) => string;

/**
 * Return an error if everything in it is plain and shows nothing; else a copy of what is safe, or nothing. Bun's errors hold the URL, the messages of
 * Deno do, and those of libraries that wrap `fetch` often the whole request, with its headers.
 */
export function safeCause(error: unknown, redact: Redact): unknown {
  try {
    if (showsNothing(error, redact, 0)) return error;
    return isObject(error) ? copyError(error, redact, 0) : redact(String(error));
  } catch {
    return undefined; // it cannot even be looked at
  }
}

function showsNothing(value: unknown, redact: Redact, depth: number): boolean {
  if (typeof value === "string") return redact(value) === value;
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  if (depth > MAX_LEVELS || !(isErrorLike(value) || isPlain(value))) return false;
  return Reflect.ownKeys(value).every((key) => {
    if (typeof key === "string" && redact(key) !== key) return false;
    const found = key === "stack" ? { value: textIn(value, key) } : Object.getOwnPropertyDescriptor(value, key)!;
    return "value" in found && showsNothing(found.value, redact, depth + 1);
  });
}

function isErrorLike(value: object): boolean {
  return typeof textIn(value, "message") === "string" && typeof textIn(value, "stack") === "string";
}

/** Tell whether an object is a list or a record, of whatever realm: others may show more than their properties. */
function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype: object | null = Object.getPrototypeOf(value) as object | null;
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function copyError(error: Readonly<Record<string, unknown>>, redact: Redact, depth: number): Error {
  const cause =
    depth < MAX_LEVELS && isObject(error["cause"]) ? copyError(error["cause"], redact, depth + 1) : undefined;
  const copy = new Error(redact(textIn(error, "message") ?? ""), cause && { cause });
  const stack = textIn(error, "stack");
  const facts: Record<string, unknown> = stack === undefined ? {} : { stack: redact(stack) };
  for (const name of COPIED) {
    const value = error[name];
    if (typeof value === "string" || typeof value === "number")
      facts[name] = redact(String(value)) === String(value) ? value : "…";
  }
  for (const [name, value] of Object.entries(facts))
    Object.defineProperty(copy, name, {
      value,
      writable: true,
      configurable: true,
      enumerable: name !== "stack" && name !== "name",
    });
  return copy;
}

function textIn(value: object, name: string): string | undefined {
  const found = (value as Record<string, unknown>)[name];
  return typeof found === "string" ? found : undefined;
}
