/**
 * Paid requests of pages, each with a key of its own: whoever sends one again, the browser itself say, gets the job of the first. The
 * response of the API may be lost, too: that is what the client here takes care of.
 */

import type { Ending } from "../client/attempts.js";
import { SubmissionUnknown } from "../client/errors.js";
import type { Pauses } from "../client/facts.js";
import { type JobFacts, objectOr } from "../client/responses.js";
import { Deadline, grow } from "../client/retries.js";
import { ClientError } from "../errors.js";
import { explain } from "./replies.js";
import { makeMemory, type Store } from "./store.js";

const PAUSES: Pauses = [100, 1.5, 1000]; // milliseconds between two looks into the store
const PATIENCE = 50_000; // milliseconds that a request waits for another one of its key: less than most gateways
const PENDING: Ending<string> = { isPending: true };
const UNKNOWN: Ending<string> = {};
const NEVER_CAME = {
  failure: { status: 503, reason: "the request did not arrive at the server", requestId: "", retryAfter: 0 },
};

/** Remembers how paid requests ended. */
export class Attempts {
  readonly #store: Store;
  readonly #isShared: boolean;
  readonly #onError: (error: unknown) => void;

  /** Without a store, which all instances of the server have, nobody can tell that a request never came. */
  constructor(store: Store | undefined, onError: (error: unknown) => void) {
    this.#store = store ?? makeMemory();
    this.#isShared = store !== undefined;
    this.#onError = onError;
  }

  /** Submit a request, or wait for how the one of the same key ends. What is thrown is remembered, too. */
  async submit(key: string, submit: () => Promise<JobFacts>): Promise<Ending<JobFacts | string>> {
    if (!(await this.#store.add(key, JSON.stringify(PENDING)))) return this.#follow(key);
    try {
      const job = await submit();
      await this.#end(key, { job: job.id });
      return { job };
    } catch (error) {
      await this.#end(key, endingOf(error));
      throw error;
    }
  }

  /** Tell how an attempt ended, and for good: one that never came is not let in any more. */
  async find(key: string): Promise<Ending<string>> {
    const found = await this.#store.get(key);
    if (found) return readEnding(found);
    if (!this.#isShared) return UNKNOWN;
    if (await this.#store.add(key, JSON.stringify(NEVER_CAME))) return NEVER_CAME;
    return readEnding(await this.#store.get(key));
  }

  async #follow(key: string): Promise<Ending<string>> {
    const deadline = new Deadline(PATIENCE);
    for (let pause = PAUSES[0]; ; pause = grow(pause, PAUSES)) {
      const ending = readEnding(await this.#store.get(key));
      if (!ending.isPending || !deadline.left) return ending;
      await deadline.sleep(pause);
    }
  }

  /** Keep how an attempt ended. If that fails, it counts as under way for ever, which costs nothing. */
  async #end(key: string, ending: Ending<string>): Promise<void> {
    try {
      await this.#store.set(key, JSON.stringify(ending));
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** Every error but these means that there is no job. */
function endingOf(error: unknown): Ending<string> {
  if (error instanceof ClientError && error.jobId !== undefined) return { job: error.jobId };
  return error instanceof SubmissionUnknown ? UNKNOWN : { failure: explain(error) };
}

/** Read what the store has; it may have forgotten it. */
function readEnding(text: string | null | undefined): Ending<string> {
  return text ? objectOr(JSON.parse(text)) : UNKNOWN;
}
