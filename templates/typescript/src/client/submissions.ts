/**
 * Submissions: how a request that is paid for is sent, and never paid twice.
 *
 * The API has no idempotency key. So a request is sent once; where its answer is lost, the jobs made since then are searched for one
 * of the same model and input, which is taken up. Only where none is there is the request sent again, and where that cannot be
 * known, `SubmissionUnknown` is thrown. Equal requests of one client may take up each other's jobs, but never the same one.
 */

import { ApiError, NotReached, Passing, SubmissionUnknown } from "../errors.js";
import { isObject } from "../problems.js";
import { type JobFacts, readJob, readJobs } from "./answers.js";
import { Limits, retried } from "./limits.js";
import type { Transport } from "./transport.js";

// All in milliseconds.
const SUBMITTING = 60_000; // for the answer to a paid request
const DOUBT = 60_000; // before a submission, in which an equal job may be its own: the service's machines may differ a little
const LONGEST_SETTLE = 600_000;
const LOOKING = 60_000; // for which a search is tried again where the service does not answer
const LOOKS = [0, 1 / 6, 2 / 6, 3 / 6]; // the pauses before each look, as shares of `settle`
const MOST_PAGES = 50; // of 100 jobs
const STILL_AT_WORK = [408, 504, 524]; // somebody on the way gave up; the service may go on

/** When something was, on two clocks: one that may be set, and one that stops while the machine sleeps. */
class Moment {
  readonly #monotonic = performance.now();
  readonly #wall = Date.now();

  /** The milliseconds since then in which the machine was awake. */
  get age(): number {
    return performance.now() - this.#monotonic;
  }

  /** The milliseconds since then: rather too many than too few. */
  get longestAge(): number {
    return Math.max(this.age, Date.now() - this.#wall);
  }
}

/** A request as it is sent: JSON, its files in their place. */
export interface Order {
  readonly modelId: string;
  readonly body: string;
}

/** That a job was taken: since when its taker had been submitting, and, where it had to be searched for, why. */
interface Taken {
  readonly since: Moment;
  readonly lost?: unknown;
}

/** A submission under way: since when, what ends the waiting for an answer, and how often one was lost. */
interface Submission {
  readonly since: Moment;
  readonly patience: AbortSignal;
  losses: number;
}

/** The submissions of one client, and which jobs were taken by them. */
export class Submissions {
  readonly #transport: Transport;
  readonly #settle: number;
  readonly #taken = new Map<string, Taken>(); // by the id of a job
  #isFaithful: boolean | undefined; // whether jobs say what was sent, as far as was seen

  constructor(transport: Transport, settle: number) {
    if (!(settle >= 0 && settle <= LONGEST_SETTLE))
      throw new RangeError("settle is a number of milliseconds, from 0 to 600000");
    this.#transport = transport;
    this.#settle = settle;
  }

