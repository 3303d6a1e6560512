/** Problems, and what finds them. */

import type { Code } from "./codes.js";

export type { Code } from "./codes.js";

/** A broken rule in a payload. */
export interface Problem {
  /** Where: a JSON Pointer (RFC 6901) into the payload, such as `/loras/0`. */
  readonly pointer: string;
  readonly code: Code;
  /** For people. */
  readonly message: string;
}

/** Finds all problems of something. */
export interface Judge {
  (payload: unknown): Problem[];
  /** The names of the parameters. */
  readonly names: ReadonlySet<string>;
  readonly files: FilePlaces;
}

/** Where files stand in a payload, by JSON Pointers without the indices of arrays, such as `/shots/frames`. */
export type FilePlaces = Readonly<Record<string, FilePlace>>;

export interface FilePlace {
  /** Which kind of file is wanted, in the vendor's word, such as `video`; empty if nothing says so. */
  readonly kind: string;
  /** Whether it takes an array of files. */
  readonly isList: boolean;
}
