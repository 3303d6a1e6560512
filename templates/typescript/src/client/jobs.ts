/** Jobs, the results and assets that come of them, and how they are waited for. */

import { ClientError, JobCanceled, JobFailed, JobTimeout } from "../errors.js";
import type { ModelRequest } from "../requests.js";
import { type AssetFacts, isSafe, type JobFacts, readAsset, readJob } from "./answers.js";
import { type CallOptions, Limits, retried } from "./limits.js";
import { type OnProgress, Teller } from "./progress.js";
import type { Transport } from "./transport.js";

// All in milliseconds.
export const CALL_TIMEOUT = 60_000;
export const RUN_TIMEOUT = 1_800_000;
const DOWNLOAD_TIMEOUT = 600_000;
const PAUSE = 200; // between the first two looks at a job, and how that grows
const GROWTH = 1.3;
const LONGEST_PAUSE = 3000;
const PATIENCE = 40; // attempts to look at a job that is paid for: about five minutes of silence

/** What can be said of something that takes a while. */
export interface WaitOptions extends CallOptions {
  /** Is called whenever there is progress; what it throws ends the wait. */
  readonly onProgress?: OnProgress | undefined;
}

/** What can be said of a run. */
export interface RunOptions extends WaitOptions {
  /** Cancel the job where the signal is aborted; otherwise it goes on, and the error has its `jobId`. */
  readonly cancelIfAborted?: boolean | undefined;
}

/** What can be said of many runs. */
export interface RunManyOptions extends RunOptions {
  /** How many at once (8). */
  readonly concurrency?: number | undefined;
}

/** What came of a request. */
export interface Result {
  /** The job that made it. */
  readonly job: Job;
  /** The files that it made, in the service's order. */
  readonly assets: readonly Asset[];
}

/** What became of one of many requests: a result or an error. `index` is its place among the others, from 0 on. */
export type Outcome = { readonly index: number; readonly request: ModelRequest } & (
  { readonly result: Result; readonly error?: undefined } | { readonly result?: undefined; readonly error: Error }
);

export interface Job extends JobFacts {}

/** A submitted request, as it was when it was last looked at. */
export class Job {
  readonly #transport: Transport;

  /** Made by a client. */
  constructor(facts: JobFacts, transport: Transport) {
    Object.assign(this, facts);
    this.#transport = transport;
  }

  /** Give the job as it is now. */
  async refresh(options: CallOptions = {}): Promise<Job> {
    return new Job(await look(this.#transport, this.id, new Limits(CALL_TIMEOUT, options)), this.#transport);
  }

  /**
   * Wait until it is over (half an hour at most, unless `timeout` says otherwise); give its result.
   *
   * @throws {JobFailed | JobCanceled} It has none.
   * @throws {JobTimeout | Aborted} It goes on.
   */
  async wait(options: WaitOptions = {}): Promise<Result> {
    const limits = new Limits(RUN_TIMEOUT, options);
    try {
      return await finish(
        this.#transport,
        await look(this.#transport, this.id, limits),
        limits,
        new Teller(options.onProgress),
      );
    } catch (error) {
      if (error instanceof ClientError) error.jobId = this.id;
      throw error;
    }
  }

  /** Cancel it, unless it is over; give it as it is then. */
  async cancel(options: CallOptions = {}): Promise<Job> {
    return new Job(await cancel(this.#transport, this.id, new Limits(CALL_TIMEOUT, options)), this.#transport);
  }
}

export interface Asset extends AssetFacts {}

/** A file that a job made. */
export class Asset {
  readonly #transport: Transport;
  readonly #address: string;

  /** Made by a client. */
  constructor(facts: AssetFacts, address: string, transport: Transport) {
    Object.assign(this, facts);
    this.#address = address;
    this.#transport = transport;
  }

  /** Get its file, whole. */
  async download(options: WaitOptions = {}): Promise<Blob> {
    const limits = new Limits(DOWNLOAD_TIMEOUT, options);
    const { download } = await import("./downloads.js");
    return download(this.#transport, this, this.#address, limits, new Teller(options.onProgress));
  }
}

/** Wait until a job is over; give its result. */
export async function finish(transport: Transport, job: JobFacts, limits: Limits, tell: Teller): Promise<Result> {
  tell.job(job);
  for (let pause = PAUSE; !job.isOver; pause = Math.min(LONGEST_PAUSE, pause * GROWTH)) {
    if (!limits.left)
      throw new JobTimeout(job.id, "goes on, and the time was over: client.job(id) and its wait() take it up");
    await limits.sleep(Math.min(pause, limits.left));
    job = await look(transport, job.id, limits, PATIENCE);
    tell.job(job);
  }
  if (job.status === "failure") throw new JobFailed(job.id, job.reason, job.hint);
  if (job.status === "canceled") throw new JobCanceled(job.id, "was canceled");
  const assets = await Promise.all(
    job.assetIds.map(
      async (id) => new Asset(...(await transport.ask(readAsset, { path: `/assets/${id}` }, limits)), transport),
    ),
  );
  return { job: new Job(job, transport), assets };
}

/** Look at a job. */
export async function look(transport: Transport, id: string, limits: Limits, attempts?: number): Promise<JobFacts> {
  if (!isSafe(id)) throw new ClientError("this is no id of a job, such as job_123");
  return transport.ask(readJob, { path: `/jobs/${id}` }, limits, attempts);
}

/** Cancel a job, unless it is over. */
export async function cancel(transport: Transport, id: string, limits: Limits): Promise<JobFacts> {
  const job = await look(transport, id, limits);
  if (job.isOver) return job;
  const call = { path: `/jobs/${id}/action`, body: '{"action":"cancel"}' };
  return retried(async () => {
    try {
      return readJob((await transport.call(call, limits)).data);
    } catch (error) {
      const found = await look(transport, id, limits); // it may be over, or the answer was lost
      if (!found.isOver) throw error;
      return found;
    }
  }, limits);
}
