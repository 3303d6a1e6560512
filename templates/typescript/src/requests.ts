/** Requests: checked, frozen values that give the JSON to send. */

import { InvalidRequest } from "./errors.js";
import { isObject, pointerTo, type Problem, show } from "./problems.js";

/**
 * A file to send: a `Blob` (a `File`, say) or bytes, to be uploaded before the request is sent; or the id of an asset, an `https`
 * URL or a data URL.
 */
export type FileInput = Blob | Uint8Array | string;

const MAX_DEPTH = 200; // levels of nested arrays and objects

/** Which parameters of a model take files, and the defaults that are always sent. */
export interface ModelDetails {
  readonly files: readonly string[];
  readonly always: Readonly<Record<string, unknown>>;
}

/** A frozen request to a model, checked when the model's function made it. Needs no network. */
export class ModelRequest<Parameters extends object = object> {
  /** The model's id in the API. */
  readonly modelId: string;
  /** The parameters that were given. */
  readonly parameters: Readonly<Parameters>;
  /** The parameters that `unlisted` added. */
  readonly added: Readonly<Record<string, unknown>>;
  readonly #details: ModelDetails;

  /** Does not check anything: call the function of a model, or `anyModel`, instead. */
  constructor(
    modelId: string,
    parameters: Parameters,
    added: Readonly<Record<string, unknown>>,
    details: ModelDetails,
  ) {
    this.modelId = modelId;
    this.parameters = copyOf(modelId, parameters) as Parameters;
    this.added = copyOf(modelId, added) as Record<string, unknown>;
    this.#details = details;
    Object.freeze(this);
  }

  /** The parameters that take files. */
  get files(): readonly string[] {
    return this.#details.files;
  }

  /**
   * Return the JSON to send: the parameters, and the defaults of required ones.
   *
   * Local files are still in it: each must be uploaded, and replaced by the id of its asset.
   */
  body(): Record<string, unknown> {
    return { ...this.#details.always, ...this.parameters, ...this.added };
  }

  /**
   * Return a copy of this request with more parameters, unchecked: for a choice or a parameter that is newer than this package.
   */
  unlisted(parameters: Readonly<Record<string, unknown>>): ModelRequest<Parameters> {
    return new ModelRequest(this.modelId, this.parameters, { ...this.added, ...parameters }, this.#details);
  }
}

/** Make a request to a model that is newer than this package. Its parameters are not checked. */
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

/** Check parameters and make a request of them; throws InvalidRequest. */
export function makeRequest<Parameters extends object>(
  modelId: string,
  parameters: Parameters,
  validate: (payload: unknown) => readonly Problem[],
  details: ModelDetails,
): ModelRequest<Parameters> {
  const request = new ModelRequest(modelId, parameters, {}, details);
  const problems: Problem[] = [];
  const payload = mapLeaves(isObject(parameters) ? request.body() : parameters, (value, path) => {
    if (!details.files.includes(String(path[0]))) return value;
    const isText = typeof value === "string" && !/^(asset_|https:\/\/|data:)/.test(value);
    const isOdd = typeof value === "object" && value !== null && !isLocal(value); // an ArrayBuffer or a promise, say
    if (isText || isOdd) {
      const shown = isText ? show(value) : `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
      const message = `${shown} is not an asset id, https URL or data URL; for a local file give a Blob or bytes`;
      problems.push({ pointer: pointerTo(...path), code: "type", message });
    }
    return isLocal(value) || isOdd ? "asset_" : value; // as it will be sent
  });
  const found = [...problems, ...validate(payload)];
  if (found.length) throw new InvalidRequest(modelId, found);
  return request;
}

/** Tell whether a value is a local file, which must be uploaded. */
export function isLocal(value: unknown): value is Blob | Uint8Array {
  return value instanceof Blob || value instanceof Uint8Array;
}

/**
 * Copy JSON with files in it, frozen and without undefined values. `change` replaces each leaf: whatever is neither an array nor a
 * plain object. The path that it gets is only valid during the call.
 *
 * @throws {RangeError} It is nested too deeply.
 */
export function mapLeaves(
  value: unknown,
  change: (leaf: unknown, path: readonly (string | number)[]) => unknown,
  path: (string | number)[] = [],
): unknown {
  if (path.length > MAX_DEPTH) throw new RangeError("it is nested too deeply");
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
