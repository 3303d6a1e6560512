/** The errors that this package throws. */

import { NAME } from "./package.js";
import type { Problem } from "./problems.js";
import { withoutSignatures } from "./values.js";

const MAX_SHOWN = 20; // problems in a message
const MAX_NAME_LENGTH = 1000; // characters of a model's id or a pointer in a message; both may be anything

const OURS: unique symbol = Symbol.for(`${NAME}.error`); // alike in both halves of the package

/** The class of all errors of this package. `instanceof` knows an error also where one half of it was imported, and the other required. */
export class ClientError extends Error {
  /** What this class is called, also where names are shortened. */
  static readonly kind: string = "ClientError";
  protected static readonly [OURS] = true;
  override name = (this.constructor as typeof ClientError).kind;
  /**
   * The job that was submitted before the error, if any. `client.job(id)` gets it. It may still be running, unless the error says
   * otherwise: after an `ApiError` with status 404 the service has no such job now, though it may have been billed.
   */
  jobId?: string;

  /** Give what is known of it to `JSON.stringify`: its name, message and facts, and the error of this package that caused it. */
  toJSON(): Record<string, unknown> {
    const { cause, ...facts } = this as { cause?: unknown };
    return { name: this.name, message: this.message, ...facts, ...(cause instanceof ClientError && { cause }) };
  }

  static override [Symbol.hasInstance](value: unknown): boolean {
    const isNamed = Object.hasOwn(this, "kind"); // else it is a class of yours
    return isNamed ? listKinds(value).includes(this.kind) : Function.prototype[Symbol.hasInstance].call(this, value);
  }
}

/** List the kinds of an error of this package, its own first; none of any other value. */
function listKinds(value: unknown): string[] {
  const kinds: string[] = [];
  const own: unknown = typeof value === "object" && value !== null && value.constructor;
  for (let one = own; typeof one === "function" && OURS in one; one = Object.getPrototypeOf(one))
    if (Object.hasOwn(one, "kind")) kinds.push(String((one as Partial<typeof ClientError>).kind));
  return kinds;
}

/** Give an error a message that is computed when it is first read. */
export function setLazyMessage<Failure extends Error>(error: Failure, compute: () => string): Failure {
  const keep = (value: string): Error =>
    Object.defineProperty(error, "message", { value, writable: true, configurable: true });
  return Object.defineProperty(error, "message", { get: () => keep(compute()).message, set: keep, configurable: true });
}

/** This version of the package has no model of that id. */
export class UnknownModel extends ClientError {
  static override readonly kind: string = "UnknownModel";
}

/** A request breaks the rules of its model; nothing was sent. */
export class InvalidRequest extends ClientError {
  static override readonly kind: string = "InvalidRequest";
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
