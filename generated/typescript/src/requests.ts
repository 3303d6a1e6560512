/** Requests: checked, frozen values that give the JSON to send. */

import { findWithBlanks } from "./blanks.js";
import { InvalidRequest } from "./errors.js";
import { takeChosen } from "./file_values.js";
import { type Path, placeOf, pointerTo, readPointer } from "./pointers.js";
import type { FilePlaces, Judge, Problem } from "./problems.js";
import { mapLeaves, MAX_LEVELS } from "./trees.js";
import { isObject, sayUnreadable, show } from "./values.js";
import { alike } from "./vocabulary.js";

/** What is known of a model: what finds the problems of a payload, and the defaults that are always sent. */
export interface Model {
  readonly id: string;
  readonly judge: Judge;
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Finds the problems of the body of a request, or of what was given in place of parameters, where files may be in it. */
  readonly findProblems?: (body: unknown, judge: Judge) => Problem[];
}

type Details = Pick<Model, "defaults"> & Pick<Judge, "names" | "files">;

// No private field of requests: with one, those of the two halves of the package would have types that differ.
const DETAILS = new WeakMap<ModelRequest, Details>();

/** A frozen request to a model, checked when the model's function made it. Needs no network. */
export class ModelRequest<Parameters extends object = object> {
  /** The model's id in the API. */
  readonly modelId: string;
  /** The parameters that were given. */
  readonly parameters: Readonly<Parameters>;
  /** The parameters that `unlisted` added. */
  readonly added: Readonly<Record<string, unknown>>;

  /** Does not check anything: call the function of a model, or `anyModel`, instead. */
  constructor(modelId: string, parameters: Parameters, added: Readonly<Record<string, unknown>>, details: Details) {
    this.modelId = modelId;
    this.parameters = copyParameters(modelId, parameters, details.files) as Parameters;
    this.added = copyParameters(modelId, added, details.files) as Record<string, unknown>;
    DETAILS.set(this, details);
    Object.freeze(this);
  }

  /** The parameters that take files. */
  get files(): readonly string[] {
    const paths = Object.keys(DETAILS.get(this)!.files).map(readPointer);
    return paths.filter(({ length }) => length === 1).flat();
  }

  /**
   * Return which kind of file is wanted at a path in the body, in the vendor's word, such as `video`: empty if nothing says so, or `unlisted`
   * put it there; undefined if no file is.
   */
  wantedKind(path: Path): string | undefined {
    const wanted = DETAILS.get(this)!.files[placeOf(path)]?.kind;
    return wanted && Object.hasOwn(this.added, path[0]!) ? "" : wanted;
  }

  /**
   * Return the JSON to send: the parameters, and the defaults of required ones.
   *
   * What is not JSON, such as a local file, is still in it.
   */
  body(): Record<string, unknown> {
    return { ...DETAILS.get(this)!.defaults, ...this.parameters, ...this.added };
  }

  /**
   * Return a copy of this request with more parameters, unchecked: for a choice or a parameter that is newer than this package.
   * Throws a TypeError if a name differs from a parameter only in capitals or underscores.
   */
  unlisted(parameters: Readonly<Record<string, unknown>>): ModelRequest<Parameters> {
    checkIsObject("unlisted", parameters);
    const details = DETAILS.get(this)!;
    const more = copyParameters(this.modelId, parameters, details.files) as Record<string, unknown>;
    for (const name of Object.keys(more)) {
      const meant = details.names.has(name) ? undefined : alike(name, details.names);
      if (meant !== undefined)
        throw new TypeError(`unlisted: there is no parameter ${show(name)}; did you mean ${show(meant)}?`);
    }
    return new ModelRequest(this.modelId, this.parameters, { ...this.added, ...more }, details);
  }
}

/** Make a request to a model that is newer than this package. Its parameters are not checked. */
export function anyModel(modelId: string, parameters: Readonly<Record<string, unknown>>): ModelRequest {
  if (typeof modelId !== "string") throw new TypeError(`anyModel: the id of a model is a string, not ${show(modelId)}`);
  checkIsObject("anyModel", parameters);
  return new ModelRequest(modelId, parameters, {}, { names: new Set(), files: {}, defaults: {} });
}

/** Check parameters and make a request of them; throws InvalidRequest. */
export function makeRequest<Parameters extends object>(model: Model, parameters: Parameters): ModelRequest<Parameters> {
  const { id, judge, defaults, findProblems } = model;
  const find = (body: unknown): Problem[] => (findProblems ? findProblems(body, judge) : judge(body));
  const request = new ModelRequest(id, parameters, {}, { names: judge.names, files: judge.files, defaults });
  const found = isObject(parameters) ? findWithBlanks(request.body(), find) : find(parameters);
  if (found.length) throw new InvalidRequest(id, found);
  return request;
}

function checkIsObject(where: string, given: unknown): void {
  if (!isObject(given))
    throw new TypeError(`${where} takes parameters such as { prompt: "a cat" }, not ${show(given)}`);
}

/** Copy parameters; throws InvalidRequest if they cannot be read, or are of a class that has none, such as a Promise. */
function copyParameters(modelId: string, value: unknown, files: FilePlaces): unknown {
  const path: (string | number)[] = []; // ends where an error is thrown
  try {
    const copy = mapLeaves(value, (leaf) => takeChosen(leaf, path, files), path);
    if (copy !== value || !isObject(value)) return copy;
  } catch (error) {
    throw makeRefusal(modelId, value, path, error);
  }
  const hint = typeof value["then"] === "function" ? "; await it" : "";
  throw new InvalidRequest(modelId, [
    { pointer: "", code: "type", message: `${show(value)} has no parameters${hint}` },
  ]);
}

/** Make the error of parameters that end at a path: a circle, or too deep, or what throws, such as a getter or a proxy. */
function makeRefusal(modelId: string, value: unknown, path: Path, error: unknown): InvalidRequest {
  const isDeep = path.length > MAX_LEVELS;
  const circle = isDeep ? findCircle(value, path) : 0;
  const message = circle
    ? "it contains itself; leave it out"
    : isDeep
      ? "it is nested too deeply"
      : sayUnreadable(error);
  const pointer = pointerTo(...path.slice(0, isDeep ? circle || 1 : undefined));
  return new InvalidRequest(modelId, [{ pointer, code: "type", message }]);
}

/** Return how many parts of a path lead to an object that is also around this place; 0 if there is none. */
function findCircle(value: unknown, path: Path): number {
  const around = new Set<unknown>();
  for (const [index, part] of path.entries()) {
    if (around.has(value)) return index;
    around.add(value);
    value = Object(value)[part];
  }
  return 0;
}
