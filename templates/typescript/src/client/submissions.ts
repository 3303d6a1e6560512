/**
 * Submissions: how a request that is paid for is sent, and never paid twice.
 *
 * The API has no idempotency key. So a request is sent once; where its answer is lost, the jobs made since then are searched for one
 * of the same model and input, which is taken up. Only where none is there is the request sent again, and where that cannot be
 * known, `SubmissionUnknown` is thrown. Equal requests of one client may take up each other's jobs, but never the same one.
 */

import { ApiError, NotReached, Passing, SubmissionUnknown, Unreadable } from "../errors.js";
import { isObject } from "../problems.js";
import { type JobFacts, readJob, readJobs } from "./answers.js";
import { Limits, retried } from "./limits.js";
import type { Transport } from "./transport.js";

// All in milliseconds.
const SUBMITTING = 60_000;
const MARGIN = 3000; // a date in a header has no fractions, and the service's machines may differ a little
const DOUBT = 60_000; // before that, in which an equal job may be the one that was lost
const LOOKING = 60_000; // for which a search is tried again where the service does not answer
const LOOKS = [0, 1 / 6, 2 / 6, 3 / 6]; // the pauses before each look, as shares of `settle`
const MOST_PAGES = 50; // of 100 jobs
const STILL_AT_WORK = [408, 504, 524]; // somebody on the way gave up; the service may go on

/** When something was, on two clocks: one that may be set, and one that stops while the machine sleeps. */
class Moment {
  readonly #monotonic = performance.now();
  readonly #wall = Date.now();

  /** The milliseconds since then: rather too many than too few. */
  get age(): number {
    return Math.max(performance.now() - this.#monotonic, Date.now() - this.#wall);
  }
}

/** A request as it is sent: JSON, its files in their place. */
export interface Order {
  readonly modelId: string;
  readonly body: string;
}

/** The submissions of one client, and which jobs were taken by them. */
export class Submissions {
  readonly #transport: Transport;
  readonly #settle: number;
  readonly #taken = new Map<string, Moment>(); // by the id of a job, since when its taker had been submitting

  constructor(transport: Transport, settle: number) {
    if (!(settle >= 0)) throw new RangeError("settle is a number of milliseconds, 0 or more");
    this.#transport = transport;
    this.#settle = settle;
  }

  /**
   * Send a request that is paid for; give its job. Once sent it is not cut short, neither by the deadline nor by the signal; but
   * it is not sent again after either.
   */
  submit(order: Order, limits: Limits): Promise<JobFacts> {
    const since = new Moment(); // before it is sent first: an earlier attempt may have made a job after all
    return retried(() => this.#submitOnce(order, since), limits);
  }

  /** Send a request; every error but SubmissionUnknown means that no job was made. */
  async #submitOnce(order: Order, begun: Moment): Promise<JobFacts> {
    let since = begun;
    let lost: unknown;
    try {
      const call = { path: `/generate/custom/${order.modelId}`, body: order.body };
      const job = readJob((await this.#transport.call(call, new Limits(SUBMITTING), SUBMITTING)).data);
      const owner = this.#take(job.id, since);
      if (!owner) return job;
      // An equal request took this job when its own answer was lost. That one's job, if it was made, is ours.
      if (owner.age > since.age) since = owner;
      lost = new Passing("an equal request has its job");
    } catch (error) {
      if (isUnmade(error)) throw error;
      lost = error;
    }
    const why = (lost as Error).message;
    const found = await this.#find(order, since, why);
    if (found) return found;
    if (isStillAtWork(lost)) throw this.#unknown(order, since, `${why}, and it may still come into being`);
    throw lost;
  }

  /** Search for the job of a request until it is there, or would be. */
  async #find(order: Order, since: Moment, why: string): Promise<JobFacts | undefined> {
    let date = "";
    let maybe: JobFacts[] = [];
    try {
      for (const share of LOOKS) {
        const limits = new Limits(LOOKING);
        await limits.sleep(this.#settle * share);
        const [moment, jobs, older] = await this.#jobsSince(since, limits);
        const found = jobs.find((job) => runs(job, order) && !this.#take(job.id, since));
        if (found) return found;
        date = moment;
        maybe = [...jobs.filter((job) => mayRun(job, order)), ...older.filter((job) => runs(job, order))];
      }
    } catch (error) {
      throw this.#unknown(order, since, `${why}, and the jobs cannot be listed (${(error as Error).message})`, date);
    }
    const candidates = maybe.map((job) => job.id).filter((id) => !this.#taken.has(id));
    if (candidates.length)
      throw this.#unknown(order, since, `${why}, and there is a job that may be it`, date, candidates);
    return undefined;
  }

  /** Give a moment in the server's time, the jobs made since then, the oldest first, and those a little older. */
  async #jobsSince(
    since: Moment,
    limits: Limits,
  ): Promise<readonly [date: string, recent: JobFacts[], older: JobFacts[]]> {
    const [server] = await this.#list({ pageSize: "1" }, limits);
    const now = Date.parse(server);
    if (Number.isNaN(now)) throw new Passing("the service does not tell its time");
    const moment = now - since.age - MARGIN;
    const query: Record<string, string> = { pageSize: "100", createdAfter: show(moment - DOUBT) };
    const found = new Map<string, JobFacts>();
    for (let page = 0; page < MOST_PAGES; page++) {
      const [, jobs, token] = await this.#list(query, limits);
      for (const job of jobs) if (isAfter(job, moment - DOUBT)) found.set(job.id, job);
      if (!token) {
        const sorted = [...found.values()].sort(
          (one, other) => Date.parse(one.createdAt) - Date.parse(other.createdAt),
        );
        return [
          show(moment),
          sorted.filter((job) => isAfter(job, moment)),
          sorted.filter((job) => !isAfter(job, moment)),
        ];
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
      return [date, ...readJobs(data)];
    }, limits);
  }

  /** Take a job for oneself; where another has taken it, give the moment since which that one had been submitting. */
  #take(id: string, since: Moment): Moment | undefined {
    const owner = this.#taken.get(id);
    if (!owner) this.#taken.set(id, since);
    return owner;
  }

  #unknown(order: Order, since: Moment, why: string, date = "", candidates: string[] = []): SubmissionUnknown {
    return new SubmissionUnknown(order.modelId, date || show(Date.now() - since.age - MARGIN), candidates, why);
  }
}

/** Tell whether an error means that no job was made: the request was refused, or never left. */
function isUnmade(error: unknown): boolean {
  if (error instanceof ApiError) return error.status < 500 && !STILL_AT_WORK.includes(error.status);
  return error instanceof NotReached ? error.isUnsent : !(error instanceof Unreadable);
}

function isStillAtWork(error: unknown): boolean {
  return error instanceof ApiError ? STILL_AT_WORK.includes(error.status) : error instanceof NotReached && error.isLate;
}

/** Tell whether a job runs just this. */
function runs(job: JobFacts, order: Order): boolean {
  return job.modelId === order.modelId && isEqual(job.input, JSON.parse(order.body));
}

/** Tell whether a job may run this: the service may have filled in defaults, or not say what it runs. */
function mayRun(job: JobFacts, order: Order): boolean {
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

/** Tell whether a job was made after a moment; one whose date cannot be read may be. */
function isAfter(job: JobFacts, moment: number): boolean {
  return !(Date.parse(job.createdAt) <= moment);
}

/** Write a date as the API does. */
function show(moment: number): string {
  return new Date(moment).toISOString();
}
