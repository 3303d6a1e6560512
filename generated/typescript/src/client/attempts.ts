/**
 * What a page asks its own server, where that runs the handler of this package: how a paid request ended whose response was lost. Each
 * sending of a request is an attempt with a key of its own.
 */

import { makeApiError } from "./answers.js";
import type { ApiError } from "./errors.js";
import { routeTo, SEARCH_PAUSES } from "./facts.js";
import { type JobFacts, objectOr, plain, readJob } from "./responses.js";
import { Deadline, grow, isTransient } from "./retries.js";
import type { Transport } from "./transport.js";

/** The header with the key of an attempt, and the route that only the handler has. */
export const KEY_HEADER = "Idempotency-Key";
export const ATTEMPT = "/attempts/{key}";

/** Make a key that nobody can guess; a page without TLS has no other randomness than this. */
export function makeKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** How an attempt ended, or that it has not ended; nothing of that if the server does not know. */
interface Told {
  readonly job?: JobFacts | undefined;
  readonly error?: ApiError | undefined;
  readonly isPending?: boolean;
}

/**
 * Ask how an attempt ended; return its job, or undefined if the server does not know. While it cannot be asked, that is tried for `settle`
 * milliseconds.
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
  for (let pause = SEARCH_PAUSES[0]; ; pause = grow(pause, SEARCH_PAUSES)) {
    const told: Told = await transport
      .ask(readTold, { path: routeTo(ATTEMPT, key) }, deadline)
      .catch((error: unknown) => ({ isPending: isTransient(error) && settled.left > 0 }));
    if (told.error) throw told.error;
    if (told.job || !told.isPending || pause > deadline.left) return told.job;
    await deadline.sleep(pause).catch(() => undefined); // after an abort, nothing can be asked
  }
}

function readTold(data: unknown): Told {
  const { job, error, isPending } = objectOr(data);
  const { status, reason, traceId } = objectOr(error);
  return {
    job: job ? readJob(data) : undefined,
    error: typeof status === "number" ? makeApiError(status, plain(reason), plain(traceId), 0) : undefined,
    isPending: isPending === true,
  };
}
