/** All that `Client` does; loaded at its first call. */

import { ClientError, InvalidRequest } from "../errors.js";
import { isLocal } from "../file_values.js";
import {
  type FileInput,
  isAnyKind,
  isRemote,
  isStored,
  isUploaded,
  refusalOf,
  type StoredFile,
  unwrap,
} from "../files.js";
import { pointerTo } from "../pointers.js";
import type { ModelRequest } from "../requests.js";
import { mapLeaves } from "../trees.js";
import { isNumber, show } from "../values.js";
import type { Budget } from "./budget.js";
import { Aborted, ApiError, FileRefused, NotSubmitted } from "./errors.js";
import { ASSET, CANCELED, GONE, GRACE, routeTo, RUN, RUN_METHOD, RUN_TIMEOUT } from "./facts.js";
import type { JobsOptions } from "./job_lists.js";
import {
  Asset,
  cancelJob,
  type EstimateManyOptions,
  getJob,
  Job,
  type Outcome,
  type Result,
  type RunManyOptions,
  type RunOptions,
  type UploadOptions,
  type WaitOptions,
  waitForResult,
} from "./jobs.js";
import type { FileUse } from "./kinds.js";
import { ProgressReporter } from "./progress.js";
import { type Estimate, isSafe, type JobFacts, readAsset, readEstimate } from "./responses.js";
import { type CallOptions, Deadline } from "./retries.js";
import { type Order, Submissions } from "./submissions.js";
import {
  checkId,
  checkLimit,
  checkListOptions,
  checkManyOptions,
  checkOptions,
  checkRequest,
  checkRequests,
} from "./options.js";
import type { ClientOptions } from "./settings.js";
import { Transport } from "./transport.js";
import type { Uploads } from "./uploads.js";

