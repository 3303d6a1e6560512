/**
 * Paid requests of pages, each with a key of its own: whoever sends one again, the browser itself say, gets the job of the first. The
 * response of the API may be lost, too: that is what the client here takes care of.
 */

import { ClientError } from "../errors.js";
import type { Client } from "../client/client.js";
import { SubmissionUnknown } from "../client/errors.js";
import type { JobFacts } from "../client/responses.js";
import { objectOr } from "../client/responses.js";
import type { ModelRequest } from "../requests.js";
import { Refusal, replyTo } from "./replies.js";
import type { Store } from "./store.js";

/** How an attempt ended, as the store has it: with a job, without one, or nobody knows. Nothing of it while it is under way. */
interface Ending {
  readonly job?: string;
  readonly error?: { readonly status: number; readonly reason: string; readonly traceId: string };
  readonly isUnknown?: boolean;
}

const PAUSES = [100, 1000] as const; // milliseconds between two looks into the store
const PATIENCE = 50_000; // milliseconds that a request waits for another one of its key: less than most gateways
const NEVER_CAME = { error: { status: 503, reason: "the request did not arrive at the server", traceId: "" } };

/** Submits requests and remembers them. */
export class Attempts {
  readonly #client: Pick<Client, "submit">;
  readonly #store: Store;
  readonly #isShared: boolean;
  readonly #onError: (error: unknown) => void;

  /** `isShared`: all instances of the server have the store, so that what it does not know never came. */
  constructor(client: Pick<Client, "submit">, store: Store, isShared: boolean, onError: (error: unknown) => void) {
    this.#client = client;
    this.#store = store;
    this.#isShared = isShared;
    this.#onError = onError;
  }

  /** Submit a request, or wait for how the one of the same key ends; return its job, or the id of it. */
  async submit(key: string, request: ModelRequest): Promise<JobFacts | string> {
    if (!(await this.#store.add(key, "{}"))) return this.#follow(key);
    try {
      const job = await this.#client.submit(request);
      await this.#end(key, { job: job.id });
      return job;
    } catch (error) {
      await this.#end(key, endingOf(error));
      throw error;
    }
  }

  /** Tell how an attempt ended, and for good: one that never came is not let in any more. Undefined if that is not known. */
  async find(key: string): Promise<Ending | undefined> {
    const found = await this.#store.get(key);
    if (found) return readEnding(found);
    if (!this.#isShared) return undefined;
    if (await this.#store.add(key, JSON.stringify(NEVER_CAME))) return NEVER_CAME;
    return readEnding((await this.#store.get(key)) ?? "{}");
  }

  async #follow(key: string): Promise<string> {
    const end = performance.now() + PATIENCE;
    for (
      let [pause] = PAUSES as readonly number[];
      performance.now() < end;
      pause = Math.min(PAUSES[1], pause! * 1.5)
    ) {
      const { job, error, isUnknown } = readEnding((await this.#store.get(key)) ?? "{}");
      if (job) return job;
      if (error) throw new Refusal(error.status, error.reason);
      if (isUnknown) break;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
    throw new Refusal(504, "it is not known yet how this request ends");
  }

  /** Keep how an attempt ended. If that fails, it counts as under way for ever, which costs nothing. */
  async #end(key: string, ending: Ending): Promise<void> {
    try {
      await this.#store.set(key, JSON.stringify(ending));
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** Every error of `submit` but these means that there is no job. */
function endingOf(error: unknown): Ending {
  if (error instanceof ClientError && error.jobId !== undefined) return { job: error.jobId };
  if (!(error instanceof ClientError) || error instanceof SubmissionUnknown) return { isUnknown: true };
  const { status, body } = replyTo(error);
  return { error: { status, reason: String(body["reason"]), traceId: String(body["trace_id"] ?? "") } };
}

function readEnding(text: string): Ending {
  return objectOr(JSON.parse(text));
}
