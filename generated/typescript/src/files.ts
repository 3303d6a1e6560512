/** Files as callers give them. */

import { pointerTo, type Problem, show, type Validator } from "./problems.js";
import { isBlob, mapLeaves, type ModelRequest } from "./requests.js";

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

function isBuffer(value: unknown): value is ArrayBuffer {
  return ["[object ArrayBuffer]", "[object SharedArrayBuffer]"].includes(Object.prototype.toString.call(value));
}

/** Find the problems of the body of a request in which files may be: a local one is judged as the id of an asset, as which it is sent. */
export function findProblems(body: unknown, validate: Validator, request: ModelRequest): Problem[] {
  const problems: Problem[] = [];
  const places = new Set<string>(); // of local files
  const payload = mapLeaves(body, (given, path) => {
    if (request.wantedKind(path) === undefined) return given;
    const value = unwrap(given);
    const isText = typeof value === "string" && !/^(asset_|https:\/\/|data:)/.test(value);
    const isOdd = typeof value === "object" && value !== null && !isLocal(value); // a promise or a Response, say
    if (isLocal(value)) places.add(pointerTo(...path));
    if (isAnyKind(given) && (Array.isArray(value) || isAnyKind(value))) {
      const message = "anyKind takes one file; in an array, give anyKind(file) for each";
      problems.push({ pointer: pointerTo(...path), code: "type", message });
    } else if (isText || isOdd) {
      const shown = isText ? show(value) : `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
      const hint =
        typeof Object(value).blob === "function" ? "give its blob()" : "for a local file give a Blob or bytes";
      const message = `${shown} is not an asset id, https URL or data URL; ${hint}`;
      problems.push({ pointer: pointerTo(...path), code: "type", message });
    }
    return isLocal(value) || isOdd ? "asset_" : value; // as it will be sent
  });
  const told = new Set(problems.map(({ pointer }) => pointer));
  const broken = validate(payload).filter(({ pointer, code }) => code !== "type" || !told.has(pointer));
  const isFile = ({ pointer, code }: Problem): boolean => code === "type" && places.has(pointer);
  const asGiven = broken.map((one) =>
    isFile(one) ? { ...one, message: one.message.replace('"asset_"', "a file") } : one,
  );
  return [...problems, ...asGiven];
}
