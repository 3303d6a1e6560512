/** The jobs created since a moment, by the service's clock: the complete list, or an error. */

import { TransientError } from "./errors.js";
import { ATTEMPTS, DOUBT, JOBS, MAX_PAGES, PAGE_SIZE } from "./facts.js";
import { type JobFacts, readJobs } from "./responses.js";
import type { Deadline, Moment } from "./retries.js";
import type { Transport } from "./transport.js";

const ZONED = /\d:\d\d.*(Z|GMT|UTC|[+-]\d\d:?\d\d)$/i; // a date with a time and its zone

/** The jobs created after `date`, the oldest first; those a little `older`; and those without a readable date. */
export interface JobList {
  readonly date: string;
  readonly jobs: readonly JobFacts[];
  readonly older: readonly JobFacts[];
  readonly undated: readonly JobFacts[];
}

/** List the jobs created since a moment; throws TransientError if the list is not complete. */
export async function listJobsSince(transport: Transport, since: Moment, deadline: Deadline): Promise<JobList> {
  const [server] = await listPage(transport, { pageSize: "1" }, deadline);
  const now = readDate(server);
  if (Number.isNaN(now)) throw new TransientError("the response has no valid Date header");
  const moment = now - since.age; // a little too early: the header has whole seconds
  const earliest = now - since.maxAge - DOUBT;
  const query = { pageSize: String(PAGE_SIZE), createdAfter: isoDate(earliest) };
  const pages = await readPages(transport, query, deadline);
  if (pages.length > 1) pages.push(...(await readPages(transport, query, deadline))); // a job may have moved to a page that was already read
  const found = new Map<string, JobFacts>();
  for (const job of pages.flat()) if (!(createdAt(job) <= earliest)) found.set(job.id, job);
  const sorted = [...found.values()].sort((one, other) => createdAt(one) - createdAt(other));
  return {
    date: isoDate(moment),
    jobs: sorted.filter((job) => createdAt(job) > moment),
    older: sorted.filter((job) => createdAt(job) <= moment),
    undated: sorted.filter((job) => Number.isNaN(createdAt(job))),
  };
}

async function readPages(
  transport: Transport,
  query: Readonly<Record<string, string>>,
  deadline: Deadline,
): Promise<JobFacts[][]> {
  const pages: JobFacts[][] = [];
  for (let next = {}; pages.length < MAX_PAGES;) {
    const [, jobs, token] = await listPage(transport, { ...query, ...next }, deadline);
    pages.push(jobs);
    if (!token) return pages;
    next = { paginationToken: token };
  }
  throw new TransientError(`there are more than ${PAGE_SIZE * MAX_PAGES} jobs`);
}

/** Return the header Date, a page of jobs, and the token of the next page. */
function listPage(
  transport: Transport,
  query: Readonly<Record<string, string>>,
  deadline: Deadline,
): Promise<readonly [date: string, jobs: JobFacts[], token: string]> {
  const list = async () => {
    const { data, date } = await transport.call({ path: JOBS, query }, deadline);
    const [jobs, token, unreadable] = readJobs(data);
    if (unreadable) throw new TransientError("a job has no id, or an unsafe one");
    return [date, jobs, token] as const;
  };
  return transport.retry(list, deadline, ATTEMPTS, `GET ${JOBS}`); // for a paid request, whatever `maxRetries` is
}

/** Return when a job was created; NaN if its date is not readable. */
function createdAt(job: JobFacts): number {
  return readDate(job.createdAt);
}

/** Read a date; NaN if it is invalid, or has no zone: it would be read as local time. */
function readDate(text: string): number {
  return ZONED.test(text) ? Date.parse(text) : NaN;
}

function isoDate(moment: number): string {
  return new Date(moment).toISOString();
}
