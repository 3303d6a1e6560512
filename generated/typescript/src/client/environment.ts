/** Variables of the environment, where there is one. */

import { show } from "../values.js";
import { InvalidSetting, NotPermitted } from "./errors.js";
import { isDenied } from "./runtime.js";

/** Return a variable; undefined if it is empty, or there is none. `option` is what may be given in its place where Deno denies it. */
export function readVariable(name: string, option: string): string | undefined {
  try {
    return find(name);
  } catch (error) {
    if (!isDenied(error)) throw error;
    throw new NotPermitted(
      `Deno does not let this program read ${name}: run it with --allow-env, or write new Client({ ${option} })`,
    );
  }
}

/** Return a variable that nobody needs; undefined also if Deno denies it. */
export function readOptionalVariable(name: string): string | undefined {
  try {
    return find(name);
  } catch (error) {
    if (!isDenied(error)) throw error;
    return undefined;
  }
}

/** Read a variable as something else; throws InvalidSetting if `read` finds that it is not what it `must` be. */
export function parseVariable<T>(name: string, read: (text: string) => T | undefined, must: string): T | undefined {
  const text = readOptionalVariable(name);
  if (text === undefined) return undefined;
  const value = read(text.trim());
  if (value === undefined) throw new InvalidSetting(`${name} is ${show(text)}, and must be ${must}`);
  return value;
}

function find(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
