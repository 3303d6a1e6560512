/** `Client`, which loads everything else at its first call. */

import { type FileInput, holdErrors } from "../files.js";
import type { ModelRequest } from "../requests.js";
import type { Work } from "./work.js";
import type {
  CallOptions,
  EstimateManyOptions,
  RunManyOptions,
  RunOptions,
  UploadOptions,
  WaitOptions,
} from "./call_options.js";
import type { JobsOptions } from "./job_filters.js";
import type { Asset, Job, Outcome, Result, ResultFacts } from "./jobs.js";
import type { AssetFacts, Estimate, JobFacts } from "./responses.js";
import type { ClientOptions } from "./settings.js";

/**
 * Runs requests, and waits for their results. Throws a `ClientError`, or a `TypeError` or `RangeError` for a wrong argument, before
 * anything is sent; errors of your own callbacks come through.
 */
export class Client {
  readonly #options: ClientOptions;
  #work: Work | undefined;

  /** Without options, the URL and the key are read from the environment at the first call. */
  constructor(options: ClientOptions = {}) {
    this.#options = options;
  }

  /** Get the price of a request without running it. Its files are uploaded, which is free; `run` then uses them again. */
  async estimate(request: ModelRequest, options?: WaitOptions): Promise<Estimate> {
    return (await this.#load()).estimate(request, options);
  }

  /** Upload the files of a request and submit it, without waiting for its result. Throws what `run` throws. */
  async submit(request: ModelRequest, options?: RunOptions): Promise<Job> {
    return (await this.#load()).submit(request, options);
  }

  /**
   * Upload the files of a request, submit it, and wait for its result (half an hour at most, unless `timeout` says otherwise).
   *
   * @throws {InvalidRequest | NoKey | InvalidUrl} Nothing was sent.
   * @throws {FileRefused | UploadFailed | NotSubmitted} Nothing was submitted.
   * @throws {ApiError | NotReached} The API responded with an error, or cannot be reached; if a job was submitted before, `jobId` is set.
   * @throws {SubmissionUnknown} It is unknown whether it was submitted.
   * @throws {JobFailed | JobCanceled | JobTimeout} It was submitted.
   * @throws {Aborted} The signal was aborted; if a job was submitted before, `jobId` is set.
   */
  async run(request: ModelRequest, options?: RunOptions): Promise<Result> {
    return (await this.#load()).run(request, options);
  }

  /**
   * Run many requests, several at once; yield each outcome as it comes. Requests are read as needed, so there may be endlessly many.
   * If you leave the loop, nothing more is submitted; jobs that were submitted keep running. With `maxCost`, none is submitted that would
   * go over.
   *
   * @throws {ApiError | NotReached | SubmissionUnknown} An error that would hit every request (the key is refused, or nothing is
   *   reached at the URL): after the outcomes of those that had begun; the others are not submitted. So is the first error of `stopOn`.
   */
  async *runMany<Request extends ModelRequest>(
    requests: Iterable<Request> | AsyncIterable<Request>,
    options?: RunManyOptions,
  ): AsyncGenerator<Outcome<Request>, void, undefined> {
    yield* (await this.#load()).runMany(requests, options);
  }

  /** Get the price of many requests without running them, several at once; yield each outcome as it comes. Throws what `runMany` throws. */
  async *estimateMany<Request extends ModelRequest>(
    requests: Iterable<Request> | AsyncIterable<Request>,
    options?: EstimateManyOptions,
  ): AsyncGenerator<Outcome<Request, Estimate>, void, undefined> {
    yield* (await this.#load()).estimateMany(requests, options);
  }

  /** Get a job by its id, also one of another program. */
  async job(id: string, options?: CallOptions): Promise<Job> {
    return (await this.#load()).job(id, options);
  }

  /**
   * List jobs, the newest first (`limit` is 20 by default); with a status, type or workflow, those that were updated last come first.
   *
   * @throws {RangeError} A date has no time zone, or the service knows no such status.
   */
  async jobs(limit?: number, options?: JobsOptions): Promise<Job[]> {
    return (await this.#load()).jobs(limit, options);
  }

  /** Get an asset by its id, also one of another program, with a new URL. */
  async asset(id: string, options?: CallOptions): Promise<Asset> {
    return (await this.#load()).asset(id, options);
  }

  /**
   * Upload a file by itself; return its asset, which requests take as a file. A run uploads its files by itself. Equal content is uploaded
   * once by each client; an asset or its id is there already.
   *
   * @throws {FileRefused | UploadFailed | NotSubmitted} It is not there.
   */
  async upload(file: FileInput, options?: UploadOptions): Promise<Asset> {
    holdErrors(file);
    return (await this.#load()).upload(file, options);
  }

  /**
   * Let a result, a job or an asset act through this client that has only its facts: what `JSON.parse` gives of its JSON, or another program or
   * thread sent. Asks nothing of the service.
   */
  async attach(value: ResultFacts): Promise<Result>;
  async attach(value: JobFacts): Promise<Job>;
  async attach(value: AssetFacts): Promise<Asset>;
  async attach(value: ResultFacts | JobFacts | AssetFacts): Promise<Result | Job | Asset> {
    return (await this.#load()).attach(value);
  }

  /** Yield all jobs as `jobs` lists them, read page by page as needed; `timeout` is that of a page. */
  async *eachJob(options?: JobsOptions): AsyncGenerator<Job, void, undefined> {
    yield* (await this.#load()).eachJob(options);
  }

  async #load(): Promise<Work> {
    const { Work } = await import("./work.js");
    return (this.#work ??= new Work(this.#options));
  }
}
