/** What every request is: a checked, frozen value that knows the JSON to send. */

import { InvalidRequest } from "./errors.js";
import { isObject, pointerTo, type Problem, show } from "./problems.js";

/**
 * A file to send: a `Blob` (a `File`, say) or bytes, to be uploaded before the request is sent; or the id of an asset, an `https`
 * address or a data URL.
 */
export type FileInput = Blob | Uint8Array | string;

const DEEPEST = 200; // arrays and objects in each other

/** What is known of a model beside its rules: which parameters take files, and the defaults that are always sent. */
export interface Habits {
  readonly files: readonly string[];
  readonly always: Readonly<Record<string, unknown>>;
}

/** A request to a model, checked when it was made: frozen, usable without a network. Made by the function of its model. */
export class ModelRequest<Parameters extends object = object> {
  /** The id that the API knows the model by. */
  readonly modelId: string;
  /** What was set. */
  readonly parameters: Readonly<Parameters>;
  /** What `unlisted` has added. */
  readonly added: Readonly<Record<string, unknown>>;
  readonly #habits: Habits;

  /** Nothing is checked here: call the function of a model, or `anyModel`. */
  constructor(modelId: string, parameters: Parameters, added: Readonly<Record<string, unknown>>, habits: Habits) {
    this.modelId = modelId;
    this.parameters = copyOf(modelId, parameters) as Parameters;
    this.added = copyOf(modelId, added) as Record<string, unknown>;
    this.#habits = habits;
    Object.freeze(this);
  }

  /** The parameters that take files. */
  get files(): readonly string[] {
    return this.#habits.files;
  }

  /**
   * Give the JSON to send: what was set, and the defaults of required parameters.
   *
   * Local files stand in it as they were given: each is to be uploaded, and its asset's id put in its place.
   */
  body(): Record<string, unknown> {
    return { ...this.#habits.always, ...this.parameters, ...this.added };
  }

  /**
   * Give this request with raw values added, unchecked: a new choice or a new parameter, which the service has learned since this
   * package was generated.
   */
  unlisted(parameters: Readonly<Record<string, unknown>>): ModelRequest<Parameters> {
    return new ModelRequest(this.modelId, this.parameters, { ...this.added, ...parameters }, this.#habits);
  }
}

/** Make a request to a model that this version of the package does not know. Nothing in it is checked. */
export function anyModel(modelId: string, parameters: Readonly<Record<string, unknown>>): ModelRequest {
  return new ModelRequest(modelId, parameters, {}, { files: [], always: {} });
}

function copyOf(modelId: string, value: unknown): unknown {
  try {
    return mapLeaves(value, (leaf) => leaf);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidRequest(modelId, [{ pointer: "", code: "type", message: error.message }]);
  }
}

/** Check parameters and make a request of them. */
export function makeRequest<Parameters extends object>(
  modelId: string,
  parameters: Parameters,
  validate: (payload: unknown) => readonly Problem[],
  habits: Habits,
): ModelRequest<Parameters> {
  const request = new ModelRequest(modelId, parameters, {}, habits);
  const problems: Problem[] = [];
  const payload = mapLeaves(isObject(parameters) ? request.body() : parameters, (value, path) => {
    if (!habits.files.includes(String(path[0]))) return value;
    const isText = typeof value === "string" && !/^(asset_|https:\/\/|data:)/.test(value);
    const isOdd = typeof value === "object" && value !== null && !isLocal(value); // an ArrayBuffer or a promise, say
    if (isText || isOdd) {
      const shown = isText ? show(value) : `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
      const message = `${shown} is no asset id, https address or data URL; for a local file give a Blob or bytes`;
      problems.push({ pointer: pointerTo(...path), code: "type", message });
    }
    return isLocal(value) || isOdd ? "asset_" : value; // as it will be sent
  });
  const found = [...problems, ...validate(payload)];
  if (found.length) throw new InvalidRequest(modelId, found);
  return request;
}

/** Tell whether a value is a file that is to be uploaded. */
export function isLocal(value: unknown): value is Blob | Uint8Array {
  return value instanceof Blob || value instanceof Uint8Array;
}

/**
 * Copy JSON with files in it, frozen and without what is undefined; `change` gives what stands in the place of whatever is neither
 * an array nor a plain object, at a path that holds for this call alone.
 *
 * @throws {RangeError} It is nested too deeply.
 */
export function mapLeaves(
  value: unknown,
  change: (leaf: unknown, path: readonly (string | number)[]) => unknown,
  path: (string | number)[] = [],
): unknown {
  if (path.length > DEEPEST) throw new RangeError("it is nested too deeply");
  const mapAt = (part: string | number, inner: unknown): unknown => {
    path.push(part);
    const mapped = mapLeaves(inner, change, path);
    path.pop();
    return mapped;
  };
  if (Array.isArray(value)) return Object.freeze(value.map((inner, index) => mapAt(index, inner)));
  if (!isObject(value) || Object.prototype.toString.call(value) !== "[object Object]") return change(value, path);
  const kept = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.freeze(Object.fromEntries(kept.map(([name, inner]) => [name, mapAt(name, inner)])));
}
