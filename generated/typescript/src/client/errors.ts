/** The errors of a client. */

import { ClientError } from "../errors.js";

/** The API key is missing, or has characters that cannot be sent. */
export class NoKey extends ClientError {
  static override readonly kind: string = "NoKey";
}

/** A variable of the environment has a wrong value; nothing was sent. A wrong option is a TypeError or a RangeError. */
export class InvalidSetting extends ClientError {
  static override readonly kind: string = "InvalidSetting";
}

/** Deno denies what the client needs; nothing was sent. */
export class NotPermitted extends ClientError {
  static override readonly kind: string = "NotPermitted";
}

/** `baseUrl`, or the variable in its place, is not the URL of an API; nothing was sent. */
export class InvalidUrl extends InvalidSetting {
  static override readonly kind: string = "InvalidUrl";
}

/** A file is empty or cannot be read; nothing was submitted. */
export class FileRefused extends ClientError {
  static override readonly kind: string = "FileRefused";
}

/** A file could not be uploaded; nothing was submitted or billed. */
export class UploadFailed extends ClientError {
  static override readonly kind: string = "UploadFailed";
}

/** Timed out before anything was submitted; nothing was billed. */
export class NotSubmitted extends ClientError {
  static override readonly kind: string = "NotSubmitted";
}

/**
 * A request was not submitted, since the batch would cost more than `maxCost`; nothing was billed for it.
 *
 * `cost` is what it would cost, `promised` what the others cost that were submitted, in creative units.
 */
export class MaxCostExceeded extends ClientError {
  static override readonly kind: string = "MaxCostExceeded";
  readonly modelId: string;
  readonly cost: number;
  readonly promised: number;
  readonly maxCost: number;

  constructor(modelId: string, cost: number, promised: number, maxCost: number, units: string) {
    const [due, spent, most] = [cost, promised, maxCost].map((amount) => Number(amount.toPrecision(6)));
    super(`${modelId} was not submitted: it would cost ${due} ${units}, and ${spent} of at most ${most} are spent`);
    this.modelId = modelId;
    this.cost = cost;
    this.promised = promised;
    this.maxCost = maxCost;
  }
}

/** The API responded with an error status; there is a class for each of the usual ones, such as `NotFoundError`. */
export class ApiError extends ClientError {
  static override readonly kind: string = "ApiError";
  /** The HTTP status, such as 400. */
  readonly status: number;
  /** Why, in the service's words; empty if it gives no reason. */
  readonly reason: string;
  /** The id of this request for the service's support; empty if there is none. */
  readonly requestId: string;
  /** The response's `Retry-After` in milliseconds; 0 if it has none. */
  readonly retryAfter: number;

  constructor(status: number, reason: string, requestId: string, retryAfter: number) {
    super(`the API responded with status ${status}${reason && `: ${reason}`}${requestId && ` (request ${requestId})`}`);
    this.status = status;
    this.reason = reason;
    this.requestId = requestId;
    this.retryAfter = retryAfter;
  }
}

/**
 * There was no response, or only a part of one. `isUnsent`: the request certainly never reached the service. `cause` is the error of
 * `fetch`, without what it may show of a key or a signed URL; there is none if it took too long.
 */
export class NotReached extends ClientError {
  static override readonly kind: string = "NotReached";
  /** Such as `ECONNREFUSED`, or `timed out`. */
  readonly why: string;
  readonly isUnsent: boolean;

  constructor(server: string, why: string, isUnsent: boolean, cause?: unknown) {
    super(
      isUnsent ? `${server} cannot be reached (${why})` : `no response from ${server} (${why})`,
      cause === undefined ? {} : { cause },
    );
    this.why = why;
    this.isUnsent = isUnsent;
  }
}

/** A response of the service is not what the API documents. */
export class Unreadable extends ClientError {
  static override readonly kind: string = "Unreadable";
}

/**
 * The signal was aborted. A job that was already submitted (`jobId`) is still running, unless it was canceled (`isCanceled`).
 *
 * `cause` is the signal's reason; as with `fetch`, the `name` is "TimeoutError" for `AbortSignal.timeout()`, else "AbortError".
 */
export class Aborted extends ClientError {
  static override readonly kind: string = "Aborted";
  override name = "AbortError";
  isCanceled = false;

  constructor(reason?: unknown) {
    const { name, message } = Object(reason) as { name?: unknown; message?: unknown };
    const why = name === "AbortError" ? "" : typeof reason === "string" ? reason : message;
    super(
      `the signal was aborted${typeof why === "string" && why ? `: ${why}` : ""}`,
      reason === undefined ? {} : { cause: reason },
    );
    if (name === "TimeoutError") this.name = name;
  }
}

/**
 * The response to a paid request was lost, and it is unknown whether its job exists. If you submit it again, you may pay twice.
 *
 * `body` is what was sent, `since` the server's time, ISO 8601, after which the job was created if it exists (empty if unknown);
 * `candidates` are the ids of jobs that may be it. `cause` is why its response was lost, or the jobs cannot be listed.
 */
export class SubmissionUnknown extends ClientError {
  static override readonly kind: string = "SubmissionUnknown";
  readonly modelId: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly since: string;
  readonly candidates: readonly string[];

  constructor(
    modelId: string,
    body: Readonly<Record<string, unknown>>,
    since: string,
    candidates: readonly string[],
    why: string,
    cause?: unknown,
  ) {
    const created = since ? `after ${since}` : "just now";
    const maybe = candidates.length ? ` (perhaps ${candidates.join(" or ")})` : "";
    super(
      `it is unknown whether ${modelId} was submitted: ${why}. Before you submit it again, look in client.jobs(), for a few ` +
        `minutes, for a job created ${created}${maybe}, and call its wait()`,
    );
    if (cause !== undefined) this.cause = cause;
    this.modelId = modelId;
    this.body = body;
    this.since = since;
    this.candidates = candidates;
  }
}

/** A job that was submitted gave no result. */
export class JobError extends ClientError {
  static override readonly kind: string = "JobError";

  constructor(jobId: string, message: string) {
    super(message);
    this.jobId = jobId;
  }
}

/** The job failed; `reason` and `hint` are the service's words, or empty. */
export class JobFailed extends JobError {
  static override readonly kind: string = "JobFailed";
  readonly reason: string;
  readonly hint: string;

  constructor(jobId: string, reason: string, hint: string) {
    const words = [reason, hint].filter(Boolean).join(". ");
    super(jobId, `job ${jobId} failed: ${words || "the service does not say why"}`);
    this.reason = reason;
    this.hint = hint;
  }
}

export class JobCanceled extends JobError {
  static override readonly kind: string = "JobCanceled";
}

/** Timed out; the job is still running and may be billed. `client.job(jobId)` gets it later. */
export class JobTimeout extends JobError {
  static override readonly kind: string = "JobTimeout";
}

/** The file of an asset could not be downloaded; it is still available. */
export class DownloadFailed extends ClientError {
  static override readonly kind: string = "DownloadFailed";
}

/** What was posted to a webhook is no event. */
export class InvalidEvent extends ClientError {
  static override readonly kind: string = "InvalidEvent";
}

/** An error that a retry may mend. Users see another error in its place. */
export class TransientError extends ClientError {}
