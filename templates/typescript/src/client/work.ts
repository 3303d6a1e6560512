/** A request from its checks to its result; many at once. All that `Client` does is here, and loaded at its first call. */

import { Aborted, ApiError, ClientError, InvalidRequest, NotSubmitted } from "../errors.js";
import { isNumber, pointerTo, show } from "../problems.js";
import { type FileInput, isLocal, mapLeaves, type ModelRequest } from "../requests.js";
import { type Estimate, isSafe, type JobFacts, readEstimate, readJobs } from "./answers.js";
import {
  CALL_TIMEOUT,
  cancel,
  finish,
  Job,
  look,
  type Outcome,
  type Result,
  RUN_TIMEOUT,
  type RunManyOptions,
  type RunOptions,
  type WaitOptions,
} from "./jobs.js";
import { type CallOptions, Limits } from "./limits.js";
import { runMany } from "./many.js";
import { Teller } from "./progress.js";
import { type Order, Submissions } from "./submissions.js";
import { type ClientOptions, Transport } from "./transport.js";
import type { Uploads } from "./uploads.js";

const FETCHED = /^(https:\/\/|data:)/; // what has to be brought to the service, too, where a parameter takes files
const GRACE = 5000; // milliseconds for which the answer to a paid request is waited for where the signal is aborted

/** What a client can do; `Client` says what each of it is for. */
export class Work {
  readonly #transport: Transport;
  #uploads: Uploads | undefined;
  readonly #submissions: Submissions;

  constructor(options: ClientOptions) {
    this.#transport = new Transport(options);
    this.#submissions = new Submissions(this.#transport, options.settle);
  }

  async estimate(request: ModelRequest, options: WaitOptions = {}): Promise<Estimate> {
    const limits = new Limits(RUN_TIMEOUT, options);
    const { modelId, body } = await this.#order(request, limits, new Teller(options.onProgress));
    return this.#transport.ask(
      readEstimate,
      { path: `/generate/custom/${modelId}`, query: { dryRun: "true" }, body },
      limits,
    );
  }

  async submit(request: ModelRequest, options: RunOptions = {}): Promise<Job> {
    const limits = new Limits(RUN_TIMEOUT, options);
    const job = await this.#submit(request, limits, new Teller(options.onProgress));
    try {
      limits.check();
    } catch (error) {
      throw await this.#interrupt(error, job, options);
    }
    return new Job(job, this.#transport);
  }

  async run(request: ModelRequest, options: RunOptions = {}): Promise<Result> {
    return this.#run(request, options, new Teller(options.onProgress));
  }

  runMany(
    requests: Iterable<ModelRequest> | AsyncIterable<ModelRequest>,
    options: RunManyOptions = {},
  ): AsyncGenerator<Outcome, void, undefined> {
    const run = (request: ModelRequest, index: number, signal: AbortSignal): Promise<Result> =>
      this.#run(request, options, new Teller(options.onProgress, index), signal);
    return runMany(run, requests, options);
  }

  async job(id: string, options: CallOptions = {}): Promise<Job> {
    return new Job(await look(this.#transport, id, new Limits(CALL_TIMEOUT, options)), this.#transport);
  }

  async jobs(most = 20, options: CallOptions = {}): Promise<Job[]> {
    const limits = new Limits(CALL_TIMEOUT, options);
    const query: Record<string, string> = { pageSize: String(Math.max(1, Math.min(100, most))) };
    const found: JobFacts[] = [];
    while (found.length < most) {
      if (!limits.left) throw new ClientError("the time was over before all jobs were listed");
      const [page, token] = await this.#transport.ask(readJobs, { path: "/jobs", query }, limits);
      found.push(...page);
      if (!token || !page.length) break;
      query["paginationToken"] = token;
    }
    return found.slice(0, most).map((job) => new Job(job, this.#transport));
  }

  /** Load what uploads files, which many programs never need. */
  async #load(): Promise<Uploads> {
    const { Uploads } = await import("./uploads.js");
    return (this.#uploads ??= new Uploads(this.#transport));
  }

  /** Run a request; `signal` is that of the options, or one that others abort, too. */
  async #run(request: ModelRequest, options: RunOptions, tell: Teller, signal = options.signal): Promise<Result> {
    const limits = new Limits(RUN_TIMEOUT, { ...options, signal });
    const job = await this.#submit(request, limits, tell);
    try {
      return await finish(this.#transport, job, limits, tell);
    } catch (error) {
      throw await this.#interrupt(error, job, options);
    }
  }

  async #submit(request: ModelRequest, limits: Limits, tell: Teller): Promise<JobFacts> {
    const order = await this.#order(request, limits, tell);
    if (!limits.left)
      throw new NotSubmitted(`the time was over before ${order.modelId} was submitted; nothing was paid`);
    limits.check();
    try {
      return await this.#waitForJob(order, limits);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) this.#uploads?.forget(order.body); // perhaps an asset is gone
      throw error;
    }
  }

  /** Submit what is ready to be sent. Where the signal is aborted meanwhile, the answer is waited for a little: it may be paid for. */
  async #waitForJob(order: Order, limits: Limits): Promise<JobFacts> {
    const patience = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = limits.onAbort(() => {
      timer = setTimeout(() => patience.abort(), GRACE);
    });
    try {
      return await this.#submissions.submit(order, limits, patience.signal);
    } finally {
      clearTimeout(timer);
      forget();
    }
  }

  /** Say on an error which job it leaves behind, or cancel that one, where it was to be. */
  async #interrupt(error: unknown, job: JobFacts, { cancelIfAborted, signal }: RunOptions): Promise<unknown> {
    if (error instanceof ClientError) error.jobId = job.id;
    if (error instanceof Aborted && cancelIfAborted && signal?.aborted) {
      const found = await cancel(this.#transport, job.id, new Limits(GRACE)).catch(() => undefined);
      error.isCanceled = found?.status === "canceled";
    }
    return error;
  }

  /** Check a request, and upload its files, all at once. */
  async #order(request: ModelRequest, limits: Limits, tell: Teller): Promise<Order> {
    if (typeof (request as Partial<ModelRequest> | undefined)?.body !== "function")
      throw new ClientError("this is no request: make one by the function of a model, or by anyModel");
    const { modelId } = request;
    if (!isSafe(modelId)) throw refuse(modelId, [], "this is no id of a model, such as model_sync-lipsync-v2");
    this.#transport.prepare();
    const files = new Map<unknown, string>();
    const isFile = (value: unknown, [name]: readonly unknown[]): boolean =>
      isLocal(value) || (typeof value === "string" && FETCHED.test(value) && request.files.includes(String(name)));
    mapLeaves(request.body(), (value, path) => {
      if (isFile(value, path)) files.set(value, "");
      else if (!isJson(value)) throw refuse(modelId, path, `${show(value)} is no JSON`);
    });
    if (files.size) await (await this.#load()).uploadAll(files as Map<FileInput, string>, limits, tell);
    const body = mapLeaves(request.body(), (value, path) => (isFile(value, path) ? files.get(value) : value));
    return { modelId, body: JSON.stringify(body) };
  }
}

function isJson(leaf: unknown): boolean {
  return leaf === null || isNumber(leaf) || typeof leaf === "string" || typeof leaf === "boolean";
}

function refuse(modelId: string, path: readonly (string | number)[], message: string): InvalidRequest {
  return new InvalidRequest(modelId, [{ pointer: pointerTo(...path), code: "type", message }]);
}
