/** Uploads: each content once per client, its parts side by side, each tried again where it fails. */

import { ApiError, NotReached, NotSubmitted, Passing, UploadFailed } from "../errors.js";
import type { FileInput } from "../requests.js";
import { readUpload, type UploadFacts } from "./answers.js";
import { type Address, type Content, open } from "./files.js";
import { Limits, retried } from "./limits.js";
import type { Teller } from "./progress.js";
import type { Transport } from "./transport.js";

const PARTS_AT_ONCE = 4;
const PAUSE = 100; // milliseconds between the first two looks, and how they grow
const GROWTH = 1.5;
const LONGEST_PAUSE = 3000;

/** The uploads of one client. */
export class Uploads {
  readonly #transport: Transport;
  readonly #assets = new Map<string, string>(); // by digest
  readonly #underWay = new Map<string, Promise<string>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Bring files to the service, all at once; the map gets the ids of their assets. */
  async uploadAll(files: Map<FileInput, string>, limits: Limits, tell: Teller): Promise<void> {
    const sources = await Promise.all(Array.from(files.keys(), async (file) => [file, await open(file)] as const));
    tell.expect(sources.reduce((sum, [, source]) => sum + source.size, 0));
    await Promise.all(sources.map(async ([file, source]) => files.set(file, await this.#upload(source, limits, tell))));
  }

  /** Bring a file to the service, if it is not there yet; give the id of its asset. */
  async #upload(source: Address | Content, limits: Limits, tell: Teller): Promise<string> {
    if ("url" in source)
      return this.#wait(await this.#announce({ url: source.url, kind: source.kind }, limits), source.name, limits);
    const { digest } = source;
    for (let other; (other = this.#underWay.get(digest));) await waitFor(other, source.name, limits);
    const known = this.#assets.get(digest);
    if (known) {
      tell.moved("upload", source.size);
      return known;
    }
    const uploading = this.#uploadParts(source, limits, tell);
    this.#underWay.set(digest, uploading);
    try {
      const asset = await uploading;
      this.#assets.set(digest, asset);
      return asset;
    } finally {
      this.#underWay.delete(digest);
    }
  }

  /** Forget the assets that a refused request named: they may be gone. */
  forget(body: string): void {
    for (const [digest, asset] of this.#assets) if (body.includes(asset)) this.#assets.delete(digest);
  }

  async #uploadParts(source: Content, limits: Limits, tell: Teller): Promise<string> {
    const { name, size, partSize } = source;
    const parts = Math.ceil(size / partSize);
    const facts = { fileName: name, fileSize: size, contentType: source.type, kind: source.kind, parts };
    const upload = await this.#announce(facts, limits);
    const addresses = new Map(upload.addresses);

    const put = async (number: number): Promise<void> => {
      const address = addresses.get(number);
      if (!address) throw new Passing(`the service gave no address for part ${number} of ${parts}`);
      const part = source.content.slice((number - 1) * partSize, number * partSize);
      const status = await this.#transport.put(address, part, limits);
      if (status === 403)
        for (const [one, fresh] of (await this.#look(upload.id, limits)).addresses) addresses.set(one, fresh);
      if (status < 200 || status > 299)
        throw new Passing(`the storage answers ${status} to part ${number} of ${parts}`);
      tell.moved("upload", part.size);
    };
    let next = 1;
    const putSome = async (): Promise<void> => {
      while (next <= parts) {
        const number = next++;
        await retried(() => put(number), limits).catch((error: unknown) => {
          next = Infinity; // the others need not go on
          throw explain(error, name, limits);
        });
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, putSome));
    return this.#wait(await this.#complete(upload, limits), name, limits);
  }

  async #complete({ id }: UploadFacts, limits: Limits): Promise<UploadFacts> {
    try {
      return await this.#transport.ask(
        readUpload,
        { path: `/uploads/${id}/action`, body: '{"action":"complete"}' },
        limits,
      );
    } catch (error) {
      if (!(error instanceof ApiError) || error.status >= 500) throw error;
      const found = await this.#look(id, limits); // an answer before may have been lost
      if (found.status === "pending") throw error;
      return found;
    }
  }

  async #wait(upload: UploadFacts, name: string, limits: Limits): Promise<string> {
    for (let pause = PAUSE; !upload.assetId; pause = Math.min(LONGEST_PAUSE, pause * GROWTH)) {
      if (upload.status === "failed")
        throw new UploadFailed(`${name}: the service says ${upload.reason || "only that it has failed"}`);
      if (pause > limits.left) throw notInTime(name);
      await limits.sleep(pause);
      upload = await this.#look(upload.id, limits);
    }
    return upload.assetId;
  }

  #announce(facts: object, limits: Limits): Promise<UploadFacts> {
    return this.#transport.ask(readUpload, { path: "/uploads", body: JSON.stringify(facts) }, limits);
  }

  #look(id: string, limits: Limits): Promise<UploadFacts> {
    return this.#transport.ask(readUpload, { path: `/uploads/${id}` }, limits);
  }
}

/** Wait until another has uploaded the same content, well or badly: sleep until the time is over, unless that comes first. */
async function waitFor(other: Promise<unknown>, name: string, limits: Limits): Promise<void> {
  const done = new AbortController();
  const wake = (): void => done.abort();
  void other.then(wake, wake);
  const forget = limits.onAbort(wake);
  const sleep = new Limits(0, { signal: done.signal }).sleep(limits.left);
  const hasSleptOn = await sleep.then(
    () => true,
    () => false,
  );
  forget();
  limits.check();
  if (hasSleptOn) throw notInTime(name);
}

function notInTime(name: string): NotSubmitted {
  return new NotSubmitted(`the time was over while ${name} was uploaded; nothing was paid`);
}

function explain(error: unknown, name: string, limits: Limits): unknown {
  if (!(error instanceof Passing || error instanceof NotReached)) return error;
  return limits.left < 1000 ? notInTime(name) : new UploadFailed(`${name}: the storage: ${error.message}`);
}
