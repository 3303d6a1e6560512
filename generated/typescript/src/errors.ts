/** What can go wrong while a model is run. */

import { type Problem, withoutSignatures } from "./problems.js";

const MOST_TOLD = 20; // problems in the message of an error
const LONGEST_TOLD = 1000; // characters of a name that may be none: the model, or where a problem is

/** Something went wrong while a model was run. */
export class ClientError extends Error {
  override name = "ClientError";
  /** The job that was submitted before, and goes on unless this says otherwise: `client.job(id)` takes it up. Undefined where there is none. */
  jobId?: string;
}

/** There is no API key, or one that cannot be sent. */
export class NoKey extends ClientError {
  override name = "NoKey";
}

/** Give an error a message that is worked out when it is read first. */
export function tellLater<Failure extends Error>(error: Failure, workOut: () => string): Failure {
  const keep = (value: string): Error =>
    Object.defineProperty(error, "message", { value, writable: true, configurable: true });
  return Object.defineProperty(error, "message", { get: () => keep(workOut()).message, set: keep, configurable: true });
}

/** There is no such model in this version of the package. */
export class UnknownModel extends ClientError {
  override name = "UnknownModel";
}

/** A request breaks the rules of its model; nothing was sent. */
export class InvalidRequest extends ClientError {
  override name = "InvalidRequest";
  readonly modelId: string;
  readonly problems: readonly Problem[];

  constructor(modelId: string, problems: readonly Problem[]) {
    super();
    this.modelId = modelId;
    this.problems = problems;
    tellLater(this, () => {
      const shown = (name: string) => withoutSignatures(name.slice(0, LONGEST_TOLD));
      const told = problems.slice(0, MOST_TOLD).map(({ pointer, message }) => `${shown(pointer) || "/"}: ${message}`);
      const more = problems.length - told.length;
      return `${shown(modelId)}: ${told.join("; ")}${more > 0 ? `; and ${more} more` : ""}`;
    });
  }
}

/** A file cannot be sent: it is empty or unreadable. Nothing was submitted. */
export class FileRefused extends ClientError {
  override name = "FileRefused";
}

/** A file could not be uploaded; nothing was submitted, and nothing paid. */
export class UploadFailed extends ClientError {
  override name = "UploadFailed";
}

/** The time was over before anything was submitted; nothing was paid. */
export class NotSubmitted extends ClientError {
  override name = "NotSubmitted";
}

/** The API refused what it was asked. */
export class ApiError extends ClientError {
  override name = "ApiError";
  /** The status of its answer, such as 400. */
  readonly status: number;
  /** Why, in the service's words; empty where it gives none. */
  readonly reason: string;
  /** What to name to the service's support; empty where it gives none. */
  readonly traceId: string;
  /** How long it asks to wait, in milliseconds; 0 where it does not. */
  readonly retryAfter: number;

  constructor(status: number, reason: string, traceId: string, retryAfter: number) {
    super(`the API answers ${status}${reason && `: ${reason}`}${traceId && ` (trace ${traceId})`}`);
    this.status = status;
    this.reason = reason;
    this.traceId = traceId;
    this.retryAfter = retryAfter;
  }
}

/** There was no answer, or it broke off. `isUnsent`: the request never left. */
export class NotReached extends ClientError {
  override name = "NotReached";
  readonly isUnsent: boolean;

  constructor(host: string, why: string, isUnsent: boolean) {
    super(`no answer from ${host} (${why})`);
    this.isUnsent = isUnsent;
  }
}

/** An answer of the service is not what the API should give. */
export class Unreadable extends ClientError {
  override name = "Unreadable";
}

/** The signal was aborted. A job that was submitted (`jobId`) goes on, unless it was canceled (`isCanceled`). */
export class Aborted extends ClientError {
  override name = "AbortError";
  override message = "the signal was aborted";
  isCanceled = false;
}

/**
 * The answer to a paid request was lost, and it cannot be known whether its job exists. Submitting it again may pay twice.
 *
 * `since` is the server's time, ISO 8601, after which the job would have been made (empty where even that is unknown); `candidates`
 * are jobs that may be it.
 */
export class SubmissionUnknown extends ClientError {
  override name = "SubmissionUnknown";
  readonly modelId: string;
  readonly since: string;
  readonly candidates: readonly string[];

  constructor(modelId: string, since: string, candidates: readonly string[], why: string) {
    const made = since ? `after ${since}` : "just now";
    const named = candidates.length ? ` (perhaps ${candidates.join(" or ")})` : "";
    super(
      `it is not known whether ${modelId} was submitted: ${why}. Before you submit it again, look in client.jobs(), a few ` +
        `minutes long, for a job made ${made}${named}, and take it up with its wait()`,
    );
    this.modelId = modelId;
    this.since = since;
    this.candidates = candidates;
  }
}

/** A job has no result. */
export class JobError extends ClientError {
  constructor(jobId: string, message: string) {
    super(`job ${jobId} ${message}`);
    this.jobId = jobId;
  }
}

/** A job has failed; `reason` and `hint` are the service's words, and empty where it gives none. */
export class JobFailed extends JobError {
  override name = "JobFailed";
  readonly reason: string;
  readonly hint: string;

  constructor(jobId: string, reason: string, hint: string) {
    const said = [reason, hint].filter(Boolean).join(". ");
    super(jobId, `has failed: ${said || "the service does not say why"}`);
    this.reason = reason;
    this.hint = hint;
  }
}

/** A job was canceled. */
export class JobCanceled extends JobError {
  override name = "JobCanceled";
}

/** The time was over before a job was. It goes on, and is paid for: take it up later by its `jobId`. */
export class JobTimeout extends JobError {
  override name = "JobTimeout";
}

/** The file of an asset could not be fetched; it is still there. */
export class DownloadFailed extends ClientError {
  override name = "DownloadFailed";
}

/** Something that may go better the next time. What comes of it in the end is another error. */
export class Passing extends ClientError {}
