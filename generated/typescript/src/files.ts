/** Files as callers give them. */

import { isObject } from "./problems.js";

/** A file to be uploaded: a `Blob` (a `File`, say), or bytes in any form. It may be of another realm, such as a simulated page or a frame. */
export type LocalInput = Blob | ArrayBuffer | ArrayBufferView;

/**
 * A file to send: one to be uploaded before the request is sent; or the id of an asset, an `https` URL or a data URL. `Kind` is what the
 * parameter wants, and tells people alone: `anyKind` lets through what seems to be of another one.
 */
export type FileInput<Kind extends string = string> = LocalInput | AnyKind | (Kind extends string ? string : never);

/** A file that is sent whatever kind it seems to be: `anyKind` makes it. */
export class AnyKind {
  readonly file: LocalInput | string;

  constructor(file: LocalInput | string) {
    this.file = file;
    Object.freeze(this);
  }

  get [Symbol.toStringTag](): "AnyKind" {
    return "AnyKind";
  }
}

/** Let a file be sent whatever kind its type or name tells: it is uploaded as one of the kind that its parameter takes. */
export function anyKind(file: LocalInput | string): AnyKind {
  return new AnyKind(file);
}

/** Tell whether a value is a local file, which must be uploaded: by what it can do, since its class may be of another realm. */
export function isLocal(value: unknown): value is LocalInput {
  return ArrayBuffer.isView(value) || isBuffer(value) || isBlob(value);
}

/** Return what `anyKind` was given, of whatever realm; any other value as it is. */
export function unwrap(value: unknown): unknown {
  return isAnyKind(value) ? value.file : value;
}

/** Tell whether a value is of `anyKind`, of whatever realm. */
export function isAnyKind(value: unknown): value is AnyKind {
  return Object.prototype.toString.call(value) === "[object AnyKind]";
}

/** Tell whether a value is a Blob, of whatever realm or library. */
export function isBlob(value: unknown): value is Blob {
  if (!isObject(value) || ArrayBuffer.isView(value)) return false;
  return typeof value["size"] === "number" && typeof value["type"] === "string" && typeof value["slice"] === "function";
}

function isBuffer(value: unknown): value is ArrayBuffer {
  return ["[object ArrayBuffer]", "[object SharedArrayBuffer]"].includes(Object.prototype.toString.call(value));
}
