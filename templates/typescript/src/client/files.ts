/** The files of a request: their names, types and kinds. */

import { FileRefused } from "../errors.js";
import { isBlob, type LocalInput } from "../files.js";
import { kindOf, kindsOf } from "./kinds.js";
import { plain } from "./responses.js";

/** Storage takes parts of 5 MiB or more, and at most 10,000 of them. */
const PART = 8 * 2 ** 20;
const MAX_PARTS = 10_000;
/** The extensions of each MIME type, as in the Python package: the first is written where a type is known and no name. */
const TYPES = new Map(
  `image/png png
image/jpeg jpg jpeg jpe jfif
image/gif gif
image/webp webp
image/avif avif
image/heic heic heif
image/bmp bmp
image/tiff tif tiff
image/svg+xml svg
audio/mpeg mp3
audio/x-wav wav
audio/mp4 m4a
audio/aac aac
audio/flac flac
audio/ogg ogg oga opus
audio/x-aiff aiff aif
video/mp4 mp4 m4v
video/quicktime mov qt
video/webm webm
video/x-matroska mkv
video/x-msvideo avi
video/mpeg mpg mpeg
video/ogg ogv
video/3gpp 3gp
video/3gpp2 3g2
model/gltf-binary glb
model/gltf+json gltf
model/obj obj
model/stl stl
model/fbx fbx
model/ply ply
model/vnd.usdz+zip usdz
text/plain txt log srt
text/csv csv
text/markdown md
text/html html htm
text/vtt vtt
application/json json
application/pdf pdf
application/zip zip`
    .split("\n")
    .map((line) => line.split(" ") as [string, ...string[]])
    .flatMap(([type, ...extensions]) => extensions.map((extension) => [extension, type])),
);
/** What begins so, and long enough that no text does by accident. */
// prettier-ignore
const BEGINNINGS: readonly [beginning: RegExp, extension: string][] = [
  [/^\x89PNG/, "png"], [/^\xff\xd8\xff/, "jpg"], [/^GIF8[79]a/, "gif"], [/^RIFF.{4}WEBP/s, "webp"], [/^\0.{3}ftypavi[fs]/s, "avif"],
  [/^\0.{3}ftyp(hei|hev|mif1|msf1)/s, "heic"], [/^BM.{4}\0{4}/s, "bmp"], [/^(II\*\0|MM\0\*)/, "tif"], [/^(\xef\xbb\xbf|[ \t-\r]|<[?!][^>]*>)*<svg[ \t-\r>]/, "svg"],
  [/^(ID3[\x02-\x04]|\xff[\xf2\xf3\xfa\xfb])/, "mp3"], [/^RIFF.{4}WAVE/s, "wav"], [/^\0.{3}ftypM4[AB]/s, "m4a"], [/^\xff[\xf1\xf9]/, "aac"], [/^fLaC[\0\x80]/, "flac"],
  [/^OggS\0/, "ogg"], [/^FORM.{4}AIF[FC]/s, "aiff"], [/^\0.{3}ftypqt/s, "mov"], [/^\0.{3}ftyp3g2/s, "3g2"], [/^\0.{3}ftyp3g/s, "3gp"],
  [/^\0.{3}ftyp/s, "mp4"], [/^\x1aE\xdf\xa3.{0,60}matroska/s, "mkv"], [/^\x1aE\xdf\xa3/, "webm"], [/^RIFF.{4}AVI /s, "avi"],
  [/^glTF[\x01\x02]\0/, "glb"], [/^Kaydara FBX/, "fbx"], [/^ply\r?\nformat /, "ply"], [/^%PDF-/, "pdf"],
];
const UNKNOWN = "application/octet-stream";

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
  const declared = isFile && content.type !== UNKNOWN ? content.type : "";
  const told = declared || typeOf(given);
  const type = told || typeByContent(await read(0, 4096)) || UNKNOWN;
  const name = given || `file${extensionOf(type)}`;
  const mayBeAudio = !told && /^video\/(mp4|x-matroska)$/.test(type);
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
  return TYPES.get(BEGINNINGS.find(([format]) => format.test(text))?.[1] ?? "") ?? "";
}

/** Return the MIME type of a file by the extension of its name; empty if that is unknown. */
function typeOf(name: string): string {
  return TYPES.get(/\.(\w+)$/.exec(name)?.[1]!.toLowerCase() ?? "") ?? "";
}

function extensionOf(type: string): string {
  const found = [...TYPES].find(([, one]) => one === type.split(";")[0]);
  return found ? `.${found[0]}` : "";
}

function hex(digest: ArrayBuffer): string {
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
