/** The files of a request: their names, types and kinds. */

import { FileRefused } from "../errors.js";
import { isBlob, type LocalInput } from "../files.js";
import { kindOf, kindsOf } from "./kinds.js";
import { plain } from "./responses.js";

/** Storage takes parts of 5 MiB or more, and at most 10,000 of them. */
const PART = 8 * 2 ** 20;
const MAX_PARTS = 10_000;
/** Formats of files: the extension, the MIME type, and how they begin, as an offset and a text. */
// prettier-ignore
const FORMATS = [
  "png image/png 0 \x89PNG", "jpg image/jpeg 0 \xff\xd8\xff", "gif image/gif 0 GIF8", "webp image/webp 8 WEBP", "wav audio/x-wav 8 WAVE",
  "m4a audio/mp4 4 ftypM4A", "avif image/avif 4 ftypavif", "heic image/heic 4 ftyphei", "heic image/heic 4 ftypmif1", "mov video/quicktime 4 ftypqt", "mp4 video/mp4 4 ftyp",
  "webm video/webm 0 \x1aE\xdf\xa3", "ogg audio/ogg 0 OggS", "flac audio/flac 0 fLaC", "mp3 audio/mpeg 0 ID3", "mp3 audio/mpeg 0 \xff\xfb",
  "glb model/gltf-binary 0 glTF", "jpeg image/jpeg", "svg image/svg+xml", "txt text/plain", "obj model/obj", "stl model/stl", "fbx model/fbx",
].map((line) => line.split(" ")) as [extension: string, type: string, offset?: string, beginning?: string][];

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
export async function openSource(value: LocalInput | string): Promise<RemoteFile | LocalFile> {
  if (typeof value !== "string") return describe(value);
  if (value.startsWith("data:")) {
    try {
      const source = await describe(await (await fetch(value)).blob());
      return /^data:[,;]/.test(value) ? { ...source, kinds: [] } : source; // without a type it counts as text, though hardly anybody means that
    } catch (error) {
      throw error instanceof FileRefused ? error : new FileRefused(`${value.slice(0, 40)}… is not a valid data URL`);
    }
  }
  return { url: value, name: plain(value), kind: kindOf(typeOf(value.split(/[?#]/)[0]!)), size: 0 };
}

async function describe(content: LocalInput): Promise<LocalFile> {
  const isFile = isBlob(content);
  const size = isFile ? content.size : content.byteLength;
  const given = isFile ? nameIn(content) : "";
  if (!size) throw new FileRefused(`${given || "a file"} is empty`);
  const partSize = Math.max(PART, Math.ceil(size / MAX_PARTS));
  const read = async (start: number, end: number): Promise<Uint8Array> => {
    try {
      return isFile ? new Uint8Array(await bufferOf(content.slice(start, end))) : bytesOf(content).subarray(start, end);
    } catch (error) {
      throw new FileRefused(`${given || "a file"} cannot be read: ${(error as Error).message}`);
    }
  };
  const name = given || nameOf(await read(0, 16));
  const type = (isFile && content.type) || typeOf(name) || "application/octet-stream";
  const mayBeAudio = !given && type === "video/mp4" && !(isFile && content.type); // by how it begins alone
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

/** Make a name from how the content begins. */
function nameOf(beginning: Uint8Array): string {
  const text = String.fromCharCode(...beginning);
  const found = FORMATS.find(([, , offset, format]) => format && text.startsWith(format, Number(offset)));
  return `file${found ? `.${found[0]}` : ""}`;
}

function typeOf(name: string): string {
  return FORMATS.find(([extension]) => name.toLowerCase().endsWith(`.${extension}`))?.[1] ?? "";
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
