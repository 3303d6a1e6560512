/** All that `Client` does; loaded at its first call. */

import { isLocal } from "../file_values.js";
import { type FileInput, isAnyKind, isRemote, isUploaded, refusalOf, unwrap } from "../files.js";
import type { ModelRequest } from "../requests.js";
import type {
  CallOptions,
  EstimateManyOptions,
  RunManyOptions,
  RunOptions,
  UploadOptions,
  WaitOptions,
} from "./call_options.js";
import { FileRefused } from "./errors.js";
import { ASSET, routeTo, RUN_TIMEOUT } from "./facts.js";
import type { JobsOptions } from "./job_filters.js";
import { Asset, getJob, Job, type Outcome, type Result } from "./jobs.js";
import {
  checkEstimateManyOptions,
  checkId,
  checkLimit,
  checkListOptions,
  checkOptions,
  checkRequest,
  checkRequests,
  checkRunManyOptions,
} from "./options.js";
import { ProgressReporter } from "./progress.js";
import { type Estimate, isSafe, readAsset } from "./responses.js";
import { Deadline } from "./retries.js";
import { Runs } from "./runs.js";
import type { ClientOptions } from "./settings.js";
import { Transport } from "./transport.js";

/** The public methods are those of `Client`, which documents them. */
export class Work {
  readonly #transport: Transport;
  readonly #runs: Runs;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.#runs = new Runs(this.#transport, options);
  }

  async estimate(request: ModelRequest, options: WaitOptions = {}): Promise<Estimate> {
    checkRequest(request);
    checkOptions(options);
    return this.#runs.estimate(request, new Deadline(RUN_TIMEOUT, options), new ProgressReporter(options.onProgress));
  }

  async submit(request: ModelRequest, options: RunOptions = {}): Promise<Job> {
    checkRequest(request);
    checkOptions(options);
    const deadline = new Deadline(RUN_TIMEOUT, options);
    const job = await this.#runs.submit(request, deadline, new ProgressReporter(options.onProgress));
    try {
      deadline.throwIfAborted();
    } catch (error) {
      throw await this.#runs.interrupt(error, job, options);
    }
    return new Job(job, this.#transport);
  }

  async run(request: ModelRequest, options: RunOptions = {}): Promise<Result> {
    checkRequest(request);
    checkOptions(options);
    const deadline = new Deadline(RUN_TIMEOUT, options);
    return this.#runs.run(request, options, deadline, new ProgressReporter(options.onProgress));
  }

  async *runMany<Request extends ModelRequest>(
    requests: Iterable<Request> | AsyncIterable<Request>,
    options: RunManyOptions = {},
  ): AsyncGenerator<Outcome<Request>, void, undefined> {
    checkRunManyOptions(options);
    checkRequests(requests, "run");
    this.#transport.prepare();
    const { Budget, runAll } = await import("./batch.js"); // which only many requests need
    const budget = options.maxCost === undefined ? undefined : new Budget(options.maxCost);
    const run = (request: Request, index: number, signal: AbortSignal): Promise<Result> =>
      this.#runs.run(
        request,
        options,
        new Deadline(RUN_TIMEOUT, { ...options, signal }),
        new ProgressReporter(options.onProgress, index),
        budget,
      );
    yield* runAll(run, () => this.jobs(1, { signal: options.signal }), requests, options);
  }

  async *estimateMany<Request extends ModelRequest>(
    requests: Iterable<Request> | AsyncIterable<Request>,
    options: EstimateManyOptions = {},
  ): AsyncGenerator<Outcome<Request, Estimate>, void, undefined> {
    checkEstimateManyOptions(options);
    checkRequests(requests, "estimate");
    this.#transport.prepare();
    const { runAll } = await import("./batch.js");
    const estimate = (request: Request, index: number, signal: AbortSignal): Promise<Estimate> =>
      this.#runs.estimate(
        request,
        new Deadline(RUN_TIMEOUT, { ...options, signal }),
        new ProgressReporter(options.onProgress, index),
      );
    yield* runAll(estimate, () => this.jobs(1, { signal: options.signal }), requests, options);
  }

  async job(id: string, options: CallOptions = {}): Promise<Job> {
    checkOptions(options);
    return new Job(await getJob(this.#transport, id, this.#transport.begin(options)), this.#transport);
  }

  async asset(id: string, options: CallOptions = {}): Promise<Asset> {
    checkId("an asset", id);
    checkOptions(options);
    return this.#asset(id, this.#transport.begin(options));
  }

  async upload(given: FileInput, options: UploadOptions = {}): Promise<Asset> {
    checkOptions(options);
    const { kind = "" } = options;
    const file = unwrap(given);
    const deadline = new Deadline(RUN_TIMEOUT, options);
    if (isLocal(file) || isUploaded(file)) {
      this.#transport.prepare();
      const use = { file, pointer: "", wanted: kind, isAnyKind: kind !== "" || isAnyKind(given) };
      if (kind) (await import("./kinds.js")).checkKind(kind);
      const [id] = await this.#runs.upload("", [use], deadline, new ProgressReporter(options.onProgress));
      return this.#asset(id!, deadline);
    }
    if (isSafe(file) && isRemote(file)) return this.#asset(file, deadline);
    throw typeof file === "string" ? new FileRefused(refusalOf(file)) : new TypeError(refusalOf(file));
  }

  async attach(value: unknown): Promise<Result | Job | Asset> {
    return (await import("./attach.js")).attach(value, this.#transport);
  }

  async jobs(limit = 20, options: JobsOptions = {}): Promise<Job[]> {
    checkLimit(limit);
    checkListOptions(options);
    const { listJobs } = await import("./job_filters.js");
    const deadline = this.#transport.begin(options);
    const found: Job[] = [];
    if (limit)
      for await (const job of listJobs(this.#transport, options, limit, () => deadline))
        if (found.push(new Job(job, this.#transport)) === limit) break;
    return found;
  }

  async *eachJob(options: JobsOptions = {}): AsyncGenerator<Job, void, undefined> {
    checkListOptions(options);
    const { listJobs } = await import("./job_filters.js");
    for await (const job of listJobs(this.#transport, options, Infinity, () => this.#transport.begin(options)))
      yield new Job(job, this.#transport);
  }

  async #asset(id: string, deadline: Deadline): Promise<Asset> {
    const asset = await this.#transport.ask(readAsset, { path: routeTo(ASSET, id) }, deadline);
    return new Asset(...asset, this.#transport);
  }
}
