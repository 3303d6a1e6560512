/** Uploads: equal files once per client, several parts at a time, each with retries. */

import { InvalidRequest } from "../errors.js";
import { isStream, type Streamed } from "../file_values.js";
import { show } from "../values.js";
import { ApiError, NotReached, NotSubmitted, TransientError, UploadFailed } from "./errors.js";
import { routeTo, SERVER_ERROR } from "./facts.js";
import {
  COMPLETE,
  PART_EXPIRED,
  PARTS_AT_ONCE,
  UPLOAD,
  UPLOAD_ACTION,
  UPLOAD_FAILED,
  UPLOAD_PAUSES,
  UPLOAD_PENDING,
  UPLOADS,
} from "./file_facts.js";
import { type LocalFile, openSource, type RemoteFile } from "./files.js";
import { asSent, type FileUse, findWrongKinds, HINT } from "./kinds.js";
import type { ProgressReporter } from "./progress.js";
import { readUpload, type UploadFacts } from "./responses.js";
import { Deadline, grow } from "./retries.js";
import type { Transport } from "./transport.js";

type Source = RemoteFile | LocalFile;

/** The uploads of one client. */
export class Uploads {
  readonly #transport: Transport;
  readonly #assets = new Map<string, string>(); // by digest
  readonly #running = new Map<string, Promise<string>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Upload the files of a request to a model, all at once; return the ids of their assets in the same order. If one is of another kind than
   * its parameter wants, nothing is sent.
   */
  async uploadAll(
    modelId: string,
    uses: readonly FileUse[],
    deadline: Deadline,
    progress: ProgressReporter,
  ): Promise<string[]> {
    const files = [...new Set(uses.map(({ file }) => file))];
    const open = async (file: FileUse["file"]): Promise<Source> =>
      openSource(isStream(file) ? await awaitCopy(file, deadline) : file);
    const opened = await Promise.all(files.map(open));
    const sources = new Map(files.map((file, index) => [file, opened[index]!]));
    const problems = findWrongKinds(uses, sources);
    if (problems.length) throw new InvalidRequest(modelId, problems, HINT);

    const sent = new Map<string, Source>(); // each once
    const keys = uses.map((use) => {
      const source = asSent(use, sources.get(use.file)!);
      const key = `${source.kind} ${files.indexOf(use.file)}`;
      sent.set(key, source);
      return key;
    });
    progress.setTotal([...sent.values()].reduce((sum, { size }) => sum + size, 0));
    const ids = new Map<string, string>();
    const upload = async ([key, source]: [string, Source]): Promise<unknown> =>
      ids.set(key, await this.#upload(source, deadline, progress));
    await Promise.all(Array.from(sent, upload));
    return keys.map((key) => ids.get(key)!);
  }

  /** Upload a file, unless this client already has; return the id of its asset. */
  async #upload(source: Source, deadline: Deadline, progress: ProgressReporter): Promise<string> {
    if ("url" in source)
      return this.#wait(await this.#announce({ url: source.url, kind: source.kind }, deadline), source.name, deadline);
    const { digest } = source;
    for (let other; (other = this.#running.get(digest));) await waitFor(other, source.name, deadline);
    const known = this.#assets.get(digest);
    if (known) {
      await progress.reportMoved("upload", source.size);
      return known;
    }
    const uploading = this.#uploadParts(source, deadline, progress);
    this.#running.set(digest, uploading);
    try {
      const asset = await uploading;
      this.#assets.set(digest, asset);
      this.#transport.log.info(() => `${show(source.name)} was uploaded: ${asset}, ${source.size} bytes`);
      return asset;
    } finally {
      this.#running.delete(digest);
    }
  }

  /** Forget the assets in the body of a request that failed: they may have been deleted. */
  forget(body: string): void {
    for (const [digest, asset] of this.#assets) if (body.includes(asset)) this.#assets.delete(digest);
  }

  async #uploadParts(source: LocalFile, deadline: Deadline, progress: ProgressReporter): Promise<string> {
    const { name, size, partSize } = source;
    const parts = Math.ceil(size / partSize);
    const facts = { fileName: name, fileSize: size, contentType: source.type, kind: source.kind, parts };
    const upload = await this.#announce(facts, deadline);
    const urls = new Map(upload.urls);

    const put = async (number: number): Promise<void> => {
      const url = urls.get(number);
      if (!url) throw new TransientError(`the service returned no URL for part ${number} of ${parts}`);
      const part = await source.read((number - 1) * partSize, number * partSize);
      const status = await this.#transport.put(url, part, deadline);
      if (status === PART_EXPIRED)
        for (const [one, fresh] of (await this.#get(upload.id, deadline)).urls) urls.set(one, fresh);
      if (status < 200 || status > 299)
        throw new TransientError(`the storage responded with status ${status} to part ${number} of ${parts}`);
      await progress.reportMoved("upload", part.length);
    };
    let next = 1;
    const putSome = async (): Promise<void> => {
      while (next <= parts) {
        const number = next++;
        await this.#transport
          .retry(() => put(number), deadline)
          .catch((error: unknown) => {
            next = Infinity; // stops the others
            throw explainFailure(error, name, deadline);
          });
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, putSome));
    return this.#wait(await this.#complete(upload, deadline), name, deadline);
  }

  async #complete({ id }: UploadFacts, deadline: Deadline): Promise<UploadFacts> {
    try {
      return await this.#transport.ask(
        readUpload,
        { path: routeTo(UPLOAD_ACTION, id), body: JSON.stringify({ action: COMPLETE }) },
        deadline,
      );
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= SERVER_ERROR) throw error;
      const found = await this.#get(id, deadline); // an earlier response may have been lost
      if (found.status === UPLOAD_PENDING) throw error;
      return found;
    }
  }

  async #wait(upload: UploadFacts, name: string, deadline: Deadline): Promise<string> {
    for (let pause = UPLOAD_PAUSES[0]; !upload.assetId; pause = grow(pause, UPLOAD_PAUSES)) {
      if (upload.status === UPLOAD_FAILED)
        throw new UploadFailed(`${name}: the upload failed: ${upload.reason || "the service does not say why"}`);
      if (pause > deadline.left) throw timedOut(name);
      await deadline.sleep(pause);
      upload = await this.#get(upload.id, deadline);
    }
    return upload.assetId;
  }

