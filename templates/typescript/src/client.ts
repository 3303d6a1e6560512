/** The client, its errors and types, without the list of models: of one size, however many models there are. */

export {
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "./client/api_errors.js";
export { Client } from "./client/client.js";
export type {
  CallOptions,
  ErrorClass,
  EstimateManyOptions,
  RunManyOptions,
  RunOptions,
  UploadOptions,
  WaitOptions,
} from "./client/call_options.js";
export type { FileKind, JobStatus } from "./client/facts.js";
export type { JobsOptions } from "./client/job_filters.js";
export type { Asset, Job, Outcome, Result, ResultFacts } from "./client/jobs.js";
export type { Progress } from "./client/progress.js";
export type { AssetFacts, Estimate, JobFacts } from "./client/responses.js";
export type { ClientOptions } from "./client/settings.js";
export type { HeadersOption } from "./client/headers.js";
export type { Logger, LogLevel } from "./client/log.js";
export {
  Aborted,
  ApiError,
  DownloadFailed,
  FileRefused,
  InvalidEvent,
  InvalidSetting,
  InvalidUrl,
  JobCanceled,
  JobError,
  JobFailed,
  JobTimeout,
  MaxCostExceeded,
  NoKey,
  NotPermitted,
  NotReached,
  NotSubmitted,
  SubmissionUnknown,
  Unreadable,
  UploadFailed,
} from "./client/errors.js";
export * from "./core.js";
export { type AnyKind, anyKind, type FileInput, type StoredFile } from "./files.js";
