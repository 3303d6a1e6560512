/** Standard Schema version 1, for tRPC, Hono, form libraries and others. */

import { NAME } from "./package.js";
import { follow, type Path } from "./pointers.js";
import type { Judge, Problem } from "./problems.js";

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

/** Finds all problems of a payload, or of the parameters of a request. Also a Standard Schema. */
export interface Validator<Value = unknown> extends Judge, StandardSchema<Value> {}

/** Make a validator of a judge. It is another function, since requests need no Standard Schema. */
export function withStandard<Value>(judge: Judge): Validator<Value> {
  const validate = (value: unknown): Problem[] => judge(value);
  const validateStandard = (value: unknown): StandardResult<Value> => {
    const issues = validate(value).map((problem) => issueOf(problem, value));
    return issues.length ? { issues } : { value: value as Value };
  };
  const standard: StandardProps<Value> = { version: 1, vendor: NAME, validate: validateStandard };
  return Object.assign(validate, { names: judge.names, files: judge.files, "~standard": standard });
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
