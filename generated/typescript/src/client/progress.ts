/** How far a run has come, and telling it. */

import { type JobFacts, WAITING } from "./answers.js";

/** How far a run has come. */
export interface Progress {
  /** What goes on: files are uploaded, the job waits, the job runs, a result is downloaded. */
  readonly stage: "upload" | "queue" | "run" | "download";
  /** How much of this stage is done, from 0 to 1. */
  readonly fraction: number;
  /** The job, from its submission on. */
  readonly jobId?: string;
  /** Which request it is, where there are many. */
  readonly index?: number;
}

/** Is called whenever there is progress; what it throws ends the run. */
export type OnProgress = (progress: Progress) => void;

/** Tells how far a run has come, each thing once. */
export class Teller {
  readonly #onProgress: OnProgress | undefined;
  readonly #index: { index?: number };
  #last = "";
  #done = 0;
  #total = 1;

  constructor(onProgress: OnProgress | undefined, index?: number) {
    this.#onProgress = onProgress;
    this.#index = index === undefined ? {} : { index };
  }

  /** Note how many bytes there are to be moved in all. */
  expect(size: number): void {
    [this.#done, this.#total] = [0, size || 1];
  }

  /** Tell that so many bytes more were moved, or (negative) have to be moved again. */
  moved(stage: "upload" | "download", size: number): void {
    this.#done += size;
    this.#tell({ stage, fraction: Math.min(1, this.#done / this.#total) });
  }

  /** Tell what a job has come to. */
  job(job: JobFacts): void {
    this.#tell({ stage: WAITING.includes(job.status) ? "queue" : "run", fraction: job.progress, jobId: job.id });
  }

  #tell(progress: Progress): void {
    const text = JSON.stringify(progress);
    if (text === this.#last) return;
    this.#last = text;
    this.#onProgress?.({ ...progress, ...this.#index });
  }
}
