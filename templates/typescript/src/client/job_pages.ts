/** Lists of jobs as the API gives them: page by page. */

import { JOBS } from "./facts.js";
import { type JobFacts, readJobs } from "./responses.js";
import type { Deadline } from "./retries.js";
import type { Transport } from "./transport.js";

/** A page of jobs, and the header `Date` of its response. */
export interface JobPage {
  readonly date: string;
  readonly jobs: readonly JobFacts[];
}

/**
 * Read pages of jobs to the last one, each when it is asked for, by the deadline that there is then. `read` gives the jobs of a response and
 * the token of the next page; `attempts` is how often a page is asked for, by default as the options say.
 */
export async function* readPages(
  transport: Transport,
  query: Readonly<Record<string, string>>,
  deadlineOf: () => Deadline,
  read: (data: unknown) => readonly [jobs: JobFacts[], token: string, ...rest: unknown[]] = readJobs,
  attempts?: number,
): AsyncGenerator<JobPage, void, undefined> {
  for (let next = {}; ;) {
    const deadline = deadlineOf();
    const call = { path: JOBS, query: { ...query, ...next } };
    const ask = async () => {
      const { data, date } = await transport.call(call, deadline);
      return [date, ...read(data)] as const;
    };
    const [date, jobs, token] = await transport.retry(ask, deadline, attempts, `GET ${JOBS}`);
    yield { date, jobs };
    if (!token) return;
    next = { paginationToken: token };
  }
}