  #announce(facts: object, deadline: Deadline): Promise<UploadFacts> {
    return this.#transport.ask(readUpload, { path: UPLOADS, body: JSON.stringify(facts) }, deadline);
  }

  #get(id: string, deadline: Deadline): Promise<UploadFacts> {
    return this.#transport.ask(readUpload, { path: routeTo(UPLOAD, id) }, deadline);
  }
}

/** Read a stream, which may never end. */
async function awaitCopy(stream: Streamed, deadline: Deadline): Promise<Blob> {
  const { copyStream } = await import("./streams.js");
  const copying = copyStream(stream, deadline);
  await waitFor(copying, "a stream", deadline);
  return copying;
}

/** Wait until something, such as another upload of the same content, has ended, well or badly. */
async function waitFor(other: Promise<unknown>, name: string, deadline: Deadline): Promise<void> {
  const done = new AbortController();
  const wake = (): void => done.abort();
  void other.then(wake, wake);
  const forget = deadline.onAbort(wake);
  const sleep = new Deadline(0, { signal: done.signal }).sleep(deadline.left);
  const isLate = await sleep.then(
    () => true,
    () => false,
  );
  forget();
  deadline.throwIfAborted();
  if (isLate) throw timedOut(name);
}

function timedOut(name: string): NotSubmitted {
  return new NotSubmitted(`timed out while ${name} was uploaded; nothing was billed`);
}

function explainFailure(error: unknown, name: string, deadline: Deadline): unknown {
  if (!(error instanceof TransientError || error instanceof NotReached)) return error;
  if (deadline.left < 1000) return timedOut(name);
  return new UploadFailed(`${name}: the storage: ${error.message}`, { cause: error.cause });
}