/** The public methods are those of `Client`, which documents them. */
export class Work {
  readonly #transport: Transport;
  #uploads: Uploads | undefined;
  readonly #submissions: Submissions;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.#submissions = new Submissions(this.#transport, options.settle, options.withoutKey);
  }

  async estimate(request: ModelRequest, options: WaitOptions = {}): Promise<Estimate> {
    checkRequest(request);
    checkOptions(options);
    return this.#estimate(request, new Deadline(RUN_TIMEOUT, options), new ProgressReporter(options.onProgress));
  }

  async submit(request: ModelRequest, options: RunOptions = {}): Promise<Job> {
    checkRequest(request);
    checkOptions(options);
    const deadline = new Deadline(RUN_TIMEOUT, options);
    const job = await this.#submit(request, deadline, new ProgressReporter(options.onProgress));
    try {
      deadline.throwIfAborted();
    } catch (error) {
      throw await this.#interrupt(error, job, options);
    }
    return new Job(job, this.#transport);
  }

  async run(request: ModelRequest, options: RunOptions = {}): Promise<Result> {
    checkRequest(request);
    checkOptions(options);
    const deadline = new Deadline(RUN_TIMEOUT, options);
    return this.#run(request, options, deadline, new ProgressReporter(options.onProgress));
  }

  async *runMany<Request extends ModelRequest>(
    requests: Iterable<Request> | AsyncIterable<Request>,
    options: RunManyOptions = {},
  ): AsyncGenerator<Outcome<Request>, void, undefined> {
    const { Budget, runAll } = await this.#prepareMany("run", requests, options);
    const budget = options.maxCost === undefined ? undefined : new Budget(options.maxCost);
    const run = (request: Request, index: number, signal: AbortSignal): Promise<Result> =>
      this.#run(
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
    const { runAll } = await this.#prepareMany("estimate", requests, options);
    const estimate = (request: Request, index: number, signal: AbortSignal): Promise<Estimate> =>
      this.#estimate(
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
      const use = { file, path: [], wanted: kind, isAnyKind: kind !== "" || isAnyKind(given) };
      const uploads = await this.#load();
      if (kind) (await import("./kinds.js")).checkKind(kind);
      const [id] = await uploads.uploadAll("", [use], deadline, new ProgressReporter(options.onProgress));
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
    const { listJobs } = await import("./job_lists.js");
    const deadline = this.#transport.begin(options);
    const found: Job[] = [];
    if (limit)
      for await (const job of listJobs(this.#transport, options, limit, () => deadline))
        if (found.push(new Job(job, this.#transport)) === limit) break;
    return found;
  }

  async *eachJob(options: JobsOptions = {}): AsyncGenerator<Job, void, undefined> {
    checkListOptions(options);
    const { listJobs } = await import("./job_lists.js");
    for await (const job of listJobs(this.#transport, options, Infinity, () => this.#transport.begin(options)))
      yield new Job(job, this.#transport);
  }

  /** Check what many requests are given with, and load the code that only they need. */
  async #prepareMany(
    verb: "run" | "estimate",
    requests: unknown,
    options: unknown,
  ): Promise<typeof import("./batch.js")> {
    checkManyOptions(options);
    checkRequests(requests, verb);
    this.#transport.prepare();
    return import("./batch.js");
  }

  async #asset(id: string, deadline: Deadline): Promise<Asset> {
    const asset = await this.#transport.ask(readAsset, { path: routeTo(ASSET, id) }, deadline);
    return new Asset(...asset, this.#transport);
  }

  /** Load the code that uploads files, which many programs never need. */
  async #load(): Promise<Uploads> {
    const { Uploads } = await import("./uploads.js");
    return (this.#uploads ??= new Uploads(this.#transport));
  }

  async #estimate(request: ModelRequest, deadline: Deadline, progress: ProgressReporter): Promise<Estimate> {
    return this.#estimateOrder(await this.#order(request, deadline, progress), deadline);
  }

  async #estimateOrder({ modelId, body }: Order, deadline: Deadline): Promise<Estimate> {
    const call = { method: RUN_METHOD, path: routeTo(RUN, modelId), query: { dryRun: "true" }, body };
    return this.#transport.ask(readEstimate, call, deadline).catch((error: unknown) => this.#forget(body, error));
  }

  /** Run a request, within a budget if there is one. */
  async #run(
    request: ModelRequest,
    options: RunOptions,
    deadline: Deadline,
    progress: ProgressReporter,
    budget?: Budget,
  ): Promise<Result> {
    const job = await this.#submit(request, deadline, progress, budget);
    try {
      return await waitForResult(this.#transport, job, deadline, progress);
    } catch (error) {
      throw await this.#interrupt(error, job, options);
    }
  }

  async #submit(
    request: ModelRequest,
    deadline: Deadline,
    progress: ProgressReporter,
    budget?: Budget,
  ): Promise<JobFacts> {
    const order = await this.#order(request, deadline, progress);
    const submit = (): Promise<JobFacts> => this.#submitOrder(order, deadline);
    if (!budget) return submit();
    const { cost } = await this.#estimateOrder(order, deadline);
    return budget.submit(order.modelId, cost, submit);
  }

  /** Submit an order. If the signal is aborted meanwhile, wait a little for the response: the job may be billed. */
  async #submitOrder(order: Order, deadline: Deadline): Promise<JobFacts> {
    if (!deadline.left) throw new NotSubmitted(`timed out before ${order.modelId} was submitted; nothing was billed`);
    deadline.throwIfAborted();
    const giveUp = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = deadline.onAbort(() => {
      timer = setTimeout(() => giveUp.abort(), GRACE);
    });
    try {
      return await this.#submissions.submit(order, deadline, giveUp.signal);
    } catch (error) {
      return this.#forget(order.body, error);
    } finally {
      clearTimeout(timer);
      forget();
    }
  }

  /** Throw the error of an order. If perhaps an asset was deleted, forget those in it: the next time, its file is uploaded again. */
  #forget(body: string, error: unknown): never {
    if (error instanceof ApiError && GONE.includes(error.status)) this.#uploads?.forget(body);
    throw error;
  }

  /** Set the job of an error; cancel it if the options say so. */
  async #interrupt(error: unknown, job: JobFacts, { cancelIfAborted, signal }: RunOptions): Promise<unknown> {
    if (error instanceof ClientError) error.jobId = job.id;
    if (error instanceof Aborted && cancelIfAborted && signal?.aborted) {
      const found = await cancelJob(this.#transport, job.id, new Deadline(GRACE)).catch(() => undefined);
      error.isCanceled = found?.status === CANCELED;
    }
    return error;
  }

  /** Check a request, and upload its files, several at once. */
  async #order(request: ModelRequest, deadline: Deadline, progress: ProgressReporter): Promise<Order> {
    checkRequest(request);
    const { modelId } = request;
    if (!isSafe(modelId))
      throw refuse(modelId, [], `${show(modelId)} is not a model id, such as model_sync-lipsync-v2`);
    this.#transport.prepare();
    const uses: FileUse[] = [];
    const stored: FileUse<StoredFile>[] = [];
    const isFile = (value: unknown, wanted: string | undefined): value is FileUse["file"] =>
      isLocal(value) || (wanted !== undefined && isUploaded(value));
    mapLeaves(request.body(), (value, path) => {
      const file = unwrap(value);
      const wanted = request.wantedKind(path);
      if (isStored(value) && wanted) stored.push({ file: value, path: [...path], wanted, isAnyKind: false });
      if (isFile(file, wanted)) uses.push({ file, path: [...path], wanted, isAnyKind: isAnyKind(value) });
      else if (!isJson(file)) throw refuse(modelId, path, `${show(file)} is not JSON; ${JSON_HINT}`);
    });
    if (stored.length) await refuseWrongKinds(modelId, stored);
    const assets = uses.length ? await (await this.#load()).uploadAll(modelId, uses, deadline, progress) : [];
    let next = 0;
    const body = mapLeaves(request.body(), (value, path) => {
      const file = unwrap(value);
      return isFile(file, request.wantedKind(path)) ? assets[next++] : file;
    });
    return { modelId, body: JSON.stringify(body) };
  }
}

async function refuseWrongKinds(modelId: string, stored: readonly FileUse<StoredFile>[]): Promise<void> {
  const { findWrongKinds, HINT, sourceOf } = await import("./kinds.js");
  const problems = findWrongKinds(stored, new Map(stored.map(({ file }) => [file, sourceOf(file)])));
  if (problems.length) throw new InvalidRequest(modelId, problems, HINT);
}

const JSON_HINT = "give a text, a finite number, true, false, null, or an array or plain object of such";

function isJson(leaf: unknown): boolean {
  return leaf === null || isNumber(leaf) || typeof leaf === "string" || typeof leaf === "boolean";
}

function refuse(modelId: string, path: readonly (string | number)[], message: string): InvalidRequest {
  return new InvalidRequest(modelId, [{ pointer: pointerTo(...path), code: "type", message }]);
}
