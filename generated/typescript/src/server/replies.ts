/** What a handler answers: JSON in the API's form, with no more than a page needs, and ids that are signed for its user. */

import type { Failure } from "../client/attempts.js";
import { ApiError, NotReached, SubmissionUnknown, Unreadable } from "../client/errors.js";
import { GONE, LIMITED } from "../client/facts.js";
import type { AssetFacts, Estimate, JobFacts, UploadFacts } from "../client/responses.js";
import { ClientError, InvalidRequest } from "../errors.js";
import { mapLeaves } from "../trees.js";
import { ASSET_ID } from "./facts.js";
import type { Signatures } from "./signatures.js";

/** Statuses of the service that are about what a page asked for: its words are for the page. */
const OF_PAGES: readonly number[] = [400, 409, 413, 422, ...GONE];

/** What a page is told in place of the words of the service about others: they may name a project, say. */
const TOLD: Readonly<Record<number, string>> = {
  401: "the service refuses the key of this server",
  402: "this server has no credits left",
  403: "the service does not let this server do that",
  [LIMITED]: "there are too many requests; try again later",
};

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
export function explain(error: unknown): Failure {
  const tell = (status: number, reason: string): Failure => ({ status, reason, requestId: "", retryAfter: 0 });
  if (error instanceof Refusal) return tell(error.status, error.message);
  if (error instanceof InvalidRequest) return tell(400, error.message);
  if (error instanceof ApiError) return explainResponse(error);
  if (error instanceof SubmissionUnknown) return tell(504, "it is unknown whether the request was submitted");
  if (error instanceof NotReached) return tell(502, "the service cannot be reached from this server");
  if (error instanceof Unreadable) return tell(502, "the service answered something else than it documents");
  // A status that clients do not try again: its key or its settings must be mended first.
  if (error instanceof ClientError) return tell(403, "this server is not set up to ask the service");
  return tell(500, "this server failed");
}

function explainResponse({ status, reason, requestId, retryAfter }: ApiError): Failure {
  const told = OF_PAGES.includes(status) ? reason : (TOLD[status] ?? "the service failed");
  return { status: status === 401 ? 403 : status < 400 ? 502 : status, reason: told, requestId, retryAfter };
}

/** Answer with a failure. */
export function replyWith({ status, reason, requestId, retryAfter }: Failure, headers: Reply["headers"] = {}): Reply {
  return {
    status,
    body: { reason, ...(requestId && { trace_id: requestId }) },
    headers: { ...headers, ...(retryAfter && { "Retry-After": String(Math.ceil(retryAfter / 1000)) }) },
  };
}

/** Answer with what a page is told of an error. */
export function replyTo(error: unknown): Reply {
  return replyWith(explain(error), error instanceof Refusal ? error.headers : {});
}

/** Tell whether an error is not the page's fault, so that whoever runs the server must know of it. */
export function isOwnFault(error: unknown): boolean {
  if (error instanceof ApiError) return !OF_PAGES.includes(error.status);
  return !(error instanceof Refusal || error instanceof InvalidRequest);
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
