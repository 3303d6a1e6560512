/** All that `Client` does; loaded at its first call. */

import { ClientError, InvalidRequest } from "../errors.js";
import {
  type FileInput,
  isAnyKind,
  isLocal,
  isRemote,
  isStored,
  isUploaded,
  refusalOf,
  type StoredFile,
  unwrap,
} from "../files.js";
import { isNumber, pointerTo } from "../problems.js";
import { mapLeaves, type ModelRequest } from "../requests.js";
import { show } from "../values.js";
import { Aborted, ApiError, FileRefused, NotReached, NotSubmitted, SubmissionUnknown } from "./errors.js";
import {
  ASSET,
  CALL_TIMEOUT,
  CANCELED,
  GONE,
  GRACE,
  JOBS,
  PAGE_SIZE,
  routeTo,
  RUN,
  RUN_METHOD,
  RUN_TIMEOUT,
  SHARED,
} from "./facts.js";
import {
  Asset,
  cancelJob,
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
import { runMany } from "./batch.js";
import type { FileUse } from "./kinds.js";
import { ProgressReporter } from "./progress.js";
import { type Estimate, isSafe, type JobFacts, readAsset, readEstimate, readJobs } from "./responses.js";
import { type CallOptions, Deadline } from "./retries.js";
import { type Order, Submissions } from "./submissions.js";
import { checkId, checkLimit, checkOptions, checkRequest, checkRequests } from "./options.js";
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
    checkOptions(options);
    const deadline = new Deadline(RUN_TIMEOUT, options);
    const { modelId, body } = await this.#order(request, deadline, new ProgressReporter(options.onProgress));
    return this.#transport.ask(
      readEstimate,
      { method: RUN_METHOD, path: routeTo(RUN, modelId), query: { dryRun: "true" }, body },
      deadline,
    );
  }

  async submit(request: ModelRequest, options: RunOptions = {}): Promise<Job> {
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
    checkOptions(options);
    return this.#run(request, options, new ProgressReporter(options.onProgress));
  }

  runMany(
    requests: Iterable<ModelRequest> | AsyncIterable<ModelRequest>,
    options: RunManyOptions = {},
  ): AsyncGenerator<Outcome, void, undefined> {
    checkOptions(options);
    checkRequests(requests);
    this.#transport.prepare();
    const run = (request: ModelRequest, index: number, signal: AbortSignal): Promise<Result> =>
      this.#run(request, options, new ProgressReporter(options.onProgress, index), signal);
    return runMany(run, (error) => this.#hitsEveryRequest(error, options.signal), requests, options);
  }

  async job(id: string, options: CallOptions = {}): Promise<Job> {
    checkOptions(options);
    return new Job(await getJob(this.#transport, id, new Deadline(CALL_TIMEOUT, options)), this.#transport);
  }

  async asset(id: string, options: CallOptions = {}): Promise<Asset> {
    checkId("an asset", id);
    checkOptions(options);
    return this.#asset(id, new Deadline(CALL_TIMEOUT, options));
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

  async jobs(limit = 20, options: CallOptions = {}): Promise<Job[]> {
    checkLimit(limit);
    checkOptions(options);
    const deadline = new Deadline(CALL_TIMEOUT, options);
    const query: Record<string, string> = { pageSize: String(Math.max(1, Math.min(PAGE_SIZE, limit))) };
    const found: JobFacts[] = [];
    while (found.length < limit) {
      if (!deadline.left) throw new ClientError("timed out before all jobs were listed");
      const [page, token] = await this.#transport.ask(readJobs, { path: JOBS, query }, deadline);
      found.push(...page);
      if (!token || !page.length) break;
      query["paginationToken"] = token;
    }
    return found.slice(0, limit).map((job) => new Job(job, this.#transport));
  }

  /**
   * Tell whether the error of one request would hit every other one, since a free call that is alike for all fails in the same way: the
   * key is refused, nothing is reached at the URL, or no API is there.
   */
  async #hitsEveryRequest(error: unknown, signal: AbortSignal | undefined): Promise<boolean> {
    const reason = sharedReason(error);
    if (!reason) return false;
    return this.jobs(1, { signal }).then(
      () => false,
      (other: unknown) => sharedReason(other) === reason,
    );
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

  /** Run a request; `signal` replaces that of the options. */
  async #run(
    request: ModelRequest,
    options: RunOptions,
    progress: ProgressReporter,
    signal = options.signal,
  ): Promise<Result> {
    const deadline = new Deadline(RUN_TIMEOUT, { ...options, signal });
    const job = await this.#submit(request, deadline, progress);
    try {
      return await waitForResult(this.#transport, job, deadline, progress);
    } catch (error) {
      throw await this.#interrupt(error, job, options);
    }
  }

  async #submit(request: ModelRequest, deadline: Deadline, progress: ProgressReporter): Promise<JobFacts> {
    const order = await this.#order(request, deadline, progress);
    if (!deadline.left) throw new NotSubmitted(`timed out before ${order.modelId} was submitted; nothing was billed`);
    deadline.throwIfAborted();
    try {
      return await this.#submitOrder(order, deadline);
    } catch (error) {
      if (error instanceof ApiError && GONE.includes(error.status)) this.#uploads?.forget(order.body); // perhaps an asset was deleted
      throw error;
    }
  }

  /** Submit an order. If the signal is aborted meanwhile, wait a little for the response: the job may be billed. */
  async #submitOrder(order: Order, deadline: Deadline): Promise<JobFacts> {
    const giveUp = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = deadline.onAbort(() => {
      timer = setTimeout(() => giveUp.abort(), GRACE);
    });
    try {
      return await this.#submissions.submit(order, deadline, giveUp.signal);
    } finally {
      clearTimeout(timer);
      forget();
    }
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

/** Return why an error might hit every request; empty if it is about one. */
function sharedReason(error: unknown): string {
  const found = error instanceof SubmissionUnknown ? error.cause : error; // why the jobs could not be listed
  if (found instanceof NotReached) return "not reached";
  if (!(found instanceof ApiError)) return "";
  const { status } = found; // of a redirect that is not followed: 0, or 3xx
  return !status || (status >= 300 && status < 400) || SHARED.includes(status) ? String(status) : "";
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
