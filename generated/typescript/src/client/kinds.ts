/** Kinds of file, in the service's words: what a file may be, what a parameter wants, and as what it is uploaded. */

import type { LocalInput } from "../file_values.js";
import type { StoredFile } from "../files.js";
import type { Problem } from "../problems.js";
import { show } from "../values.js";
import { listedWithNearest } from "../vocabulary.js";
import { AUDIO_OR_VIDEO, KINDS, UNKNOWN_KIND, UNKNOWN_TYPE, UPLOADED } from "./file_facts.js";

/** A file in a request: where, which kind its parameter wants, if it says so, and whether any will do. */
export interface FileUse<File = LocalInput | string> {
  readonly file: File;
  readonly pointer: string;
  readonly wanted: string | undefined;
  readonly isAnyKind: boolean;
}

/** What a file is: `kind`, as what it is uploaded; of a local one, which kinds it may be (none if that is unknown), and its own name. */
interface Traits {
  readonly kind: string;
  readonly kinds?: readonly string[];
  readonly given?: string;
  readonly type?: string;
  readonly digest?: string;
}

/** Return as what a file of a MIME type is uploaded. */
export function kindOf(type: string): string {
  return UPLOADED.get(type.split("/")[0]!) ?? UNKNOWN_KIND;
}

/** Return which kinds a file of a MIME type may be; none if that is unknown. */
export function kindsOf(type: string): readonly string[] {
  if (AUDIO_OR_VIDEO.includes(type.split(";")[0]!.trim())) return ["audio", "video"];
  const kind = kindOf(type);
  return kind === UNKNOWN_KIND ? [] : [kind];
}

/** What to do about a file of another kind. */
export const HINT = "to send it all the same: anyKind(file)";

/** Check that there is a kind of file. */
export function checkKind(kind: unknown): void {
  if (typeof kind !== "string") throw new TypeError(`kind must be a string, not ${show(kind)}`);
  if (KINDS.has(kind)) return;
  throw new RangeError(`${show(kind)} is not a kind of file; choose ${listedWithNearest(kind, new Set(KINDS.keys()))}`);
}

/** Tell what a file of the service is: whatever one of its kind may be used as. */
export function traitsOf({ id, kind }: StoredFile): Traits {
  const [, ...fits] = KINDS.get(kind) ?? [];
  return { kind, kinds: fits.length ? [kind, ...fits] : [], given: id };
}

/** Find the files that cannot be of the kind that their parameters want, as far as that is known. */
export function findWrongKinds(uses: readonly FileUse<unknown>[], traits: ReadonlyMap<unknown, Traits>): Problem[] {
  return uses.flatMap(({ file, pointer, wanted, isAnyKind }): Problem[] => {
    const { kind, kinds = [], given } = traits.get(file)!;
    const due = KINDS.get(wanted);
    if (isAnyKind || !due || !kinds.length || kinds.some((one) => due.includes(one))) return [];
    const message = `${given ? show(given) : "the file"} is ${KINDS.get(kind)?.[0]}, where ${due[0]} is wanted`;
    return [{ pointer, code: "kind", message }];
  });
}

/** Return a file as it is uploaded: as one of the kind that its parameter wants, if it may be one, or any kind will do. */
export function asSent<One extends Traits>({ wanted = "", isAnyKind }: FileUse, file: One): One {
  const isOne = file.kinds?.includes(wanted);
  const isKnown = [...UPLOADED.values()].includes(wanted);
  if (wanted === file.kind || !isKnown || !(isOne || isAnyKind)) return file;
  const { digest, type } = file;
  const more = digest ? { digest: `${wanted} ${digest}`, type: isOne ? type : UNKNOWN_TYPE } : {};
  return { ...file, ...more, kind: wanted };
}
