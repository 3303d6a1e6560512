/** The errors that this package throws. */

import type { Problem } from "./problems.js";
import { withoutSignatures } from "./values.js";

const MAX_SHOWN = 20; // problems in a message
const MAX_NAME_LENGTH = 1000; // characters of a model's id or a pointer in a message; both may be anything

/** The class of all errors of this package. */
export class ClientError extends Error {
  override name = "ClientError";
  /**
   * The job that was submitted before the error, if any. `client.job(id)` gets it. It may still be running, unless the error says
   * otherwise: after an `ApiError` with status 404 the service has no such job now, though it may have been billed.
   */
  jobId?: string;
}

/** Give an error a message that is computed when it is first read. */
export function setLazyMessage<Failure extends Error>(error: Failure, compute: () => string): Failure {
  const keep = (value: string): Error =>
    Object.defineProperty(error, "message", { value, writable: true, configurable: true });
  return Object.defineProperty(error, "message", { get: () => keep(compute()).message, set: keep, configurable: true });
}

/** This version of the package has no model of that id. */
export class UnknownModel extends ClientError {
  override name = "UnknownModel";
}

/** A request breaks the rules of its model; nothing was sent. */
export class InvalidRequest extends ClientError {
  override name = "InvalidRequest";
  readonly modelId: string;
  readonly problems: readonly Problem[];

  /** `hint` says at the end of the message what to do about them. */
  constructor(modelId: string, problems: readonly Problem[], hint = "") {
    super();
    this.modelId = modelId;
    this.problems = problems;
    setLazyMessage(this, () => {
      const shown = (name: string) => withoutSignatures(name.slice(0, MAX_NAME_LENGTH));
      const messages = problems
        .slice(0, MAX_SHOWN)
        .map(({ pointer, message }) => `${shown(pointer) || "/"}: ${message}`);
      const more = problems.length - messages.length;
      return `${shown(modelId)}: ${messages.join("; ")}${more > 0 ? `; and ${more} more` : ""}${hint && `; ${hint}`}`;
    });
  }
}
