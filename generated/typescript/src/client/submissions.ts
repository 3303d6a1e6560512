/**
 * Paid requests, which are never paid twice.
 *
 * The API has no idempotency key. If the response to an order is lost, the service may still create the job; it needs at most `settle`
 * milliseconds for that. Until then, the jobs created since the order was sent are searched for one with the same model and input, and
 * that job is claimed. The order is sent again only if a complete list after that time does not contain it. If that cannot be known,
 * `SubmissionUnknown` is thrown. Equal requests of one client may claim each other's jobs, but never the same one.
 */

import { ClientError } from "../errors.js";
import type { JsonObject } from "../values.js";
import { SubmissionUnknown, TransientError } from "./errors.js";
import { ATTEMPTS, GRACE, routeTo, RUN, RUN_METHOD, SEARCH_PAUSES, SEARCH_TIMEOUT, SETTLE } from "./facts.js";
import { type JobList, listJobsSince } from "./job_search.js";
import { isJobRuledOut, isOf, isSameOrder, mayBeOf } from "./order_jobs.js";
import type { Order } from "./orders.js";
import { type JobFacts, readJob } from "./responses.js";
import { Deadline, grow, isTransient, Moment } from "./retries.js";
import type { Transport } from "./transport.js";

/** An order that was sent: `first` and `last` when, `losses` how often without a job, `lost` why its last response was; `signal` ends the wait for one. */
interface Submission {
  readonly order: Order;
  readonly deadline: Deadline;
  readonly signal: AbortSignal;
  first: Moment;
  last: Moment;
  losses: number;
  lost?: unknown;
}

/** The submissions of one client, and the jobs that they claimed. */
export class Submissions {
  readonly #transport: Transport;
  readonly #settle: number;
  readonly #askServer: (() => Promise<typeof import("./attempts.js")>) | undefined;
  readonly #claimed = new Map<string, Submission | undefined>(); // by the id of the job; with the submission if it had to search
  #showsInput: boolean | undefined; // whether listed jobs show the input that was sent; undefined until one was seen

  /**
   * `settle`: the milliseconds that the service may need to create and list a job; `askServer` loads what asks the server in between, if there
   * is one that may know what became of a submission.
   */
  constructor(transport: Transport, settle = SETTLE, askServer?: () => Promise<typeof import("./attempts.js")>) {
    this.#transport = transport;
    this.#settle = settle;
    this.#askServer = askServer;
  }

  /**
   * Send a paid request; return its job. Once it is sent, the deadline does not cut it short, only `signal` does; after either it is not
   * sent again.
   */
  async submit(order: Order, deadline: Deadline, signal: AbortSignal): Promise<JobFacts> {
    const submission: Submission = { order, deadline, signal, first: new Moment(), last: new Moment(), losses: 0 };
    try {
      const name = `${RUN_METHOD} ${routeTo(RUN, order.modelId)}`;
      return await this.#transport.retry(() => this.#submitOnce(submission), deadline, ATTEMPTS, name); // whatever `maxRetries` is
    } catch (error) {
      throw error instanceof TransientError ? submissionUnknown(submission, error.message) : error;
    }
  }

