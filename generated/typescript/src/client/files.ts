/** The files of a request: their names, types and kinds. */

import { isBlob, type LocalInput, type Streamed } from "../file_values.js";
import { FileRefused } from "./errors.js";
import { BEGINNINGS, EXTENSIONS, MAX_PARTS, MAY_BE_AUDIO, PART_SIZE, UNKNOWN_TYPE } from "./file_facts.js";
import { kindOf, kindsOf } from "./kinds.js";
import { plain } from "./responses.js";

const TYPE_BY_EXTENSION = new Map(
  Object.entries(EXTENSIONS).flatMap(([type, extensions]) => extensions.map((extension) => [extension, type])),
);

type Content = Exclude<LocalInput, Streamed>;

/** A file that the service fetches itself. */
export interface RemoteFile {
  readonly url: string;
  readonly name: string;
  readonly kind: string;
  readonly size: 0;
}

/** A file to upload; equal content and type give an equal digest. `kinds`: what it may be; `given`: the name that it came with. */
export interface LocalFile {
  /** Read the bytes from one position to another; throws FileRefused. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>;
  readonly name: string;
  readonly given: string;
  readonly type: string;
  readonly kind: string;
  readonly kinds: readonly string[];
  readonly size: number;
  readonly partSize: number;
  readonly digest: string;
}

/** Describe a file, given in any form; throws FileRefused if it is empty or cannot be read. */
export async function openSource(value: Content | string): Promise<RemoteFile | LocalFile> {
  if (typeof value !== "string") return openLocal(value);
  if (value.startsWith("data:")) {
    try {
      const source = await openLocal(await (await fetch(value)).blob());
      return /^data:[,;]/.test(value) ? { ...source, kinds: [] } : source; // without a type it counts as text, though hardly anybody means that
    } catch (error) {
      throw error instanceof FileRefused ? error : new FileRefused(`${value.slice(0, 40)}… is not a valid data URL`);
    }
  }
  return { url: value, name: plain(value), kind: kindOf(typeOf(value.split(/[?#]/)[0]!)), size: 0 };
}

async function openLocal(content: Content): Promise<LocalFile> {
  const isFile = isBlob(content);
  const size = isFile ? content.size : content.byteLength;
  const given = isFile ? nameIn(content) : "";
  if (!size) throw new FileRefused(`${given || "a file"} is empty`);
  const partSize = Math.max(PART_SIZE, Math.ceil(size / MAX_PARTS));
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    try {
      return isFile ? new Uint8Array(await bufferOf(content.slice(start, end))) : bytesOf(content).subarray(start, end);
    } catch (error) {
      throw new FileRefused(`${given || "a file"} cannot be read: ${(error as Error).message}`);
    }
  };
  const declared = isFile && content.type !== UNKNOWN_TYPE ? content.type : "";
  const told = declared || typeOf(given);
  const type = told || typeByContent(await read(0, 4096)) || UNKNOWN_TYPE;
  const name = given || `file${extensionOf(type)}`;
  const mayBeAudio = !told && MAY_BE_AUDIO.includes(type);
  const kinds = mayBeAudio ? ["audio", "video"] : kindsOf(type);
  let digest = type;
  for (let start = 0; start < size; start += partSize) digest += await digestOf(await read(start, start + partSize));
  return { read, name, given, type, kind: kindOf(type), kinds, size, partSize, digest };
}

/** Return the name of a file, if it has one. */
function nameIn(content: Blob & { name?: unknown }): string {
  return typeof content.name === "string" ? content.name : "";
}

/** Read a Blob; that of a simulated page may have no other reader than FileReader. */
async function bufferOf(blob: Blob): Promise<ArrayBuffer> {
  if (typeof blob.arrayBuffer === "function") return blob.arrayBuffer();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.onerror = () => reject(reader.error);
    reader.readAsArrayBuffer(blob);
  });
}

/** Return bytes as they are, or a copy of memory that others may share: what sends them takes no such. */
function bytesOf(content: ArrayBuffer | ArrayBufferView): Uint8Array {
  const { buffer, byteOffset, byteLength } = ArrayBuffer.isView(content) ? content : new Uint8Array(content);
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]" ? bytes.slice() : bytes;
}

/** A page without TLS has no digests: there every upload counts as new. */
async function digestOf(part: Uint8Array): Promise<string> {
  const { subtle } = (globalThis as { crypto?: { subtle?: SubtleCrypto } }).crypto ?? {};
  return subtle ? hex(await subtle.digest("SHA-256", part as BufferSource)) : String(Math.random());
}

/** Return the MIME type of a file by its first bytes; empty if these are unknown. */
function typeByContent(beginning: Uint8Array): string {
  const text = String.fromCharCode(...beginning);
  const found = BEGINNINGS.find(([, beginning]) => new RegExp(`^(?:${beginning})`, "s").test(text));
  return TYPE_BY_EXTENSION.get(found?.[0] ?? "") ?? "";
}

/** Return the MIME type of a file by the extension of its name; empty if that is unknown. */
function typeOf(name: string): string {
  return TYPE_BY_EXTENSION.get(/\.(\w+)$/.exec(name)?.[1]!.toLowerCase() ?? "") ?? "";
}

function extensionOf(type: string): string {
  const found = [...TYPE_BY_EXTENSION].find(([, one]) => one === type.split(";")[0]);
  return found ? `.${found[0]}` : "";
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
