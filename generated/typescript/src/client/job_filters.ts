/** Filters of lists of jobs: what the service filters, and what is looked for here. */

import { ClientError } from "../errors.js";
import { show } from "../values.js";
import { nearest } from "../vocabulary.js";
import type { CallOptions } from "./call_options.js";
import { readDate, writeDate } from "./dates.js";
import { ApiError } from "./errors.js";
import { CANCELED, FAILURE, MAX_PAGES, PAGE_SIZE, RUNNING, SUCCESS, WAITING } from "./facts.js";
import { readPages } from "./job_pages.js";
import { isSafe, type JobFacts } from "./responses.js";
import type { Deadline } from "./retries.js";
import type { Transport } from "./transport.js";

const REFUSED = [400, 422]; // statuses of HTTP that are about the query
const STATUSES = [...WAITING, ...RUNNING, SUCCESS, FAILURE, CANCELED];
const ISO = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d:?\d\d)$/i; // with a time zone
const EXAMPLE = 'write new Date(Date.now() - 86_400_000), or a text such as "2026-01-31T12:00:00Z"';

/** Which jobs are listed. */
export interface JobsOptions extends CallOptions {
  /** Such as `in-progress`, `success` or `failure`. One that is newer than this package is asked of the service. */
  readonly status?: string | undefined;
  /** A date, or a text in ISO 8601 with a time zone, such as the `createdAt` of a job. */
  readonly createdAfter?: Date | string | undefined;
  /** The same; the service knows dates of updates only together with a status, type or workflow. */
  readonly updatedAfter?: Date | string | undefined;
  /** The id of their model. The service cannot filter by it: a limited number of its newest pages are looked through. */
  readonly modelId?: string | undefined;
  /** What made them, in the words of the service: `custom`, for what `run` does. */
  readonly type?: string | undefined;
  /** The id of the workflow that made them. */
  readonly workflowId?: string | undefined;
  /** The id of who submitted them. */
  readonly authorId?: string | undefined;
}

/** The query for a page of jobs, and what each must have besides: a model, and a date of creation after this one. */
interface JobFilter {
  readonly query: Record<string, string>;
  readonly modelId: string | undefined;
  readonly createdAfter: string | undefined;
}

/** Give the jobs that are wanted, the newest first; `limit` is how many are needed, `deadlineOf` gives the deadline of a page. */
export async function* listJobs(
  transport: Transport,
  options: JobsOptions,
  limit: number,
  deadlineOf: () => Deadline,
): AsyncGenerator<JobFacts, void, undefined> {
  const { query, modelId, createdAfter } = readJobFilter(options);
  const looksHere = modelId !== undefined || createdAfter !== undefined; // a page may hold other jobs, too
  const pageSize = String(looksHere ? PAGE_SIZE : Math.min(PAGE_SIZE, limit));
  const untilTimeout = (): Deadline => {
    const deadline = deadlineOf();
    if (deadline.left) return deadline;
    throw new ClientError("timed out before all jobs were listed");
  };
  let pages = 0;
  try {
    for await (const { jobs } of readPages(transport, { ...query, pageSize }, untilTimeout)) {
      for (const job of jobs) {
        if (modelId !== undefined && job.modelId !== modelId) continue;
        if (createdAfter === undefined || readDate(job.createdAt) > readDate(createdAfter)) yield job;
      }
      if (!jobs.length || (looksHere && ++pages === MAX_PAGES)) return;
    }
  } catch (error) {
    throw explainStatus(error, query["status"]);
  }
}

/** Say what may be wrong where the service refuses a status that this version does not know. */
function explainStatus(error: unknown, status: string | undefined): unknown {
  if (status === undefined || STATUSES.includes(status)) return error;
  if (!(error instanceof ApiError) || !REFUSED.includes(error.status)) return error;
  const known = `known are ${STATUSES.join(", ")}${nearest(status, STATUSES)}`;
  return new RangeError(`the service lists no jobs with the status ${show(status)}; ${known}`, { cause: error });
}

/** Read the filters of a list; throws a TypeError or a RangeError. */
function readJobFilter({ status, type, workflowId, authorId, modelId, ...dates }: JobsOptions): JobFilter {
  const byUpdate = readWords({ status, type, workflowId });
  const query = { ...byUpdate, ...readWords({ authorId }) };
  readWords({ modelId });
  const created = readGivenDate("createdAfter", dates.createdAfter);
  const updated = readGivenDate("updatedAfter", dates.updatedAfter);
  if (!Object.keys(byUpdate).length) {
    // Then the service sorts by the date of creation, and knows no other.
    if (updated)
      throw new RangeError("updatedAfter needs a status, type or workflowId; without one, write createdAfter");
    return { query: { ...query, ...(created && { createdAfter: created }) }, modelId, createdAfter: undefined };
  }
  const [latest] = [created, updated]
    .filter((one) => one !== undefined)
    .sort()
    .reverse(); // what was created since was updated since
  return { query: { ...query, ...(latest && { updatedAfter: latest }) }, modelId, createdAfter: created };
}

/** Return the filters that are given, each of them a word or an id. */
function readWords(given: Readonly<Record<string, unknown>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, word] of Object.entries(given)) {
    if (word === undefined) continue;
    if (typeof word !== "string") throw new TypeError(`${name} must be a string, not ${show(word)}`);
    if (!isSafe(word)) throw new RangeError(`${show(word)} is not the ${name} of a job`);
    found[name] = word;
  }
  return found;
}

/** Return a date as the API writes it. */
function readGivenDate(name: string, given: unknown): string | undefined {
  if (given === undefined) return undefined;
  const isDate = Object.prototype.toString.call(given) === "[object Date]"; // of whatever realm
  if (!isDate && typeof given !== "string")
    throw new TypeError(`${name} must be a Date or a string, not ${show(given)}; ${EXAMPLE}`);
  const moment = isDate ? Number(given) : Date.parse(given as string);
  if (!isDate && !Number.isNaN(moment) && !ISO.test(given as string))
    throw new RangeError(`${name} has no time zone, or is not in ISO 8601; ${EXAMPLE}`);
  const written = Number.isNaN(moment) ? "" : writeDate(moment);
  if (written.length !== 24) throw new RangeError(`${name} is no date in ISO 8601, or beyond all dates; ${EXAMPLE}`);
  return written;
}
