/** One request of a client: what it would cost, its job, and its result. */

import { ClientError } from "../errors.js";
import type { ModelRequest } from "../requests.js";
import type { Budget } from "./budget.js";
import type { RunOptions } from "./call_options.js";
import { Aborted, ApiError, NotSubmitted } from "./errors.js";
import { CANCELED, DRY_RUN, GONE, GRACE, routeTo, RUN, RUN_METHOD } from "./facts.js";
import { cancelJob, type Result, waitForResult } from "./jobs.js";
import type { FileUse } from "./kinds.js";
import { checkRequest } from "./options.js";
import { makeOrder, type Order } from "./orders.js";
import type { ProgressReporter } from "./progress.js";
import { type Estimate, type JobFacts, readEstimate } from "./responses.js";
import { Deadline } from "./retries.js";
import { Submissions } from "./submissions.js";
import type { ClientOptions } from "./settings.js";
import type { Transport } from "./transport.js";
import type { Uploads } from "./uploads.js";

/** Estimates, submits and runs the requests of one client: equal files are uploaded once, and no job is claimed twice. */
export class Runs {
  readonly #transport: Transport;
  readonly #submissions: Submissions;
  #uploads: Uploads | undefined;

  constructor(transport: Transport, { settle, withoutKey }: ClientOptions) {
    this.#transport = transport;
    const askServer = withoutKey ? () => import("./attempts.js") : undefined; // it may know what became of a submission
    this.#submissions = new Submissions(transport, settle, askServer);
  }

  async estimate(request: ModelRequest, deadline: Deadline, progress: ProgressReporter): Promise<Estimate> {
    return this.#estimate(await this.#makeOrder(request, deadline, progress), deadline);
  }

  /** Submit a request, within a budget if there is one. */
  async submit(
    request: ModelRequest,
    deadline: Deadline,
    progress: ProgressReporter,
    budget?: Budget,
  ): Promise<JobFacts> {
    const order = await this.#makeOrder(request, deadline, progress);
    const submit = (): Promise<JobFacts> => this.#submit(order, deadline);
    if (!budget) return submit();
    const { cost } = await this.#estimate(order, deadline);
    return budget.submit(order.modelId, cost, submit);
  }

  /** Run a request, within a budget if there is one. */
  async run(
    request: ModelRequest,
    options: RunOptions,
    deadline: Deadline,
    progress: ProgressReporter,
    budget?: Budget,
  ): Promise<Result> {
    const job = await this.submit(request, deadline, progress, budget);
    try {
      return await waitForResult(this.#transport, job, deadline, progress);
    } catch (error) {
      throw await this.interrupt(error, job, options);
    }
  }

  /** Set the job of an error; cancel it if the options say so. */
  async interrupt(error: unknown, job: JobFacts, { cancelIfAborted, signal }: RunOptions): Promise<unknown> {
    if (error instanceof ClientError) error.jobId = job.id;
    if (error instanceof Aborted && cancelIfAborted && signal?.aborted) {
      const found = await cancelJob(this.#transport, job.id, new Deadline(GRACE)).catch(() => undefined);
      error.isCanceled = found?.status === CANCELED;
    }
    return error;
  }

  /** Upload the files of a request, or one by itself; loads the code for that, which many programs never need. */
  async upload(
    modelId: string,
    uses: readonly FileUse[],
    deadline: Deadline,
    progress: ProgressReporter,
  ): Promise<string[]> {
    const { Uploads } = await import("./uploads.js");
    this.#uploads ??= new Uploads(this.#transport);
    return this.#uploads.uploadAll(modelId, uses, deadline, progress);
  }

  /** Check a request, and upload its files, several at once. */
  async #makeOrder(request: ModelRequest, deadline: Deadline, progress: ProgressReporter): Promise<Order> {
    checkRequest(request);
    this.#transport.prepare();
    return makeOrder(request, (uses) => this.upload(request.modelId, uses, deadline, progress));
  }

  async #estimate({ modelId, body }: Order, deadline: Deadline): Promise<Estimate> {
    const call = { method: RUN_METHOD, path: routeTo(RUN, modelId), query: { [DRY_RUN]: "true" }, body };
    return this.#transport.ask(readEstimate, call, deadline).catch((error: unknown) => this.#forget(body, error));
  }

  /** Submit an order. If the signal is aborted meanwhile, wait a little for the response: the job may be billed. */
  async #submit(order: Order, deadline: Deadline): Promise<JobFacts> {
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
}
