/** Requests: checked, frozen values that give the JSON to send. */

import { InvalidRequest } from "./errors.js";
import { isFileList, takeChosen } from "./file_lists.js";
import { follow, isObject, type Judge, type JsonObject, pointerTo, type Problem } from "./problems.js";
import { show } from "./values.js";
import { alike } from "./vocabulary.js";

const MAX_DEPTH = 200; // levels of nested arrays and objects

/** Which parameters of a model take files, and the defaults that are always sent. */
export interface ModelDetails {
  readonly files: readonly string[];
  /** The kinds of file that they want if anything says so, and further places of files, in objects: JSON Pointers without indices. */
  readonly kinds?: Readonly<Record<string, string>>;
  /** The places that take an array of files. */
  readonly lists?: readonly string[];
  readonly always: Readonly<Record<string, unknown>>;
  /** Of all parameters. */
  readonly names: ReadonlySet<string>;
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
    this.parameters = copyOf(modelId, parameters, details) as Parameters;
    this.added = copyOf(modelId, added, details) as Record<string, unknown>;
    this.#details = details;
    Object.freeze(this);
  }

  /** The parameters that take files. */
  get files(): readonly string[] {
    return this.#details.files;
  }

  /**
   * Return which kind of file is wanted at a path in the body, in the vendor's word, such as `video`: empty if nothing says so, or `unlisted`
   * put it there; undefined if no file is.
   */
  wantedKind(path: readonly (string | number)[]): string | undefined {
    const wanted = wantedKind(this.#details, path);
    return wanted && Object.hasOwn(this.added, path[0]!) ? "" : wanted;
  }

  /**
   * Return the JSON to send: the parameters, and the defaults of required ones.
   *
   * What is not JSON, such as a local file, is still in it.
   */
  body(): Record<string, unknown> {
    return { ...this.#details.always, ...this.parameters, ...this.added };
  }

  /**
   * Return a copy of this request with more parameters, unchecked: for a choice or a parameter that is newer than this package.
   * Throws a TypeError if a name differs from a parameter only in capitals or underscores.
   */
  unlisted(parameters: Readonly<Record<string, unknown>>): ModelRequest<Parameters> {
    checkParameters("unlisted", parameters);
    const more = copyOf(this.modelId, parameters, this.#details) as Record<string, unknown>;
    for (const name of Object.keys(more)) {
      const meant = this.#details.names.has(name) ? undefined : alike(name, this.#details.names);
      if (meant !== undefined)
        throw new TypeError(`unlisted: there is no parameter ${show(name)}; did you mean ${show(meant)}?`);
    }
    return new ModelRequest(this.modelId, this.parameters, { ...this.added, ...more }, this.#details);
  }
}

/** Make a request to a model that is newer than this package. Its parameters are not checked. */
export function anyModel(modelId: string, parameters: Readonly<Record<string, unknown>>): ModelRequest {
  if (typeof modelId !== "string") throw new TypeError(`anyModel: the id of a model is a string, not ${show(modelId)}`);
  checkParameters("anyModel", parameters);
  return new ModelRequest(modelId, parameters, {}, { files: [], always: {}, names: new Set() });
}

function checkParameters(where: string, given: unknown): void {
  if (!isObject(given))
    throw new TypeError(`${where} takes parameters such as { prompt: "a cat" }, not ${show(given)}`);
}

/** Copy parameters; throws InvalidRequest if they cannot be read, or are of a class that has none, such as a Promise. */
function copyOf(modelId: string, value: unknown, details: ModelDetails): unknown {
  const path: (string | number)[] = []; // ends where an error is thrown
  const take = (leaf: unknown): unknown => {
    const isInArray = typeof path.at(-1) === "number";
    const isFile = wantedKind(details, path) !== undefined;
    return takeChosen(leaf, isInArray, isFile && (isInArray || !details.lists?.includes(placeOf(path))));
  };
  try {
    const copy = mapLeaves(value, take, path);
    if (copy !== value || !isObject(value)) return copy;
  } catch (error) {
    throw refuse(modelId, value, path, error);
  }
  const hint = typeof value["then"] === "function" ? "; await it" : "";
  throw new InvalidRequest(modelId, [
    { pointer: "", code: "type", message: `${show(value)} has no parameters${hint}` },
  ]);
}

/** Make the error of parameters that end at a path: a circle, or too deep, or what throws, such as a getter or a proxy. */
function refuse(modelId: string, value: unknown, path: readonly (string | number)[], error: unknown): InvalidRequest {
  const isDeep = path.length > MAX_DEPTH;
  const circle = isDeep ? findCircle(value, path) : 0;
  const message = circle ? "it contains itself; leave it out" : isDeep ? "it is nested too deeply" : unreadable(error);
  const pointer = pointerTo(...path.slice(0, isDeep ? circle || 1 : undefined));
  return new InvalidRequest(modelId, [{ pointer, code: "type", message }]);
}

/** Say that a value cannot be read, and why. */
export function unreadable(error: unknown): string {
  return `it cannot be read: ${show(String(Object(error).message ?? error))}`;
}

/** Return how many parts of a path lead to an object that is also around this place; 0 if there is none. */
function findCircle(value: unknown, path: readonly (string | number)[]): number {
  const around = new Set<unknown>();
  for (const [index, part] of path.entries()) {
    if (around.has(value)) return index;
    around.add(value);
    value = Object(value)[part];
  }
  return 0;
}

/** Write the path to a value as a JSON Pointer without the indices of arrays. */
function placeOf(path: readonly (string | number)[]): string {
  return pointerTo(...path.filter((part) => typeof part === "string"));
}

function wantedKind({ files, kinds = {} }: Pick<ModelDetails, "files" | "kinds">, path: readonly (string | number)[]) {
  const place = placeOf(path);
  if (Object.hasOwn(kinds, place)) return kinds[place];
  return files.some((name) => pointerTo(name) === place) ? "" : undefined;
}

/** What finds the problems of the body of a request, or of what was given in place of parameters. */
export type Find = (body: unknown, validate: Judge, request: ModelRequest) => Problem[];

/** Check parameters and make a request of them; throws InvalidRequest. */
export function makeRequest<Parameters extends object>(
  modelId: string,
  parameters: Parameters,
  validate: Judge,
  details: Omit<ModelDetails, "names">,
  find: Find = (body) => validate(body),
): ModelRequest<Parameters> {
  const request = new ModelRequest(modelId, parameters, {}, { ...details, names: validate.names });
  const found = isObject(parameters)
    ? findWithBlanks(request.body(), (body) => find(body, validate, request))
    : find(parameters, validate, request);
  if (found.length) throw new InvalidRequest(modelId, found);
  return request;
}

/**
 * Find the problems of the body of a request. A blank that is wrong, as inputs of forms give it, is as good as nothing: what must be there
 * is missing. What may be left out is not left out by itself, since a number that was computed wrongly is NaN, too.
 */
function findWithBlanks(body: unknown, find: (body: unknown) => Problem[]): Problem[] {
  const problems = find(body);
  const blanks = new Map(problems.filter((one) => isBlank(one, body)).map((one) => [one.pointer, one]));
  if (!blanks.size) return problems;
  const found = find(mapLeaves(body, (leaf, path) => (blanks.has(pointerTo(...path)) ? undefined : leaf)));
  for (const { pointer } of found) blanks.delete(pointer);
  const left = [...blanks.values()].map(({ pointer, code }): Problem => {
    const message = `${show(follow(pointer, body)[1])} is blank; fill it in, or leave it out (undefined)`;
    return { pointer, code, message };
  });
  return [...found, ...left];
}

function isBlank({ pointer, code }: Problem, body: unknown): boolean {
  const [path, value] = follow(pointer, body);
  return (value === "" || Number.isNaN(value)) && code !== "unknown" && typeof path.at(-1) === "string";
}

/**
 * Copy JSON with files in it, frozen and without what is undefined or becomes so. `change` replaces each leaf: whatever is neither an
 * array nor a plain object, or `isLeaf`. The path that they get is only valid during the call.
 *
 * @throws {RangeError} It is nested too deeply.
 */
export function mapLeaves(
  value: unknown,
  change: (leaf: unknown, path: readonly (string | number)[]) => unknown,
  path: (string | number)[] = [],
  isLeaf?: (path: readonly (string | number)[]) => boolean,
): unknown {
  if (path.length > MAX_DEPTH) throw new RangeError("it is nested too deeply");
  if (Array.isArray(value))
    return Object.freeze(
      value.map((inner, index) => {
        path.push(index);
        const mapped = mapLeaves(inner, change, path, isLeaf);
        path.pop();
        return mapped;
      }),
    );
  if (!isTree(value, path) || isBlob(value) || isFileList(value) || isStream(value) || isLeaf?.(path))
    return change(value, path);
  const kept: [string, unknown][] = [];
  for (const name of Object.keys(value)) {
    path.push(name);
    const inner = value[name]; // may throw
    const mapped = inner === undefined ? undefined : mapLeaves(inner, change, path, isLeaf);
    if (mapped !== undefined) kept.push([name, mapped]);
    path.pop();
  }
  return Object.freeze(Object.fromEntries(kept));
}

/** Tell whether a value is an object of no class, of whatever realm. All parameters together may be of one: its properties count. */
function isTree(value: unknown, path: readonly unknown[]): value is JsonObject {
  if (!isObject(value)) return false;
  if (!path.length) return Object.prototype.toString.call(value) === "[object Object]";
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Tell whether a value is a Blob, of whatever realm or library. */
export function isBlob(value: unknown): value is Blob {
  if (!isObject(value) || ArrayBuffer.isView(value)) return false;
  return typeof value["size"] === "number" && typeof value["type"] === "string" && typeof value["slice"] === "function";
}

/** Tell whether a value is a stream, of the web or of Node, or anything else that gives one piece after the other. */
export function isStream(value: unknown): value is ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> {
  if (!isObject(value)) return false;
  const { getReader, [Symbol.asyncIterator]: iterate } = value as {
    getReader?: unknown;
    [Symbol.asyncIterator]?: unknown;
  };
  return typeof (getReader ?? iterate) === "function";
}
