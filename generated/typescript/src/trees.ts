/** JSON with files in it: arrays and plain objects, and their leaves. */

import { isBlob, isFileList, isStream } from "./file_values.js";
import { isObject, type JsonObject } from "./values.js";
import type { Path } from "./pointers.js";

/** Levels of nested arrays and objects. */
export const MAX_LEVELS = 200;

/**
 * Copy JSON with files in it, frozen and without what is undefined or becomes so. `change` replaces each leaf: whatever is neither an
 * array nor a plain object, or `isLeaf`. The path that they get is only valid during the call.
 *
 * @throws {RangeError} It is nested too deeply.
 */
export function mapLeaves(
  value: unknown,
  change: (leaf: unknown, path: Path) => unknown,
  path: (string | number)[] = [],
  isLeaf?: (path: Path) => boolean,
): unknown {
  if (path.length > MAX_LEVELS) throw new RangeError("it is nested too deeply");
  if (Array.isArray(value))
    return Object.freeze(
      value.map((inner, index) => {
        path.push(index);
        const mapped = mapLeaves(inner, change, path, isLeaf);
        path.pop();
        return mapped;
      }),
    );
  if (!isTree(value, path) || isBlob(value) || isFileList(value) || isStream(value) || isLeaf?.(path))
    return change(value, path);
  const kept: [string, unknown][] = [];
  for (const name of Object.keys(value)) {
    path.push(name);
    const inner = value[name]; // may throw
    const mapped = inner === undefined ? undefined : mapLeaves(inner, change, path, isLeaf);
    if (mapped !== undefined) kept.push([name, mapped]);
    path.pop();
  }
  return Object.freeze(Object.fromEntries(kept));
}

/** Tell whether a value is an object of no class, of whatever realm. All parameters together may be of one: its properties count. */
function isTree(value: unknown, path: Path): value is JsonObject {
  if (!isObject(value)) return false;
  if (!path.length) return Object.prototype.toString.call(value) === "[object Object]";
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
