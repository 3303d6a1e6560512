/** How far a run has come, and how that is reported. */

import { WAITING } from "./facts.js";
import type { JobFacts } from "./responses.js";

/** How far a run has come. */
export interface Progress {
  /** Files are uploaded, the job waits, the job runs, or a result is downloaded. */
  readonly stage: "upload" | "queue" | "run" | "download";
  /** How much of this stage is done, from 0 to 1. */
  readonly fraction: number;
  /** The job; undefined before it is submitted. */
  readonly jobId?: string;
  /** The index of the request, from 0; only for `runMany`. */
  readonly index?: number;
}

/** Called whenever there is progress, and awaited if it is asynchronous; an error that it throws, or rejects with, ends the run. */
export type OnProgress = (progress: Progress) => unknown;

/** Reports progress to a callback, one after the other; leaves out a report that equals the one before. */
export class ProgressReporter {
  readonly #onProgress: OnProgress | undefined;
  readonly #index: { index?: number };
  #last = "";
  #running: Promise<unknown> | undefined; // what the callback does
  #done = 0;
  #total = 1;

  constructor(onProgress: OnProgress | undefined, index?: number) {
    this.#onProgress = onProgress;
    this.#index = index === undefined ? {} : { index };
  }

  /** Start a new transfer of so many bytes. */
  setTotal(size: number): void {
    [this.#done, this.#total] = [0, size || 1];
  }

  /** Report that so many more bytes were transferred; negative where they must be transferred again. */
  reportMoved(stage: "upload" | "download", size: number): Promise<void> {
    this.#done += size;
    return this.#report({ stage, fraction: Math.min(1, this.#done / this.#total) });
  }

  /** Report the status of a job. */
  reportJob(job: JobFacts): Promise<void> {
    return this.#report({
      stage: WAITING.includes(job.status) ? "queue" : "run",
      fraction: job.progress,
      jobId: job.id,
    });
  }

  async #report(progress: Progress): Promise<void> {
    const text = JSON.stringify(progress);
    if (!this.#onProgress || text === this.#last) return;
    this.#last = text;
    const before = this.#running;
    const call = async (): Promise<void> => {
      if (before) await before;
      await this.#onProgress?.({ ...progress, ...this.#index });
    };
    await (this.#running = call());
  }
}
