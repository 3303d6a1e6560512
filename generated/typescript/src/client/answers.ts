/** Responses of the API: their JSON, or an error. */

import {
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  UnprocessableEntityError,
} from "./api_errors.js";
import type { Redact } from "./causes.js";
import { ApiError, Unreadable } from "./errors.js";
import { LIMITED, REASONS, REQUEST_IDS, SERVER_ERROR, TRACE_IDS } from "./facts.js";
import { objectOr, plain } from "./responses.js";

const MAX_ID = 100; // characters of the id of a request

/** A response: its JSON, and its header `Date` as it is (empty if it has none). */
export interface ApiResponse {
  readonly data: unknown;
  readonly date: string;
}

const CLASSES: Readonly<Record<number, typeof ApiError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionDeniedError,
  404: NotFoundError,
  409: ConflictError,
  422: UnprocessableEntityError,
  [LIMITED]: RateLimitError,
};

/** Read a response of the API, whose body is this text; throws ApiError if its status is an error. */
export function readResponse(response: Response, text: string, base: string, redact: Redact): ApiResponse {
  const { ok, status, headers } = response;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    if (ok) throw new Unreadable(`the response with status ${status} is not JSON`);
  }
  if (ok) return { data, date: headers.get("date") ?? "" };
  const words = objectOr(data);
  const why = redirectOf(response, base) || REASONS.map((name) => redact(plain(words[name]))).find(Boolean) || "";
  throw makeApiError(status, why, readRequestId(headers, words), readRetryAfter(headers.get("retry-after") ?? ""));
}

/** Make an error of the class of its status. */
export function makeApiError(status: number, reason: string, requestId: string, retryAfter: number): ApiError {
  const Kind = CLASSES[status] ?? (status >= SERVER_ERROR ? InternalServerError : ApiError);
  return new Kind(status, reason, requestId, retryAfter);
}

/** Read the id by which the service finds a request in its own log; empty where a response has none. */
export function readRequestId(headers: Headers, body: Readonly<Record<string, unknown>> = {}): string {
  const found = [...REQUEST_IDS.map((name) => headers.get(name)), ...TRACE_IDS.map((name) => body[name])];
  return plain(found.map(plain).find(Boolean)).slice(0, MAX_ID);
}

/** Tell where a response sends the client, which does not go there with the key; empty if it does not. A page is not told where. */
function redirectOf({ status, type, headers }: Response, base: string): string {
  if (type !== "opaqueredirect" && !(status >= 300 && status < 400)) return "";
  const where = plain(headers.get("location") ?? "");
  return `a redirect${where && ` to ${where}`}, where no key is sent: is ${base} the right baseUrl?`;
}

/** Read a Retry-After, seconds or a date, as milliseconds; 0 if it is neither. */
function readRetryAfter(text: string): number {
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return milliseconds > 0 ? milliseconds : 0;
}
