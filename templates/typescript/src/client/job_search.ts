/** The jobs created since a moment, by the service's clock: the complete list, or an error. */

import { readDate, writeDate } from "./dates.js";
import { TransientError } from "./errors.js";
import { ATTEMPTS, DOUBT, MAX_PAGES, PAGE_SIZE } from "./facts.js";
import { type JobPage, readPages } from "./job_pages.js";
import { type JobFacts, readJobs } from "./responses.js";
import type { Deadline, Moment } from "./retries.js";
import type { Transport } from "./transport.js";

/** The jobs created after `date`, the oldest first; those a little `older`; and those without a readable date. */
export interface JobList {
  readonly date: string;
  readonly jobs: readonly JobFacts[];
  readonly older: readonly JobFacts[];
  readonly undated: readonly JobFacts[];
}

type Query = Readonly<Record<string, string>>;

/** List the jobs created since a moment; throws TransientError if the list is not complete. */
export async function listJobsSince(transport: Transport, since: Moment, deadline: Deadline): Promise<JobList> {
  const read = (query: Query): AsyncGenerator<JobPage, void, undefined> =>
    readPages(transport, query, () => deadline, readWhole, ATTEMPTS); // for a paid request, whatever `maxRetries` is
  const now = await readNow(read({ pageSize: "1" }));
  const moment = now - since.age; // a little too early: the header has whole seconds
  const earliest = now - since.maxAge - DOUBT;
  const query = { pageSize: String(PAGE_SIZE), createdAfter: writeDate(earliest) };
  const pages = await readAll(read(query));
  if (pages.length > 1) pages.push(...(await readAll(read(query)))); // a job may have moved to a page that was already read
  const found = new Map<string, JobFacts>();
  for (const job of pages.flat()) if (!(createdAt(job) <= earliest)) found.set(job.id, job);
  const sorted = [...found.values()].sort((one, other) => createdAt(one) - createdAt(other));
  return {
    date: writeDate(moment),
    jobs: sorted.filter((job) => createdAt(job) > moment),
    older: sorted.filter((job) => createdAt(job) <= moment),
    undated: sorted.filter((job) => Number.isNaN(createdAt(job))),
  };
}

/** Read what time it is for the service. */
async function readNow(pages: AsyncGenerator<JobPage, void, undefined>): Promise<number> {
  const { value: page } = await pages.next();
  const now = readDate(page?.date ?? "");
  if (Number.isNaN(now)) throw new TransientError("the response has no valid Date header");
  return now;
}

async function readAll(pages: AsyncIterable<JobPage>): Promise<(readonly JobFacts[])[]> {
  const found: (readonly JobFacts[])[] = [];
  for await (const { jobs } of pages) {
    if (found.length === MAX_PAGES) throw new TransientError(`there are more than ${PAGE_SIZE * MAX_PAGES} jobs`);
    found.push(jobs);
  }
  return found;
}

/** Read a page that has all its jobs: one that cannot be read may be the one that is searched for. */
function readWhole(data: unknown): readonly [jobs: JobFacts[], token: string] {
  const [jobs, token, unreadable] = readJobs(data);
  if (unreadable) throw new TransientError("a job has no id, or an unsafe one");
  return [jobs, token];
}

/** Return when a job was created; NaN if its date is not readable. */
function createdAt(job: JobFacts): number {
  return readDate(job.createdAt);
}
