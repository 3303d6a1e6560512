/**
 * Submissions: how a request that is paid for is sent, and never paid twice.
 *
 * The API has no idempotency key, and an order whose answer is lost may still become a job, for as long as a POST may take there:
 * `settle`. Until then, the jobs made since it was sent are searched for one of the same model and input, which is taken up. Only
 * where all jobs were listed after that time, and it is not among them, is the order sent again; else `SubmissionUnknown` is thrown.
 * Equal requests of one client may take up each other's jobs, but never the same one.
 */

import { ApiError, ClientError, NotReached, Passing, SubmissionUnknown } from "../errors.js";
import { isObject } from "../problems.js";
import { type JobFacts, readJob } from "./answers.js";
import { isPassing, Limits, Moment, retried } from "./limits.js";
import { type Listed, listJobsSince } from "./listing.js";
import type { Transport } from "./transport.js";

// All in milliseconds.
const SETTLE = 120_000; // gateways give up after a minute as a rule: that, and as much again until a job is listed
const SUBMITTING = 60_000; // for the answer to a paid request
const LOOKING = 60_000; // for which one look is tried again
const LATE = 5000; // for which is looked behind a deadline
const PAUSE = 500; // between the first two looks, and how that grows
const GROWTH = 1.5;
const LONGEST_PAUSE = 15_000;
const LEFT_OPEN = [408, 499]; // somebody on the way gave up, or says that we did: the service may go on

/** A request as it is sent: JSON, its files in their place. */
export interface Order {
  readonly modelId: string;
  readonly body: string;
}

/** An order on its way: when it was sent first, the last moment at which it may have left, and how often no job came of it. */
interface Submission {
  readonly order: Order;
  readonly limits: Limits;
  readonly patience: AbortSignal;
  first: Moment;
  last: Moment;
  losses: number;
}

/** The submissions of one client, and which jobs were taken by them. */
export class Submissions {
  readonly #transport: Transport;
  readonly #settle: number;
  readonly #taken = new Map<string, Submission | undefined>(); // by the id of a job: who had to search for it
  #isFaithful: boolean | undefined; // whether jobs say what was sent, as far as was seen

  /** `settle`: how many milliseconds a POST may take on the service's side. */
  constructor(transport: Transport, settle = SETTLE) {
    if (!(settle >= 0)) throw new RangeError("settle is a number of milliseconds, 0 or more");
    this.#transport = transport;
    this.#settle = settle;
  }

