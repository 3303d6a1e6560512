/** Jobs, their results and assets, and waiting for them. */

import { ClientError } from "../errors.js";
import type { ModelRequest } from "../requests.js";
import type { CallOptions, WaitOptions } from "./call_options.js";
import { JobCanceled, JobFailed, JobTimeout } from "./errors.js";
import { ASSET, CANCEL, CANCELED, FAILURE, JOB, JOB_ACTION, JOB_PAUSES, routeTo, RUN_TIMEOUT } from "./facts.js";
import { checkId, checkOptions } from "./options.js";
import { ProgressReporter } from "./progress.js";
import { type AssetFacts, type JobFacts, readAsset, readJob } from "./responses.js";
import { Deadline, grow } from "./retries.js";
import type { Transport } from "./transport.js";

/** What is known of a result: what its JSON has. */
export interface ResultFacts {
  readonly job: JobFacts;
  readonly assets: readonly AssetFacts[];
}

/** The result of a request. */
export interface Result extends ResultFacts {
  readonly job: Job;
  /** The files of the result, in the service's order. */
  readonly assets: readonly Asset[];
}

/** The result or the error of one of many requests; `index` counts them from 0. */
export type Outcome<Request extends ModelRequest = ModelRequest, Value = Result> = {
  readonly index: number;
  readonly request: Request;
} & ({ readonly result: Value; readonly error?: undefined } | { readonly result?: undefined; readonly error: Error });

export interface Job extends JobFacts {}

/** A submitted request; its properties are its last known state. `JSON.stringify` and `structuredClone` keep these alone: `client.attach`. */
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

/**
 * A file in the service, such as the result of a job; a request takes it as a file. `JSON.stringify` and `structuredClone` keep its facts
 * alone, without its URL: `client.attach`.
 */
export class Asset {
  readonly #transport: Transport;
  readonly #url: string;

  /** For clients only. */
  constructor(facts: AssetFacts, url: string, transport: Transport) {
    Object.assign(this, facts);
    this.#url = url;
    this.#transport = transport;
  }

  get [Symbol.toStringTag](): "Asset" {
    return "Asset";
  }

  /** Show its facts alone on a console of Node, whatever that is asked to show. */
  [Symbol.for("nodejs.util.inspect.custom")](
    _: number,
    options: object,
    inspect: (value: object, options: object) => string,
  ): string {
    return `Asset ${inspect({ ...this }, options)}`;
  }

  /**
   * Its signed URL, for a while: whoever knows it can read the file. No console shows it, and no JSON has it. Empty if there is none, as after
   * `client.attach`; `client.asset(id)` gets a new one.
   */
  get url(): string {
    return this.#url;
  }

  /**
   * Download the whole file (ten minutes at most, unless `timeout` says otherwise); it is named by the asset's id.
   *
   * @throws {DownloadFailed} The storage did not deliver it.
   */
  async download(options: WaitOptions = {}): Promise<File> {
    checkOptions(options);
    const { download } = await import("./downloads.js");
    return download(this.#transport, this, options);
  }

  /**
   * Read the file as it comes, however large it is: nothing is requested before it is read. Where the connection breaks off, it is
   * continued, if the storage can. `timeout`: how long the next bytes may take (a minute); the time until you read on does not count.
   *
   * The stream fails with `DownloadFailed` if the storage did not deliver the whole file.
   */
  stream(options: WaitOptions = {}): ReadableStream<Uint8Array> {
    checkOptions(options);
    const load = async () => (await import("./downloads.js")).streamed(this.#transport, this, options);
    let source: ReturnType<typeof load> | undefined;
    return new ReadableStream(
      {
        pull: async (controller) => (await (source ??= load())).pull(controller),
        cancel: async () => (await source)?.cancel(),
      },
      { highWaterMark: 0 },
    );
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
  checkId("a job", id);
  return transport.ask(readJob, { path: routeTo(JOB, id) }, deadline, attempts);
}

/** Cancel a job, unless it has ended; return its state then. */
export async function cancelJob(transport: Transport, id: string, deadline: Deadline): Promise<JobFacts> {
  const job = await getJob(transport, id, deadline);
  if (job.isOver) return job;
  const call = { path: routeTo(JOB_ACTION, id), body: JSON.stringify({ action: CANCEL }) };
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
