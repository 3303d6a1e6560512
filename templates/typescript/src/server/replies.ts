/** What a handler answers: JSON in the API's form, with no more than a page needs, and ids that are signed for its user. */

import { ApiError, NotReached, SubmissionUnknown } from "../client/errors.js";
import type { AssetFacts, Estimate, JobFacts, UploadFacts } from "../client/responses.js";
import { ClientError, InvalidRequest } from "../errors.js";
import { mapLeaves } from "../trees.js";
import type { Signatures } from "./signatures.js";

/** The ids of assets, wherever a text may be one. */
export const ASSET_ID = /^asset_[\w.-]+$/;

type Json = Readonly<Record<string, unknown>>;

/** An answer: its JSON, and headers beside the usual ones. */
export interface Reply {
  readonly status: number;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request of a page is refused; `reason` is what its client shows. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, reason: string, headers: Readonly<Record<string, string>> = {}) {
    super(reason);
    this.status = status;
    this.headers = headers;
  }
}

/** Return what a page is told of an error; nothing of one that is a bug. */
export function replyTo(error: unknown): Reply {
  if (error instanceof Refusal) return refuse(error.status, error.message, error.headers);
  if (error instanceof InvalidRequest) return refuse(400, error.message);
  if (error instanceof ApiError) {
    const wait = error.retryAfter ? { "Retry-After": String(Math.ceil(error.retryAfter / 1000)) } : undefined;
    if (error.status === 401) return refuse(403, "the service refuses the key of this server");
    return refuse(error.status < 400 ? 502 : error.status, error.reason, wait, error.requestId);
  }
  if (error instanceof SubmissionUnknown) return refuse(504, "it is unknown whether the request was submitted");
  if (error instanceof NotReached) return refuse(502, "the service cannot be reached from this server");
  if (error instanceof ClientError) return refuse(502, "this server could not ask the service");
  return refuse(500, "this server failed");
}

/** Tell whether an error is one that whoever runs the server must know of. */
export function isOwnFault(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 401 || error.status < 400;
  return !(error instanceof Refusal || error instanceof InvalidRequest);
}

function refuse(status: number, reason: string, headers: Reply["headers"] = {}, trace = ""): Reply {
  return { status, body: { reason, ...(trace && { trace_id: trace }) }, headers };
}

export function estimateJson({ cost, discount, details }: Estimate): Json {
  return { creativeUnitsCost: cost, creativeUnitsDiscount: discount, costDetails: details };
}

/** Write a job of a user; the assets that all `shared` keep their ids. */
export async function jobJson(
  job: JobFacts,
  signatures: Signatures,
  user: string,
  shared: ReadonlySet<string>,
): Promise<Json> {
  const named = new Set(job.assetIds);
  mapLeaves(job.input ?? {}, (leaf) => {
    if (typeof leaf === "string" && ASSET_ID.test(leaf) && !shared.has(leaf)) named.add(leaf);
  });
  const signed = new Map(
    await Promise.all([...named].map(async (id) => [id, await signatures.sign("asset", user, id)] as const)),
  );
  const input = mapLeaves(job.input ?? {}, (leaf) => signed.get(leaf as string) ?? leaf);
  const { progress, createdAt, status, reason, hint, output, modelId, cost } = job;
  return {
    jobId: await signatures.sign("job", user, job.id),
    status,
    progress,
    createdAt,
    billing: { cuCost: cost },
    metadata: {
      input: job.input && { ...(input as Json), modelId },
      assetIds: job.assetIds.map((id) => signed.get(id)),
      error: reason,
      hint,
      output,
    },
  };
}

export async function assetJson(
  [facts, url]: readonly [AssetFacts, string],
  signatures: Signatures,
  user: string,
): Promise<Json> {
  const { id, kind, mimeType, size, properties } = facts;
  return {
    id: await signatures.sign("asset", user, id),
    kind,
    mimeType,
    properties: { ...properties, size },
    url,
  };
}

export async function uploadJson(upload: UploadFacts, signatures: Signatures, user: string): Promise<Json> {
  const { id, status, assetId, reason, urls } = upload;
  return {
    id: await signatures.sign("upload", user, id),
    status,
    entityId: assetId ? await signatures.sign("asset", user, assetId) : undefined,
    errorMessage: reason,
    parts: Array.from(urls, ([number, url]) => ({ number, url })),
  };
}
