/** Files that were chosen in a page, as inputs of forms give them. */

import { type FileListLike, isObject } from "./problems.js";

/** Return the files instead of a list of them; of what is for one file, this one. What was not chosen is undefined, but in an array. */
export function takeChosen(value: unknown, isInArray: boolean, isOne: boolean): unknown {
  if (!isObject(value)) return value;
  if (!isInArray && value["size"] === 0 && value["name"] === "") return undefined; // in FormData
  if (!isFileList(value)) return value;
  if (!isInArray && !value.length) return undefined;
  return isOne && value.length === 1
    ? value.item(0)
    : Object.freeze(Array.from(value, (_, index) => value.item(index)));
}

/** Tell whether a value is a `FileList`, of whatever realm or library. */
export function isFileList(value: unknown): value is FileListLike & ArrayLike<unknown> {
  return isObject(value) && typeof value["item"] === "function" && typeof value["length"] === "number";
}