  /**
   * Send a request that is paid for; give its job. Once sent it is not cut short, neither by the deadline nor by the signal, but by
   * `patience` alone; and it is not sent again after any of them.
   */
  async submit(order: Order, limits: Limits, patience: AbortSignal): Promise<JobFacts> {
    const submission = { order, limits, patience, first: new Moment(), last: new Moment(), losses: 0 };
    try {
      return await retried(() => this.#submitOnce(submission), limits);
    } catch (error) {
      throw error instanceof Passing ? unknown(submission, error.message) : error;
    }
  }

  /** Send a request; every error but SubmissionUnknown means that no job was made. */
  async #submitOnce(submission: Submission): Promise<JobFacts> {
    const { order } = submission;
    let job: JobFacts;
    try {
      const call = { path: `/generate/custom/${order.modelId}`, body: order.body, isPaid: true };
      job = readJob((await this.#transport.call(call, new Limits(SUBMITTING, { signal: submission.patience }))).data);
    } catch (error) {
      if (isUnmade(error)) throw error;
      submission.last = new Moment();
      return this.#findOr(submission, error);
    }
    if (job.input) this.#isFaithful = this.#isFaithful !== false && isOf(job, order);
    if (this.#take(job.id)) return job;
    const lost = new Passing("an equal request has its job");
    const owner = this.#taken.get(job.id);
    if (!owner) throw unknown(submission, lost.message, "", [job.id]);
    // That one took it when its own answer was lost. Its own job, if one comes, is ours.
    if (owner.first.age > submission.first.age) submission.first = owner.first;
    return this.#findOr(submission, lost);
  }

  async #findOr(submission: Submission, lost: unknown): Promise<JobFacts> {
    const found = await this.#find(submission, (lost as Error).message);
    if (found) return found;
    throw lost;
  }

  /** Search for the job of an order until it is there, or will never be. */
  async #find(submission: Submission, why: string): Promise<JobFacts | undefined> {
    const late = new Limits(LATE);
    let resting = submission.limits; // until the caller leaves; then its patience says how long is looked, without long pauses
    let listed: Listed = { date: "", jobs: [], older: [], undated: [] };
    for (let pause = PAUSE; ; pause = Math.min(LONGEST_PAUSE, pause * GROWTH)) {
      const left = Math.max(submission.limits.left, late.left);
      const wait = this.#untilSettled(submission);
      const seen = await this.#look(submission, Math.min(LOOKING, left));
      if (!(seen instanceof ClientError)) {
        listed = seen;
        const job = listed.jobs.find((job) => isOf(job, submission.order) && this.#take(job.id, submission));
        if (job) {
          this.#isFaithful ??= true;
          return job;
        }
        if (!wait && !this.#untilSettled(submission)) return this.#giveUp(submission, why, listed); // nor has an equal order taken it meanwhile
      }
      const told = this.#whyStop(submission, seen, wait, left);
      if (told) throw unknown(submission, `${why}, and ${told}`, listed.date, this.#candidates(submission, listed));
      await resting.sleep(Math.min(pause, wait, left)).catch(() => {
        resting = new Limits(0, { signal: submission.patience });
        pause = PAUSE;
      });
    }
  }

  /** Say why nothing more is seen of an order after a look; empty where it is. */
  #whyStop({ patience }: Submission, seen: Listed | ClientError, wait: number, left: number): string {
    if (patience.aborted) return "its job was not waited for";
    if (seen instanceof ClientError && (!wait || !left || seen instanceof Passing || !isPassing(seen)))
      return `the jobs cannot be listed (${seen.message})`;
    if (left) return "";
    return `the timeout ended before it was certain that no job comes of it: that takes ${this.#settle / 1000} seconds`;
  }

  /** Note that an order has no job, and will have none, unless it may have one that is not known by what it says. */
  #giveUp(submission: Submission, why: string, listed: Listed): undefined {
    const candidates = this.#candidates(submission, listed);
    if (candidates.length)
      throw unknown(submission, `${why}, and there is a job that may be it`, listed.date, candidates);
    submission.losses++;
    if (this.#isFaithful === false || (!this.#isFaithful && submission.losses > 1))
      throw unknown(submission, `${why}, and nothing shows that the service lists what was sent`, listed.date);
    return undefined;
  }

  /** List the jobs since an order was sent; give what keeps us from it. */
  async #look(submission: Submission, timeout: number): Promise<Listed | ClientError> {
    try {
      return await listJobsSince(
        this.#transport,
        submission.first,
        new Limits(timeout, { signal: submission.patience }),
      );
    } catch (error) {
      return error instanceof ClientError ? error : new Passing(String(error));
    }
  }

  /** Give the milliseconds until no job can come any more of an order, nor of an equal one that may have taken its job; then 0. */
  #untilSettled({ order, last }: Submission): number {
    let youngest = last.age;
    for (const other of this.#taken.values())
      if (other && isSame(other.order, order)) youngest = Math.min(youngest, other.last.age);
    return Math.max(0, this.#settle - youngest);
  }

  /** Give the jobs that nobody has taken, and that may be of an order. */
  #candidates({ order }: Submission, { jobs, older, undated }: Listed): string[] {
    const said = older.filter((job) => job.input); // or whatever was uploaded before might be it
    const maybe = [...jobs, ...undated, ...said].filter((job) => mayBeOf(job, order));
    return maybe.map((job) => job.id).filter((id) => !this.#taken.has(id));
  }

  /** Take a job, where no other has taken it; who had to search for it, says so. */
  #take(id: string, searcher?: Submission): boolean {
    if (this.#taken.has(id)) return false;
    this.#taken.set(id, searcher);
    return true;
  }
}

function unknown({ order }: Submission, why: string, date = "", candidates: string[] = []): SubmissionUnknown {
  return new SubmissionUnknown(order.modelId, date, candidates, why);
}

/** Tell whether an error means that no job was made: the request was refused, or never left. */
function isUnmade(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 400 && error.status < 500 && !LEFT_OPEN.includes(error.status);
  return error instanceof NotReached && error.isUnsent;
}

function isSame(one: Order, other: Order): boolean {
  return one.modelId === other.modelId && one.body === other.body;
}

/** Give the model and the input that its job will name: the service puts both into one object, a `modelId` of the body, too. */
function told({ modelId, body }: Order): { modelId: unknown } {
  return { modelId, ...(JSON.parse(body) as object) };
}

/** Tell whether a job runs just this. */
function isOf(job: JobFacts, order: Order): boolean {
  const { modelId, ...input } = told(order);
  return job.modelId === modelId && isEqual(job.input, input);
}

/** Tell whether a job may run this: the service may have filled in defaults, or not say what it runs. */
function mayBeOf(job: JobFacts, order: Order): boolean {
  const { modelId, ...body } = told(order);
  if (job.modelId && job.modelId !== modelId) return false;
  const { input } = job;
  return !input || Object.entries(body).every(([name, value]) => isEqual(input[name] ?? null, value)); // null may be left out
}

/** Tell whether two JSON values are the same; the order of names does not matter. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => isEqual(value, other[index]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqual(one[name], other[name]))
  );
}
