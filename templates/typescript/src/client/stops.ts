/** When a batch stops: at an error that the caller named, and at one that would hit every request. */

import type { ErrorClass } from "./call_options.js";
import { ApiError, NotPermitted, NotReached, SubmissionUnknown } from "./errors.js";
import { SHARED } from "./facts.js";

/** What ends a batch: an error of a request, or of the iterator of requests. */
export interface Failure {
  readonly reason: unknown;
}

export class Stop {
  /** What ends the batch when all that had begun has ended. */
  failure: Failure | undefined;
  readonly #stopOn: readonly ErrorClass[];
  readonly #probe: () => Promise<unknown>;
  #checked = Promise.resolve();

  /** `stopOn`: classes of errors; `probe`: a free call that is alike for all requests. */
  constructor(stopOn: ErrorClass | readonly ErrorClass[] = [], probe: () => Promise<unknown>) {
    this.#stopOn = [stopOn].flat();
    this.#probe = probe;
  }

  /** Note the error of a request, if it stops the batch. */
  async note(error: Error): Promise<void> {
    if (this.#stopOn.some((one) => error instanceof one)) this.failure ??= { reason: error };
    else
      await (this.#checked = this.#checked.then(async () => {
        if (!this.failure && (await this.#hitsEveryRequest(error))) this.failure ??= { reason: error }; // of several that fail at once, one looks
      }));
  }

  /**
   * Tell whether the error of one request would hit every other one, since a free call that is alike for all fails in the same way: the
   * key is refused, nothing is reached at the URL, or no API is there.
   */
  async #hitsEveryRequest(error: unknown): Promise<boolean> {
    const reason = sharedReason(error);
    if (!reason) return false;
    return this.#probe().then(
      () => false,
      (other: unknown) => sharedReason(other) === reason,
    );
  }
}

/** Return why an error might hit every request; empty if it is about one. */
function sharedReason(error: unknown): string {
  const found = error instanceof SubmissionUnknown ? error.cause : error; // why the jobs could not be listed
  if (found instanceof NotReached) return "not reached";
  if (found instanceof NotPermitted) return "not permitted";
  if (!(found instanceof ApiError)) return "";
  const { status } = found; // of a redirect that is not followed: 0, or 3xx
  return !status || (status >= 300 && status < 400) || SHARED.includes(status) ? String(status) : "";
}
