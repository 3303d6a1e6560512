/** Downloads: continued where they broke off, their size checked; whole, or as they come. */

import type { WaitOptions } from "./call_options.js";
import { DownloadFailed, NotReached, TransientError } from "./errors.js";
import { ASSET, DOWNLOAD_TIMEOUT, EXPIRED, routeTo } from "./facts.js";
import { EXTENSIONS } from "./file_facts.js";
import { ProgressReporter } from "./progress.js";
import { type AssetFacts, readAsset } from "./responses.js";
import { Deadline } from "./retries.js";
import type { OpenFile, Transport } from "./transport.js";

/** An asset, with the signed URL of its file; empty to ask for it. */
interface Located extends AssetFacts {
  readonly url: string;
}

/** Download the file of an asset; throws DownloadFailed. */
export async function download(transport: Transport, asset: Located, options: WaitOptions): Promise<File> {
  const deadline = new Deadline(DOWNLOAD_TIMEOUT, options);
  let pieces: Uint8Array[] = [];
  const reader = new AssetReader(transport, asset, options, () => (pieces = []));
  for (let piece; (piece = await reader.read(deadline));) pieces.push(piece);
  const extension = EXTENSIONS[asset.mimeType.split(";")[0]!]?.[0];
  return new File(pieces as BlobPart[], asset.id + (extension ? `.${extension}` : ""), { type: asset.mimeType });
}

/** What gives a stream the bytes of an asset's file, as it asks for them. */
export function streamed(
  transport: Transport,
  asset: Located,
  options: WaitOptions,
): Required<Pick<UnderlyingDefaultSource<Uint8Array>, "pull" | "cancel">> {
  const reader = new AssetReader(transport, asset, options, (why) => {
    throw new DownloadFailed(`${asset.id}: ${why}; the storage began anew, as a download can, and a stream cannot`);
  });
  return {
    async pull(controller) {
      const piece = await reader.read(transport.begin(options));
      piece ? controller.enqueue(piece) : controller.close();
    },
    cancel: () => reader.close(),
  };
}

const NO_MORE = 416;

/** Reads a file over as many connections as that takes. Where the storage begins anew, `restart` forgets what was read, or throws. */
class AssetReader {
  readonly #transport: Transport;
  readonly #asset: Located;
  readonly #progress: ProgressReporter;
  readonly #restart: (why: string) => unknown;
  #url: string;
  #file: OpenFile | undefined;
  #received = 0;
  #version = "";
  #sizes: readonly (number | undefined)[] = [];
  #why = ""; // the last connection ended early

  constructor(transport: Transport, asset: Located, options: WaitOptions, restart: (why: string) => unknown) {
    this.#transport = transport;
    this.#asset = asset;
    this.#url = asset.url;
    this.#restart = restart;
    this.#progress = new ProgressReporter(options.onProgress);
    this.#progress.setTotal(asset.size ?? 0);
  }

  /** Return the next bytes, and at the end nothing; throws DownloadFailed. */
  async read(deadline: Deadline): Promise<Uint8Array | undefined> {
    try {
      const piece = await this.#transport.retry(() => this.#read(deadline), deadline);
      if (piece) await this.#move(piece.length);
      else this.close();
      return piece;
    } catch (error) {
      this.close();
      if (!(error instanceof TransientError || error instanceof NotReached)) throw error;
      throw new DownloadFailed(`${this.#asset.id}: ${error.message}`);
    }
  }

  /** Close the connection. */
  close(): void {
    this.#file?.close();
    this.#file = undefined;
  }

  async #read(deadline: Deadline): Promise<Uint8Array | undefined> {
    try {
      this.#file ??= await this.#connect(deadline);
      const piece = await this.#file.read();
      if (!deadline.left) throw new TransientError("timed out");
      this.#check(piece?.length ?? 0);
      return piece;
    } catch (error) {
      this.#why = (error as Error).message;
      this.close();
      throw error;
    }
  }

  async #connect(deadline: Deadline): Promise<OpenFile> {
    const { id, size } = this.#asset;
    this.#url ||= (await this.#transport.ask(readAsset, { path: routeTo(ASSET, id) }, deadline))[1];
    const range = this.#received && this.#version ? { Range: `bytes=${this.#received}-` } : {};
    const file = (this.#file = await this.#transport.open(this.#url, range, deadline));
    const { status, headers } = file.response;
    this.#sizes = [size];
    if (status === NO_MORE && this.#received) return { ...file, read: async () => undefined }; // it broke off at its very end
    const etag = headers.get("etag") ?? "";
    const isRest =
      status === 206 && etag === this.#version && headers.get("content-range")?.startsWith(`bytes ${this.#received}-`);
    if (EXPIRED.includes(status)) this.#url = "";
    if (status === 206 && !isRest) this.#version = ""; // it is another file by now
    if (status !== 200 && !isRest) throw new TransientError(`the storage responded with status ${status}`);
    if (status === 200 && this.#received) {
      this.#restart(this.#why);
      await this.#move(-this.#received);
    }
    this.#version = etag.startsWith("W/") ? "" : etag;
    const length = headers.has("content-encoding") ? null : headers.get("content-length");
    this.#sizes = [size, length && /^\d+$/.test(length) ? this.#received + Number(length) : undefined];
    return file;
  }

  /** Check that there are not too many bytes, and at the end not too few. */
  #check(more: number): void {
    const received = this.#received + more;
    for (const size of this.#sizes) {
      if (size === undefined || (more ? received <= size : received === size)) continue;
      this.#version = ""; // begin anew
      throw new TransientError(`received ${received} bytes instead of ${size}`);
    }
  }

  #move(size: number): Promise<void> {
    this.#received += size;
    return this.#progress.reportMoved("download", size);
  }
}
