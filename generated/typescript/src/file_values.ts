/** Files as callers give them: what a value is, told by what it can do, since its class may be of another realm or library. */

import { isObject } from "./values.js";
import { type Path, placeOf } from "./pointers.js";
import type { FilePlaces } from "./problems.js";

/** The files that were chosen in a file input, a `FileList`: an array of files takes them; one file takes the only one. */
export interface FileListLike {
  readonly length: number;
  item(index: number): Blob | null;
}

/** A stream of bytes, of the web or of Node. */
export type Streamed = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * A file to be uploaded: a `Blob` (a `File`, say), bytes in any form, or a stream of bytes, of the web or of Node, which is read once and
 * kept in memory. It may be of another realm, such as a simulated page or a frame.
 */
export type LocalInput = Blob | ArrayBuffer | ArrayBufferView | Streamed;

/** A file that is wrapped by `anyKind`, or one that the service has. */
interface Wrapped {
  readonly [Symbol.toStringTag]: "AnyKind" | "Asset";
}

/** Parameters as they are sent: without files that must be uploaded first. */
export type Payload<Parameters> = Parameters extends LocalInput | Wrapped | FileListLike
  ? never
  : Parameters extends object
    ? { readonly [Name in keyof Parameters]: Payload<Parameters[Name]> }
    : Parameters;

/** Tell whether a value is a local file, which must be uploaded. */
export function isLocal(value: unknown): value is LocalInput {
  return isObject(value) && (ArrayBuffer.isView(value) || isBlob(value) || isStream(value) || isBuffer(value));
}

/** Tell whether a value is a Blob. */
export function isBlob(value: unknown): value is Blob {
  if (!isObject(value) || ArrayBuffer.isView(value)) return false;
  return typeof value["size"] === "number" && typeof value["type"] === "string" && typeof value["slice"] === "function";
}

/** Tell whether a value is a stream, or anything else that gives one piece after the other. */
export function isStream(value: unknown): value is Streamed {
  if (!isObject(value)) return false;
  const { getReader, [Symbol.asyncIterator]: iterate } = value as Partial<Record<string | symbol, unknown>>;
  return typeof (getReader ?? iterate) === "function";
}

/** Tell whether a value is a buffer, shared or not: nothing else has views. */
function isBuffer(value: unknown): value is ArrayBuffer {
  try {
    return Boolean(new DataView(value as ArrayBuffer));
  } catch {
    return false;
  }
}

/** Tell whether a value is a `FileList`. */
export function isFileList(value: unknown): value is FileListLike & ArrayLike<unknown> {
  return isObject(value) && typeof value["item"] === "function" && typeof value["length"] === "number";
}

/** Return the files instead of a list of them; where one is wanted, the only one. What was not chosen is undefined, but in an array. */
export function takeChosen(value: unknown, path: Path, places: FilePlaces): unknown {
  if (!isObject(value)) return value;
  const isList = isFileList(value);
  const isInArray = typeof path.at(-1) === "number";
  const isUnchosen = isList ? !value.length : value["size"] === 0 && value["name"] === ""; // as FormData has it
  if (isUnchosen && !isInArray) return undefined;
  if (!isList) return value;
  const place = places[placeOf(path)];
  const isOne = place && (isInArray || !place.isList) && value.length === 1;
  return isOne ? value.item(0) : Object.freeze(Array.from(value, (_, index) => value.item(index)));
}
