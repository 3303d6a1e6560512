/** `Client`, which loads all that runs requests at its first call. */

import type { ModelRequest } from "../requests.js";
import type { Estimate } from "./answers.js";
import type { Job, Outcome, Result, RunManyOptions, RunOptions, WaitOptions } from "./jobs.js";
import type { CallOptions } from "./limits.js";
import type { ClientOptions } from "./transport.js";
import type { Work } from "./work.js";

/**
 * Runs requests, and waits for what comes of them. Whatever goes wrong is a `ClientError`, but for a `RangeError` where an option is
 * none, and for what your own code throws.
 */
export class Client {
  readonly #options: ClientOptions;
  #work: Work | undefined;

  /** Without options the environment tells where the API is, and the key, at the first call. */
  constructor(options: ClientOptions = {}) {
    this.#options = options;
  }

  /** Ask what a request would cost. Its files are uploaded, which costs nothing, and need not be again. */
  async estimate(request: ModelRequest, options?: WaitOptions): Promise<Estimate> {
    return (await this.#load()).estimate(request, options);
  }

  /** Upload the files of a request and submit it; its job goes on by itself. Throws what `run` throws. */
  async submit(request: ModelRequest, options?: RunOptions): Promise<Job> {
    return (await this.#load()).submit(request, options);
  }

  /**
   * Upload the files of a request, submit it, and wait for its result (half an hour at most, unless `timeout` says otherwise).
   *
   * @throws {InvalidRequest | NoKey} Nothing was sent.
   * @throws {FileRefused | UploadFailed | NotSubmitted} Nothing was submitted.
   * @throws {ApiError | NotReached} The API refused it, or cannot be reached; `jobId` tells whether a job was made.
   * @throws {SubmissionUnknown} It cannot be known whether it was submitted.
   * @throws {JobFailed | JobCanceled | JobTimeout} It was.
   * @throws {Aborted} The signal was aborted; `jobId` is the job, if it was submitted.
   */
  async run(request: ModelRequest, options?: RunOptions): Promise<Result> {
    return (await this.#load()).run(request, options);
  }

  /**
   * Run many requests, several at once; give what becomes of each, as it comes. Requests are taken as needed, so they may be
   * endless. Who stops asking lets go of those under way: what was submitted goes on, and nothing more is.
   */
  async *runMany(
    requests: Iterable<ModelRequest> | AsyncIterable<ModelRequest>,
    options?: RunManyOptions,
  ): AsyncGenerator<Outcome, void, undefined> {
    yield* (await this.#load()).runMany(requests, options);
  }

  /** Look at a job, also one of yesterday. */
  async job(id: string, options?: CallOptions): Promise<Job> {
    return (await this.#load()).job(id, options);
  }

  /** List jobs, the newest first (20, unless `most` says otherwise). */
  async jobs(most?: number, options?: CallOptions): Promise<Job[]> {
    return (await this.#load()).jobs(most, options);
  }

  async #load(): Promise<Work> {
    const { Work } = await import("./work.js");
    return (this.#work ??= new Work(this.#options));
  }
}
