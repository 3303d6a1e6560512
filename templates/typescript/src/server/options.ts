/** The options of a handler, and their checks. */

import { models } from "../catalogue.js";
import type { ClientOptions } from "../client/settings.js";
import { lookUp } from "../lookup.js";
import type { ModelId } from "../model_parameters.js";
import { isObject, show } from "../values.js";
import { makeMemory, type Store } from "./store.js";

/** What pages may do, beside the options of the client that calls the API. */
export interface HandlerOptions extends ClientOptions {
  /** The ids of the models that pages may run. */
  readonly models: readonly ModelId[];
  /**
   * Say whose a request is: return the id of a user, or a `Response` that refuses it, such as one of status 429 (without an id, it is
   * refused with status 401). Called for each request of a page before it is read: do not read its body here.
   */
  readonly authorize: (request: Request) => User | PromiseLike<User>;
  /** The path below which it is called, as in the `baseUrl` of the page's client (`/scenario`). */
  readonly path?: string | undefined;
  /** Signs the ids that pages get. By default made of the API's key: if that changes, pages lose their jobs. */
  readonly secret?: string | undefined;
  /** In creative units: a request that would cost more is refused. Its price is asked for first, which is free. */
  readonly maxCost?: number | undefined;
  /** In bytes, of an uploaded file (256 MiB). */
  readonly maxFileSize?: number | undefined;
  /** The ids of assets and models that pages may name in parameters, beside the assets that their user uploaded or made. */
  readonly shared?: readonly string[] | undefined;
  /** The origins of pages that may call, such as `https://example.com`, beside the handler's own. */
  readonly origins?: readonly string[] | undefined;
  /** Remembers paid requests; by default in the memory of this process. */
  readonly store?: Store | undefined;
  /** Called with each error that is not the page's fault; by default `console.error`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

type User = string | Response | null | undefined;

/** The options that are not the client's, complete. */
export interface Rules {
  readonly models: ReadonlySet<string>;
  readonly authorize: HandlerOptions["authorize"];
  readonly path: string;
  readonly secret: string | undefined;
  readonly maxCost: number;
  readonly maxFileSize: number;
  readonly shared: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  readonly store: Store;
  /** Whether others may have the store, so that it outlives this process. */
  readonly isShared: boolean;
  readonly onError: (error: unknown) => void;
}

const MAX_FILE_SIZE = 268_435_456;
const SECRET_LENGTH = 16;
const EXAMPLE = 'createHandler({ models: ["model_…"], authorize: (request) => userId })';
const KNOWN: ReadonlyMap<string, unknown> = new Map<string, unknown>(models.map((model) => [model.id, model]));

/** Complete and check the options; return what is the client's apart. Throws a TypeError, a RangeError or UnknownModel. */
export function readOptions(options: HandlerOptions): [rules: Rules, client: ClientOptions] {
  if (!isObject(options)) throw new TypeError(`options must be given: ${EXAMPLE}`);
  const { models, authorize, path, secret, maxCost, maxFileSize, shared, origins, store, onError, ...client } = options;
  if (typeof authorize !== "function")
    throw new TypeError(
      `authorize must be a function that returns the id of a user: ${EXAMPLE}; if anybody may spend your credits: () => "anybody"`,
    );
  for (const id of checkTexts("models", models)) lookUp(id, KNOWN);
  if (!models.length) throw new RangeError("models must name the models that pages may run");
  if (secret !== undefined && (typeof secret !== "string" || secret.length < SECRET_LENGTH))
    throw new TypeError(`secret must be a string of ${SECRET_LENGTH} characters or more, which nobody can guess`);
  if (onError !== undefined && typeof onError !== "function") throw new TypeError("onError must be a function");
  if (client.withoutKey && secret === undefined)
    throw new TypeError("without a key, give a secret, which signs the ids that pages get");
  const rules = {
    models: new Set<string>(models),
    authorize,
    path: checkPath(path ?? "/scenario"),
    secret,
    maxCost: checkNumber("maxCost", maxCost, Infinity),
    maxFileSize: checkNumber("maxFileSize", maxFileSize, MAX_FILE_SIZE),
    shared: new Set(checkTexts("shared", shared ?? [])),
    origins: new Set(checkTexts("origins", origins ?? []).map(checkOrigin)),
    store: checkStore(store) ?? makeMemory(),
    isShared: store !== undefined,
    onError: onError ?? ((error: unknown) => console.error(error)),
  };
  return [rules, client];
}

function checkTexts(name: string, given: unknown): readonly string[] {
  if (Array.isArray(given) && given.every((one) => typeof one === "string")) return given;
  throw new TypeError(`${name} must be an array of strings, not ${show(given)}`);
}

function checkNumber(name: string, given: unknown, usual: number): number {
  if (given === undefined) return usual;
  if (typeof given === "number" && given >= 0) return given;
  throw new TypeError(`${name} must be a number, 0 or more, not ${show(given)}`);
}

function checkPath(path: unknown): string {
  const cut = typeof path === "string" ? path.replace(/\/+$/, "") : path;
  if (typeof cut === "string" && /^(\/[\w.~-]+)*$/.test(cut)) return cut;
  throw new TypeError(
    `path must be one such as "/scenario", as baseUrl of the page's client has it, not ${show(path)}`,
  );
}

function checkOrigin(given: string): string {
  const found = /^https?:\/\/[^/?#@*\s]+\/?$/i.test(given) ? new URL(given).origin : "";
  if (found) return found;
  throw new RangeError(`origins: ${show(given)} is not an origin, such as "https://example.com"`);
}

function checkStore(store: unknown): Store | undefined {
  const names = ["add", "get", "set"];
  if (store === undefined) return undefined;
  const missing = names.find((name) => typeof Object(store)[name] !== "function");
  if (missing) throw new TypeError(`store must have the functions ${names.join(", ")}; ${missing} is missing`);
  return store as Store;
}
