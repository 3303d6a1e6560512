/** JSON Pointers (RFC 6901). */

import { isObject, type JsonObject } from "./values.js";

/** The names and indices that lead to a value. */
export type Path = readonly (string | number)[];

/** Write a path in a payload as a JSON Pointer. */
export function pointerTo(...path: Path): string {
  let pointer = "";
  for (const part of path) pointer += "/" + escapePart(String(part));
  return pointer;
}

/** Write the path to a value as a JSON Pointer without the indices of arrays. */
export function placeOf(path: Path): string {
  return pointerTo(...path.filter((part) => typeof part === "string"));
}

/** Write a name as it stands in a pointer. */
export function escapePart(part: string): string {
  return part.includes("~") || part.includes("/") ? part.replaceAll("~", "~0").replaceAll("/", "~1") : part;
}

/** Read the names in a pointer. */
export function readPointer(pointer: string): string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replace(/~[01]/g, (sign) => (sign === "~0" ? "~" : "/")));
}

/** Follow a pointer into a value: return its parts, with the indices of arrays as numbers, and what stands there. */
export function follow(pointer: string, value: unknown): [path: Path, found: unknown] {
  let found = value;
  const path = readPointer(pointer).map((part) => {
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
