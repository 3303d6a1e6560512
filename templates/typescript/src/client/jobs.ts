/** Jobs, their results and assets, and waiting for them. */

import { ClientError } from "../errors.js";
import type { ModelRequest } from "../requests.js";
import { JobCanceled, JobFailed, JobTimeout } from "./errors.js";
import {
  ASSET,
  CANCELED,
  DOWNLOAD_TIMEOUT,
  FAILURE,
  JOB,
  JOB_ACTION,
  JOB_PAUSES,
  routeTo,
  RUN_TIMEOUT,
} from "./facts.js";
import { checkJobId, checkOptions } from "./options.js";
import { type OnProgress, ProgressReporter } from "./progress.js";
import { type AssetFacts, type JobFacts, readAsset, readJob } from "./responses.js";
import { type CallOptions, Deadline, grow } from "./retries.js";
import type { Transport } from "./transport.js";

/** The options of a call that may take long. */
export interface WaitOptions extends CallOptions {
  /** Called whenever there is progress, and awaited if it is asynchronous; an error of it ends the call. */
  readonly onProgress?: OnProgress | undefined;
}

/** The options of `run` and `submit`. */
export interface RunOptions extends WaitOptions {
  /** Cancel the job if the signal is aborted. By default it keeps running, and the error has its `jobId`. */
  readonly cancelIfAborted?: boolean | undefined;
}

/** The options of `runMany`. */
export interface RunManyOptions extends RunOptions {
  /** How many requests run at once (8). */
  readonly concurrency?: number | undefined;
}

/** The result of a request. */
export interface Result {
  readonly job: Job;
  /** The files of the result, in the service's order. */
  readonly assets: readonly Asset[];
}

/** The result or the error of one of many requests; `index` counts them from 0. */
export type Outcome = { readonly index: number; readonly request: ModelRequest } & (
  { readonly result: Result; readonly error?: undefined } | { readonly result?: undefined; readonly error: Error }
);

export interface Job extends JobFacts {}

/** A submitted request; its properties are its last known state. */
export class Job {
  readonly #transport: Transport;

  /** For clients only. */
  constructor(facts: JobFacts, transport: Transport) {
    Object.assign(this, facts);
    this.#transport = transport;
  }

  /** Get the current state of the job, as a new object. */
  async refresh(options: CallOptions = {}): Promise<Job> {
    checkOptions(options);
    return new Job(await getJob(this.#transport, this.id, this.#transport.begin(options)), this.#transport);
  }

  /**
   * Wait until the job has ended (half an hour at most, unless `timeout` says otherwise); return its result.
   *
   * @throws {JobFailed | JobCanceled} It ended without a result.
   * @throws {JobTimeout | Aborted} It is still running.
   */
  async wait(options: WaitOptions = {}): Promise<Result> {
    checkOptions(options);
    const deadline = new Deadline(RUN_TIMEOUT, options);
    try {
      return await waitForResult(
        this.#transport,
        await getJob(this.#transport, this.id, deadline),
        deadline,
        new ProgressReporter(options.onProgress),
      );
    } catch (error) {
      if (error instanceof ClientError) error.jobId = this.id;
      throw error;
    }
  }

  /** Cancel the job, unless it has ended; return its state then. */
  async cancel(options: CallOptions = {}): Promise<Job> {
    checkOptions(options);
    return new Job(await cancelJob(this.#transport, this.id, this.#transport.begin(options)), this.#transport);
  }
}

export interface Asset extends AssetFacts {}

/** A file in the service, such as the result of a job. */
export class Asset {
  readonly #transport: Transport;
  readonly #url: string;

  /** For clients only. */
  constructor(facts: AssetFacts, url: string, transport: Transport) {
    Object.assign(this, facts);
    this.#url = url;
    this.#transport = transport;
  }

  /** Download the whole file (ten minutes at most, unless `timeout` says otherwise); throws DownloadFailed. */
  async download(options: WaitOptions = {}): Promise<Blob> {
    checkOptions(options);
    const deadline = new Deadline(DOWNLOAD_TIMEOUT, options);
    const { download } = await import("./downloads.js");
    return download(this.#transport, this, this.#url, deadline, new ProgressReporter(options.onProgress));
  }
}

export async function waitForResult(
  transport: Transport,
  job: JobFacts,
  deadline: Deadline,
  progress: ProgressReporter,
): Promise<Result> {
  await progress.reportJob(job);
  for (let pause = JOB_PAUSES[0]; !job.isOver; pause = grow(pause, JOB_PAUSES)) {
    if (!deadline.left) throw new JobTimeout(job.id, `timed out; job ${job.id} is still running and may be billed`);
    await deadline.sleep(Math.min(pause, deadline.left));
    job = await getJob(transport, job.id, deadline, transport.prepare().statusAttempts);
    await progress.reportJob(job);
  }
  transport.log.info(() => `${job.id} has ended: ${job.status}`);
  if (job.status === FAILURE) throw new JobFailed(job.id, job.reason, job.hint);
  if (job.status === CANCELED) throw new JobCanceled(job.id, `job ${job.id} was canceled`);
  const assets = await Promise.all(
    job.assetIds.map(
      async (id) => new Asset(...(await transport.ask(readAsset, { path: routeTo(ASSET, id) }, deadline)), transport),
    ),
  );
  return { job: new Job(job, transport), assets };
}

export async function getJob(
  transport: Transport,
  id: string,
  deadline: Deadline,
  attempts?: number,
): Promise<JobFacts> {
  checkJobId(id);
  return transport.ask(readJob, { path: routeTo(JOB, id) }, deadline, attempts);
}

/** Cancel a job, unless it has ended; return its state then. */
export async function cancelJob(transport: Transport, id: string, deadline: Deadline): Promise<JobFacts> {
  const job = await getJob(transport, id, deadline);
  if (job.isOver) return job;
  const call = { path: routeTo(JOB_ACTION, id), body: '{"action":"cancel"}' };
  return transport.retry(async () => {
    try {
      return readJob((await transport.call(call, deadline)).data);
    } catch (error) {
      const found = await getJob(transport, id, deadline); // it may have ended, or the response was lost
      if (!found.isOver) throw error;
      return found;
    }
  }, deadline);
}
