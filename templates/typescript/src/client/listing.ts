/** The jobs that were made since a moment, by the service's clock; the whole list, or none of it. */

import { Passing } from "../errors.js";
import { type JobFacts, readJobs } from "./answers.js";
import { type Limits, type Moment, retried } from "./limits.js";
import type { Transport } from "./transport.js";

const DOUBT = 60_000; // milliseconds before a moment, in which a job may belong to it: the service's machines may differ a little
const MOST_PAGES = 50; // of 100 jobs
const ZONED = /\d:\d\d.*(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i; // a date with a time and its zone

/** The jobs made after `date`, the oldest first; those a little `older`; and those whose date cannot be read. */
export interface Listed {
  readonly date: string;
  readonly jobs: readonly JobFacts[];
  readonly older: readonly JobFacts[];
  readonly undated: readonly JobFacts[];
}

/** List the jobs that were made since a moment. */
export async function listJobsSince(transport: Transport, since: Moment, limits: Limits): Promise<Listed> {
  const [server] = await list(transport, { pageSize: "1" }, limits);
  const now = readDate(server);
  if (Number.isNaN(now)) throw new Passing("the service does not tell its time");
  const moment = now - since.age; // a little too early: a date in a header has no fractions
  const earliest = now - since.mostAge - DOUBT;
  const query = { pageSize: "100", createdAfter: isoDate(earliest) };
  const pages = await readPages(transport, query, limits);
  if (pages.length > 1) pages.push(...(await readPages(transport, query, limits))); // a job may have moved meanwhile to a page that was read
  const found = new Map<string, JobFacts>();
  for (const job of pages.flat()) if (!(madeAt(job) <= earliest)) found.set(job.id, job);
  const sorted = [...found.values()].sort((one, other) => madeAt(one) - madeAt(other));
  return {
    date: isoDate(moment),
    jobs: sorted.filter((job) => madeAt(job) > moment),
    older: sorted.filter((job) => madeAt(job) <= moment),
    undated: sorted.filter((job) => Number.isNaN(madeAt(job))),
  };
}

/** Read a list to its end. */
async function readPages(
  transport: Transport,
  query: Readonly<Record<string, string>>,
  limits: Limits,
): Promise<JobFacts[][]> {
  const pages: JobFacts[][] = [];
  for (let next = {}; pages.length < MOST_PAGES;) {
    const [, jobs, token] = await list(transport, { ...query, ...next }, limits);
    pages.push(jobs);
    if (!token) return pages;
    next = { paginationToken: token };
  }
  throw new Passing("there are too many");
}

/** Give the server's date, a page of jobs, and the token of the next. */
function list(
  transport: Transport,
  query: Readonly<Record<string, string>>,
  limits: Limits,
): Promise<readonly [date: string, jobs: JobFacts[], token: string]> {
  return retried(async () => {
    const { data, date } = await transport.call({ path: "/jobs", query }, limits);
    const [jobs, token, unreadable] = readJobs(data);
    if (unreadable) throw new Passing("a job has no id, or an unsafe one");
    return [date, jobs, token];
  }, limits);
}

/** Tell when a job was made; NaN where its date cannot be read. */
function madeAt(job: JobFacts): number {
  return readDate(job.createdAt);
}

/** Read a date; NaN where it is none, or has no zone: it would be taken for one of here. */
function readDate(text: string): number {
  return ZONED.test(text) ? Date.parse(text) : NaN;
}

/** Write a date as the API does. */
function isoDate(moment: number): string {
  return new Date(moment).toISOString();
}
