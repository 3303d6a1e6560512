/** Downloads: resumed after an error, their size checked. */

import { DownloadFailed, NotReached, TransientError } from "./errors.js";
import { ASSET, EXPIRED, routeTo } from "./facts.js";
import type { ProgressReporter } from "./progress.js";
import { type AssetFacts, readAsset } from "./responses.js";
import type { Deadline } from "./retries.js";
import type { Transport } from "./transport.js";

/** Download the file of an asset; throws DownloadFailed. */
export async function download(
  transport: Transport,
  asset: AssetFacts,
  url: string,
  deadline: Deadline,
  progress: ProgressReporter,
): Promise<Blob> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let version = "";
  progress.setTotal(asset.size ?? 0);

  const begin = async ({ status, headers }: Response): Promise<void> => {
    const etag = headers.get("etag") ?? "";
    const isRest = status === 206 && etag === version && headers.get("content-range")?.startsWith(`bytes ${size}-`);
    if (!isRest) {
      if (size) await progress.reportMoved("download", -size);
      [pieces, size, version] = [[], 0, etag.startsWith("W/") ? "" : etag];
    }
    if (EXPIRED.includes(status)) url = "";
    if (status !== 200 && !isRest) throw new TransientError(`the storage responded with status ${status}`);
  };
  const take = async (piece: Uint8Array): Promise<void> => {
    pieces.push(piece);
    size += piece.length;
    await progress.reportMoved("download", piece.length);
  };
  const receive = async (): Promise<void> => {
    url ||= (await transport.ask(readAsset, { path: routeTo(ASSET, asset.id) }, deadline))[1];
    await transport.get(url, size && version ? { Range: `bytes=${size}-` } : {}, deadline, begin, take);
    if (asset.size !== undefined && asset.size !== size) {
      version = ""; // start again
      throw new TransientError(`received ${size} bytes instead of ${asset.size}`);
    }
  };
  try {
    await transport.retry(receive, deadline);
  } catch (error) {
    if (!(error instanceof TransientError || error instanceof NotReached)) throw error;
    throw new DownloadFailed(`${asset.id}: ${error.message}`);
  }
  return new Blob(pieces as BlobPart[], { type: asset.mimeType });
}
