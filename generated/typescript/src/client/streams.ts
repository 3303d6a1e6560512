/** Streams as files: each is read once, and kept in memory as long as it is itself. */

import type { Streamed } from "../file_values.js";
import { show } from "../values.js";
import { Aborted, FileRefused, NotSubmitted } from "./errors.js";
import type { Deadline } from "./retries.js";

const copies = new WeakMap<object, Promise<Blob>>();

/** Read a stream to its end, unless that was done before; return a copy of it. Throws FileRefused, or what the deadline ends with. */
export function copyStream(stream: Streamed, deadline: Deadline): Promise<Blob> {
  const known = copies.get(stream);
  if (known) return known;
  const copy = readStream(stream, deadline);
  copies.set(stream, copy);
  copy.catch((error: unknown) => {
    const why =
      error instanceof FileRefused ? error.message : `${nameOf(stream)} was read in part before; open it again`;
    const refused = Promise.reject<Blob>(new FileRefused(why));
    refused.catch(() => undefined);
    copies.set(stream, refused);
  });
  return copy;
}

async function readStream(stream: Streamed, deadline: Deadline): Promise<Blob> {
  const name = nameOf(stream);
  if (wasRead(stream)) throw new FileRefused(`${name} was read before; give one that nobody has read from`);
  const pieces: BlobPart[] = [];
  try {
    for await (const piece of piecesOf(stream)) {
      if (typeof piece === "string") throw new Error("it gives texts in place of bytes; open it without an encoding");
      if (!ArrayBuffer.isView(piece)) throw new Error(`it gives ${show(piece)} in place of bytes`);
      pieces.push(piece as BlobPart);
      deadline.throwIfAborted();
      if (!deadline.left) throw new NotSubmitted(`timed out while ${name} was read; nothing was billed`);
    }
  } catch (error) {
    if (error instanceof NotSubmitted || error instanceof Aborted) throw error;
    throw new FileRefused(`${name} cannot be read: ${String(Object(error).message)}`);
  }
  const { path } = stream as { path?: unknown }; // of Node's fs
  const given = typeof path === "string" ? path.split(/[/\\]/).at(-1)! : "";
  const copy = given ? new File(pieces, given) : new Blob(pieces);
  if (!copy.size) throw new FileRefused(`${name} gives no bytes`);
  return copy;
}

/** Tell whether somebody has read from a stream, as far as it tells. */
function wasRead(stream: Streamed): boolean {
  if ((stream as { readableDidRead?: unknown }).readableDidRead === true) return true; // of Node
  if (!("getReader" in stream) || typeof Response !== "function") return false;
  try {
    return !new Response(stream); // takes none that was
  } catch {
    return true;
  }
}

async function* piecesOf(stream: Streamed): AsyncGenerator<unknown, void, undefined> {
  if (!("getReader" in stream)) return yield* stream;
  const reader = stream.getReader();
  let isOver = false;
  try {
    for (let next; !(next = await reader.read()).done;) yield next.value;
    isOver = true;
  } finally {
    if (!isOver) void reader.cancel().catch(() => undefined);
  }
}

function nameOf(stream: Streamed): string {
  const { path } = stream as { path?: unknown };
  return typeof path === "string" ? `the stream of ${show(path)}` : "the stream";
}