  /** Send a request; every error except SubmissionUnknown means that no job was created. */
  async #submitOnce(submission: Submission): Promise<JobFacts> {
    const { order, signal } = submission;
    const attempts = await this.#askServer?.();
    const key = attempts?.makeKey() ?? "";
    let job: JobFacts;
    try {
      const headers = attempts ? { [attempts.KEY_HEADER]: key } : {};
      const call = { method: RUN_METHOD, path: routeTo(RUN, order.modelId), body: order.body, isPaid: true, headers };
      job = readJob((await this.#transport.call(call, new Deadline(Infinity, { signal }))).data);
    } catch (error) {
      if (isJobRuledOut(error)) throw error;
      submission.last = new Moment();
      const deadline = new Deadline(Math.max(GRACE, submission.deadline.left), { signal });
      const found = await attempts?.findAttempt(this.#transport, key, this.#settle, deadline);
      if (!found) return this.#findOr(submission, error);
      job = found;
    }
    if (job.input) this.#showsInput = this.#showsInput !== false && isOf(job, order);
    if (this.#claim(job.id)) {
      this.#transport.log.info(() => `${order.modelId} was submitted: ${job.id}`);
      return job;
    }
    const lost = new TransientError("an equal request claimed its job");
    const owner = this.#claimed.get(job.id);
    if (!owner) throw submissionUnknown(submission, lost.message, "", [job.id]);
    // That one claimed it when its own response was lost. If its own job comes, it is ours.
    if (owner.first.age > submission.first.age) submission.first = owner.first;
    return this.#findOr(submission, lost);
  }

  async #findOr(submission: Submission, lost: unknown): Promise<JobFacts> {
    const { log } = this.#transport;
    const { modelId } = submission.order;
    const why = (lost as Error).message;
    if (!(lost instanceof TransientError)) submission.lost = lost;
    log.warn(
      () => `the job of ${modelId} is unknown (${why}); it is searched for, for up to ${this.#settle / 1000} seconds`,
    );
    const found = await this.#find(submission, why);
    log.info(() =>
      found ? `${modelId} was submitted: ${found.id}, found by a search` : `${modelId} has no job, and none will come`,
    );
    if (found) return found;
    throw lost;
  }

  /** Search for the job of an order until it is found, or can no longer come. */
  async #find(submission: Submission, why: string): Promise<JobFacts | undefined> {
    const late = new Deadline(GRACE);
    let pauses = submission.deadline; // until the caller aborts; then `signal` ends the search, with short pauses
    let listed: JobList = { date: "", jobs: [], older: [], undated: [] };
    for (let pause = SEARCH_PAUSES[0]; ; pause = grow(pause, SEARCH_PAUSES)) {
      const left = Math.max(submission.deadline.left, late.left);
      const wait = this.#untilSettled(submission);
      const seen = await this.#listJobs(submission, Math.min(SEARCH_TIMEOUT, left));
      if (!(seen instanceof ClientError)) {
        listed = seen;
        const job = listed.jobs.find((job) => isOf(job, submission.order) && this.#claim(job.id, submission));
        if (job) {
          this.#showsInput ??= true;
          return job;
        }
        if (!wait && !this.#untilSettled(submission)) return this.#giveUp(submission, why, listed); // nor has an equal order claimed it meanwhile
      }
      const reason = this.#whyStop(submission, seen, wait, left);
      if (reason)
        throw submissionUnknown(
          submission,
          `${why}, and ${reason}`,
          listed.date,
          this.#candidates(submission, listed),
          seen instanceof ClientError ? seen : undefined,
        );
      await pauses.sleep(Math.min(pause, wait, left)).catch(() => {
        pauses = new Deadline(0, { signal: submission.signal });
        pause = SEARCH_PAUSES[0];
      });
    }
  }

  /** Return the reason to stop after a search; empty to go on. */
  #whyStop({ signal }: Submission, seen: JobList | ClientError, wait: number, left: number): string {
    if (signal.aborted) return "the search for it was aborted";
    if (seen instanceof ClientError && (!wait || !left || seen instanceof TransientError || !isTransient(seen)))
      return `the jobs cannot be listed (${seen.message})`;
    if (left) return "";
    return `the timeout ended before it was certain that there is no job, which takes ${this.#settle / 1000} seconds`;
  }

  /** Note that an order has no job and will get none; throws SubmissionUnknown if that is not certain. */
  #giveUp(submission: Submission, why: string, listed: JobList): undefined {
    const candidates = this.#candidates(submission, listed);
    if (candidates.length)
      throw submissionUnknown(submission, `${why}, and there is a job that may be the one`, listed.date, candidates);
    submission.losses++;
    if (this.#showsInput === false || (!this.#showsInput && submission.losses > 1))
      throw submissionUnknown(submission, `${why}, and it is not certain that jobs show what was sent`, listed.date);
    return undefined;
  }

  /** List the jobs since an order was first sent; return an error instead of throwing it. */
  async #listJobs(submission: Submission, timeout: number): Promise<JobList | ClientError> {
    try {
      return await listJobsSince(
        this.#transport,
        submission.first,
        new Deadline(timeout, { signal: submission.signal }),
      );
    } catch (error) {
      return error instanceof ClientError ? error : new TransientError(String(error));
    }
  }

  /** Return the milliseconds until neither an order nor an equal one, which may have claimed its job, can still get one. */
  #untilSettled({ order, last }: Submission): number {
    let youngest = last.age;
    for (const other of this.#claimed.values())
      if (other && isSameOrder(other.order, order)) youngest = Math.min(youngest, other.last.age);
    return Math.max(0, this.#settle - youngest);
  }

  /** Return the ids of unclaimed jobs that may be of an order. */
  #candidates({ order }: Submission, { jobs, older, undated }: JobList): string[] {
    const shown = older.filter((job) => job.input); // without an input any upload from before might be it
    const maybe = [...jobs, ...undated, ...shown].filter((job) => mayBeOf(job, order));
    return maybe.map((job) => job.id).filter((id) => !this.#claimed.has(id));
  }

  /** Claim a job, unless it is claimed already; `searcher` is the submission that had to search for it. */
  #claim(id: string, searcher?: Submission): boolean {
    if (this.#claimed.has(id)) return false;
    this.#claimed.set(id, searcher);
    return true;
  }
}

function submissionUnknown(
  { order, lost }: Submission,
  why: string,
  date = "",
  candidates: string[] = [],
  cause = lost,
): SubmissionUnknown {
  const body = JSON.parse(order.body) as JsonObject;
  return new SubmissionUnknown(order.modelId, body, date, candidates, why, cause);
}