  /**
   * Send a request that is paid for; give its job. Once sent it is not cut short, neither by the deadline nor by the signal, but by
   * `patience` alone; and it is not sent again after any of them.
   */
  async submit(order: Order, limits: Limits, patience: AbortSignal): Promise<JobFacts> {
    const submission = { since: new Moment(), patience, losses: 0 }; // an earlier attempt may have made a job after all
    try {
      return await retried(() => this.#submitOnce(order, submission), limits);
    } catch (error) {
      throw error instanceof Passing ? submissionUnknown(order, error.message) : error;
    }
  }

  /** Send a request; every error but SubmissionUnknown means that no job was made. */
  async #submitOnce(order: Order, submission: Submission): Promise<JobFacts> {
    let { since } = submission;
    let lost: unknown;
    try {
      const call = { path: `/generate/custom/${order.modelId}`, body: order.body, isPaid: true };
      const limits = new Limits(SUBMITTING, { signal: submission.patience });
      const job = readJob((await this.#transport.call(call, limits)).data);
      if (job.input) this.#isFaithful = this.#isFaithful !== false && isOf(job, order);
      const owner = this.#take(job.id, { since });
      if (!owner) return job;
      // An equal request took this job when its own answer was lost. That one's job, if it was made, is ours.
      if (owner.since.age > since.age) since = owner.since;
      lost = owner.lost ?? new Passing("an equal request has its job");
    } catch (error) {
      if (isUnmade(error)) throw error;
      lost = error;
    }
    const found = await this.#find(order, since, lost, submission.patience);
    if (found) return found;
    const why = (lost as Error).message;
    if (isStillAtWork(lost)) throw submissionUnknown(order, `${why}, and it may still come into being`);
    submission.losses++;
    if (this.#isFaithful === false || (!this.#isFaithful && submission.losses > 1))
      throw submissionUnknown(order, `${why}, and nothing shows that the service lists what was sent`);
    throw lost;
  }

  /** Search for the job of a request until it is there, or would be. */
  async #find(order: Order, since: Moment, lost: unknown, patience: AbortSignal): Promise<JobFacts | undefined> {
    const why = (lost as Error).message;
    let date = "";
    let maybe: JobFacts[] = [];
    try {
      for (const share of LOOKS) {
        const limits = new Limits(LOOKING, { signal: patience });
        await limits.sleep(this.#settle * share);
        const [moment, jobs, doubtful] = await this.#jobsSince(since, limits);
        const found = jobs.find((job) => isOf(job, order) && !this.#take(job.id, { since, lost }));
        if (found) {
          this.#isFaithful ??= true;
          return found;
        }
        date = moment;
        maybe = [...jobs.filter((job) => mayBeOf(job, order)), ...doubtful.filter((job) => isOf(job, order))];
      }
    } catch (error) {
      throw submissionUnknown(order, `${why}, and the jobs cannot be listed (${(error as Error).message})`, date);
    }
    const candidates = maybe.map((job) => job.id).filter((id) => !this.#taken.has(id));
    if (candidates.length)
      throw submissionUnknown(order, `${why}, and there is a job that may be it`, date, candidates);
    return undefined;
  }

  /** Give a moment in the server's time, the jobs made since then, the oldest first, and those a little doubtful or without a date. */
  async #jobsSince(
    since: Moment,
    limits: Limits,
  ): Promise<readonly [date: string, recent: JobFacts[], doubtful: JobFacts[]]> {
    const [server] = await this.#list({ pageSize: "1" }, limits);
    const now = Date.parse(server);
    if (Number.isNaN(now)) throw new Passing("the service does not tell its time");
    const moment = now - since.age; // a little too early: a date in a header has no fractions
    const earliest = now - since.longestAge - DOUBT;
    const query: Record<string, string> = { pageSize: "100", createdAfter: isoDate(earliest) };
    const found = new Map<string, JobFacts>();
    for (let page = 0; page < MOST_PAGES; page++) {
      const [, jobs, token] = await this.#list(query, limits);
      for (const job of jobs) if (!(madeAt(job) <= earliest)) found.set(job.id, job);
      if (!token) {
        const jobs = [...found.values()].sort((one, other) => madeAt(one) - madeAt(other));
        const isRecent = (job: JobFacts): boolean => madeAt(job) > moment;
        return [isoDate(moment), jobs.filter(isRecent), jobs.filter((job) => !isRecent(job))];
      }
      query["paginationToken"] = token;
    }
    throw new Passing("there are too many");
  }

  /** Give the server's date, a page of jobs, and the token of the next. */
  #list(
    query: Readonly<Record<string, string>>,
    limits: Limits,
  ): Promise<readonly [date: string, jobs: JobFacts[], token: string]> {
    return retried(async () => {
      const { data, date } = await this.#transport.call({ path: "/jobs", query }, limits);
      const [jobs, token, unreadable] = readJobs(data);
      if (unreadable) throw new Passing("a job has no id, or an unsafe one");
      return [date, jobs, token];
    }, limits);
  }

  /** Take a job for oneself; where another has taken it, say how. */
  #take(id: string, mine: Taken): Taken | undefined {
    const owner = this.#taken.get(id);
    if (!owner) this.#taken.set(id, mine);
    return owner;
  }
}

function submissionUnknown(order: Order, why: string, date = "", candidates: string[] = []): SubmissionUnknown {
  return new SubmissionUnknown(order.modelId, date, candidates, why);
}

/** Tell whether an error means that no job was made: the request was refused, or never left. */
function isUnmade(error: unknown): boolean {
  if (error instanceof ApiError)
    return error.status >= 400 && error.status < 500 && !STILL_AT_WORK.includes(error.status);
  return error instanceof NotReached && error.isUnsent;
}

function isStillAtWork(error: unknown): boolean {
  return error instanceof ApiError ? STILL_AT_WORK.includes(error.status) : error instanceof NotReached && error.isLate;
}

/** Tell whether a job runs just this. */
function isOf(job: JobFacts, order: Order): boolean {
  return job.modelId === order.modelId && isEqual(job.input, JSON.parse(order.body));
}

/** Tell whether a job may run this: the service may have filled in defaults, or not say what it runs. */
function mayBeOf(job: JobFacts, order: Order): boolean {
  const { input } = job;
  if (job.modelId && job.modelId !== order.modelId) return false;
  return !input || Object.entries(JSON.parse(order.body)).every(([name, value]) => isEqual(input[name], value));
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

/** Tell when a job was made; NaN where its date cannot be read. */
function madeAt(job: JobFacts): number {
  return Date.parse(job.createdAt);
}

/** Write a date as the API does. */
function isoDate(moment: number): string {
  return new Date(moment).toISOString();
}
