/** The options of calls. */

import type { FileKind } from "./facts.js";
import type { OnProgress } from "./progress.js";

/** How long something may take, and what aborts it. */
export interface CallOptions {
  /** In milliseconds. A paid request that was already sent is not cut short. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

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

/** The options of `upload`. */
export interface UploadOptions extends WaitOptions {
  /** Of which kind the file is, whatever it seems to be. */
  readonly kind?: FileKind | undefined;
}

/** A class of errors, such as `JobFailed`. */
export type ErrorClass = abstract new (...given: never[]) => Error;

/** The options of `estimateMany`. */
export interface EstimateManyOptions extends WaitOptions {
  /** How many requests are worked on at once (8). */
  readonly concurrency?: number | undefined;
  /** Classes of errors. After the first one no more requests are begun, and it is thrown at the end of the loop. */
  readonly stopOn?: ErrorClass | readonly ErrorClass[] | undefined;
  /**
   * Yield the outcomes in the order of the requests, in place of that in which they finish. Before an outcome that takes long, at most four
   * times `concurrency` requests are begun.
   */
  readonly inOrder?: boolean | undefined;
}

/** The options of `runMany`. */
export interface RunManyOptions extends RunOptions, EstimateManyOptions {
  /**
   * What all of them may cost, in creative units. Each request is estimated before it is submitted; one that would go over is not, and
   * its error is `MaxCostExceeded`.
   */
  readonly maxCost?: number | undefined;
}
