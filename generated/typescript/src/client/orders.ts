/** Requests as they are sent: their files uploaded, and all else checked to be JSON. */

import { InvalidRequest } from "../errors.js";
import { isLocal } from "../file_values.js";
import { isAnyKind, isStored, isUploaded, type StoredFile, unwrap } from "../files.js";
import { type Path, pointerTo } from "../pointers.js";
import type { ModelRequest } from "../requests.js";
import { mapLeaves } from "../trees.js";
import { isNumber, show } from "../values.js";
import type { FileUse } from "./kinds.js";
import { isSafe } from "./responses.js";

/** A request as it is sent: JSON, with the ids of its uploaded files. */
export interface Order {
  readonly modelId: string;
  readonly body: string;
}

/** Make the order of a request; `upload` uploads its files, and gives the ids of their assets in the same order. */
export async function makeOrder(
  request: ModelRequest,
  upload: (uses: readonly FileUse[]) => Promise<readonly string[]>,
): Promise<Order> {
  const { modelId } = request;
  if (!isSafe(modelId))
    throw makeInvalid(modelId, [], `${show(modelId)} is not a model id: that has letters, digits, _, - and . alone`);
  const { local, stored } = findFiles(request);
  if (stored.length) await refuseWrongKinds(modelId, stored);
  const assets = local.length ? await upload(local) : [];
  let next = 0;
  const body = mapLeaves(request.body(), (value, path) => {
    const file = unwrap(value);
    return isFile(file, request.wantedKind(path)) ? assets[next++] : file;
  });
  return { modelId, body: JSON.stringify(body) };
}

interface Files {
  readonly local: readonly FileUse[];
  readonly stored: readonly FileUse<StoredFile>[];
}

/** Find the files of a request: those to upload, and assets of a known kind; throws InvalidRequest if something is no JSON. */
function findFiles(request: ModelRequest): Files {
  const local: FileUse[] = [];
  const stored: FileUse<StoredFile>[] = [];
  mapLeaves(request.body(), (value, path) => {
    const file = unwrap(value);
    const wanted = request.wantedKind(path);
    if (isStored(value) && wanted) stored.push({ file: value, pointer: pointerTo(...path), wanted, isAnyKind: false });
    if (isFile(file, wanted)) local.push({ file, pointer: pointerTo(...path), wanted, isAnyKind: isAnyKind(value) });
    else if (!isJson(file)) throw makeInvalid(request.modelId, path, `${show(file)} is not JSON; ${JSON_HINT}`);
  });
  return { local, stored };
}

function isFile(value: unknown, wanted: string | undefined): value is FileUse["file"] {
  return isLocal(value) || (wanted !== undefined && isUploaded(value));
}

async function refuseWrongKinds(modelId: string, stored: readonly FileUse<StoredFile>[]): Promise<void> {
  const { findWrongKinds, HINT, traitsOf } = await import("./kinds.js");
  const problems = findWrongKinds(stored, new Map(stored.map(({ file }) => [file, traitsOf(file)])));
  if (problems.length) throw new InvalidRequest(modelId, problems, HINT);
}

const JSON_HINT = "give a text, a finite number, true, false, null, or an array or plain object of such";

function isJson(leaf: unknown): boolean {
  return leaf === null || isNumber(leaf) || typeof leaf === "string" || typeof leaf === "boolean";
}

function makeInvalid(modelId: string, path: Path, message: string): InvalidRequest {
  return new InvalidRequest(modelId, [{ pointer: pointerTo(...path), code: "type", message }]);
}
