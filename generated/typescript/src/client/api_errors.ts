/** Errors of the API by their status, under the names that other SDKs have for them. */

import { ApiError } from "./errors.js";

/** The request is wrong, as the message says: status 400. */
export class BadRequestError extends ApiError {
  static override readonly kind: string = "BadRequestError";
}

/** The key is wrong: status 401. */
export class AuthenticationError extends ApiError {
  static override readonly kind: string = "AuthenticationError";
}

/** The key may not do this: status 403. */
export class PermissionDeniedError extends ApiError {
  static override readonly kind: string = "PermissionDeniedError";
}

/** There is no such job, model or asset: status 404. */
export class NotFoundError extends ApiError {
  static override readonly kind: string = "NotFoundError";
}

/** The request conflicts with another one: status 409. */
export class ConflictError extends ApiError {
  static override readonly kind: string = "ConflictError";
}

/** The request cannot be processed: status 422. */
export class UnprocessableEntityError extends ApiError {
  static override readonly kind: string = "UnprocessableEntityError";
}

/** Too many requests: status 429. */
export class RateLimitError extends ApiError {
  static override readonly kind: string = "RateLimitError";
}

/** The service failed: a status from 500. */
export class InternalServerError extends ApiError {
  static override readonly kind: string = "InternalServerError";
}
