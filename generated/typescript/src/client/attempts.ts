/**
 * What a page asks its own server, where that runs the handler of this package: how a paid request ended whose response was lost. Each
 * sending of a request is an attempt with a key of its own.
 */

import { makeApiError } from "./answers.js";
import { ApiError } from "./errors.js";
import { GRACE, routeTo, SEARCH_PAUSES } from "./facts.js";
import { type JobFacts, objectOr, plain, readJob } from "./responses.js";
import { Deadline, grow, isTransient } from "./retries.js";
import type { Transport } from "./transport.js";

/** The header with the key of an attempt, and the route that only the handler has. */
export const KEY_HEADER = "Idempotency-Key";
export const ATTEMPT = "/attempts/{key}";

/** Why there is no job, as the response said that was lost; `retryAfter` is in milliseconds. */
export interface Failure {
  readonly status: number;
  readonly reason: string;
  readonly requestId: string;
  readonly retryAfter: number;
}

/** How an attempt ended: with a job, or with a failure and no job. It may be under way; with none of the three, nobody knows. */
export interface Ending<Job> {
  readonly job?: Job;
  readonly failure?: Failure;
  readonly isPending?: boolean;
}

/** Make a key that nobody can guess; a page without TLS has no other randomness than this. */
export function makeKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Ask how an attempt ended; return its job, or undefined if the server does not know. While it cannot be asked, that is tried for `settle`
 * milliseconds; a server that has nothing of it may still be reading it.
 *
 * @throws {ApiError} It ended so, and there is no job.
 */
export async function findAttempt(
  transport: Transport,
  key: string,
  settle: number,
  deadline: Deadline,
): Promise<JobFacts | undefined> {
  const settled = new Deadline(settle);
  const read = new Deadline(Math.min(GRACE, settle));
  const mayBeKnownLater = (error: unknown): boolean => {
    const isNotThere = error instanceof ApiError && error.status === 404;
    return isNotThere ? read.left > 0 : isTransient(error) && settled.left > 0;
  };
  for (let pause = SEARCH_PAUSES[0]; ; pause = grow(pause, SEARCH_PAUSES)) {
    const { job, failure, isPending } = await transport
      .ask(readEnding, { path: routeTo(ATTEMPT, key) }, deadline)
      .catch((error: unknown): Ending<JobFacts> => ({ isPending: mayBeKnownLater(error) }));
    if (failure) throw makeApiError(failure.status, failure.reason, failure.requestId, failure.retryAfter);
    if (job || !isPending || pause > deadline.left) return job;
    await deadline.sleep(pause).catch(() => undefined); // after an abort, nothing can be asked
  }
}

function readEnding(data: unknown): Ending<JobFacts> {
  const { job, failure, isPending } = objectOr(data);
  if (job) return { job: readJob(data) };
  const { status, reason, requestId, retryAfter } = objectOr(failure);
  if (typeof status !== "number") return { isPending: isPending === true };
  return {
    failure: { status, reason: plain(reason), requestId: plain(requestId), retryAfter: Number(retryAfter) || 0 },
  };
}
