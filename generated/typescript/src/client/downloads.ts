/** Downloads: taken up where they broke off, the size checked. */

import { DownloadFailed, NotReached, Passing } from "../errors.js";
import { type AssetFacts, readAsset } from "./answers.js";
import { type Limits, retried } from "./limits.js";
import type { Teller } from "./progress.js";
import type { Transport } from "./transport.js";

const REFRESHED = [401, 403, 404, 410]; // the address may have expired

/** Get the file of an asset. */
export async function download(
  transport: Transport,
  asset: AssetFacts,
  address: string,
  limits: Limits,
  tell: Teller,
): Promise<Blob> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let version = "";
  tell.expect(asset.size ?? 0);

  const begin = ({ status, headers }: Response): void => {
    const etag = headers.get("etag") ?? "";
    const isRest = status === 206 && etag === version && headers.get("content-range")?.startsWith(`bytes ${size}-`);
    if (!isRest) {
      if (size) tell.moved("download", -size);
      [pieces, size, version] = [[], 0, etag.startsWith("W/") ? "" : etag];
    }
    if (REFRESHED.includes(status)) address = "";
    if (status !== 200 && !isRest) throw new Passing(`the storage answers ${status}`);
  };
  const take = (piece: Uint8Array): void => {
    pieces.push(piece);
    size += piece.length;
    tell.moved("download", piece.length);
  };
  const receive = async (): Promise<void> => {
    address ||= (await transport.ask(readAsset, { path: `/assets/${asset.id}` }, limits))[1];
    await transport.get(address, size && version ? { Range: `bytes=${size}-` } : {}, limits, begin, take);
    if (asset.size !== undefined && asset.size !== size) {
      version = ""; // all of it again
      throw new Passing(`${size} bytes came, and not ${asset.size}`);
    }
  };
  try {
    await retried(receive, limits);
  } catch (error) {
    if (!(error instanceof Passing || error instanceof NotReached)) throw error;
    throw new DownloadFailed(`${asset.id}: ${error.message}`);
  }
  return new Blob(pieces as BlobPart[], { type: asset.mimeType });
}
