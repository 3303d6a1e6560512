/** The options of a handler, and their checks. */

import { SETTLE, UNITS } from "../client/facts.js";
import { checkFunction, checkNames, checkNumber } from "../client/options.js";
import { type ClientOptions, NAMES } from "../client/settings.js";
import type { ModelId } from "../model_parameters.js";
import { isObject, show } from "../values.js";
import { PATH } from "./facts.js";
import type { Store } from "./store.js";

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
  /** The ids of assets and models, and URLs of files, that pages may name in parameters, beside the assets that their user uploaded or made. */
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
  readonly store: Store | undefined;
  /** In milliseconds: that of the client. */
  readonly settle: number;
  readonly onError: (error: unknown) => void;
}

const MAX_FILE_SIZE = 268_435_456;
const SECRET_LENGTH = 16;
const EXAMPLE = 'createHandler({ models: ["model_…"], authorize: (request) => userId })';
const OWN = [
  "models",
  "authorize",
  "path",
  "secret",
  "maxCost",
  "maxFileSize",
  "shared",
  "origins",
  "store",
  "onError",
];

/** Complete and check the options; return what is the client's apart. Throws a TypeError or a RangeError. */
export function readOptions(options: HandlerOptions): [rules: Rules, client: ClientOptions] {
  if (!isObject(options)) throw new TypeError(`options must be given: ${EXAMPLE}`);
  checkNames(options, [...OWN, ...NAMES], "{ models, authorize }");
  const { models, authorize, path, secret, maxCost, maxFileSize, shared, origins, store, onError, ...client } = options;
  if (typeof authorize !== "function")
    throw new TypeError(
      `authorize must be a function that returns the id of a user: ${EXAMPLE}; if anybody may spend your credits: () => "anybody"`,
    );
  const rules: Rules = {
    models: new Set<string>(checkTexts("models", models)),
    authorize,
    path: checkPath(path ?? PATH),
    secret: checkSecret(secret, client),
    maxCost: maxCost ?? Infinity,
    maxFileSize: maxFileSize ?? MAX_FILE_SIZE,
    shared: new Set(checkTexts("shared", shared ?? [])),
    origins: new Set(checkTexts("origins", origins ?? []).map(checkOrigin)),
    store: checkStore(store),
    settle: client.settle ?? SETTLE,
    onError: guard(onError ?? ((error) => console.error(error))),
  };
  if (!rules.models.size) throw new RangeError("models must name the models that pages may run");
  checkNumber("maxCost", UNITS, maxCost);
  checkNumber("maxFileSize", "bytes", maxFileSize);
  checkFunction("onError", onError);
  return [rules, client];
}

/** Return a function that calls another one, which may fail, also later: nothing but what it says is lost. */
function guard(onError: (error: unknown) => unknown): (error: unknown) => void {
  return (error) => {
    const told = async (): Promise<unknown> => onError(error);
    told().catch((failure: unknown) => console.error("onError failed:", failure, "with", error));
  };
}

function checkSecret(secret: unknown, { withoutKey }: ClientOptions): string | undefined {
  if (secret === undefined && withoutKey)
    throw new TypeError("without a key, give a secret, which signs the ids that pages get");
  if (secret === undefined || (typeof secret === "string" && secret.length >= SECRET_LENGTH)) return secret;
  throw new TypeError(`secret must be a string of ${SECRET_LENGTH} characters or more, which nobody can guess`);
}

function checkTexts(name: string, given: unknown): readonly string[] {
  if (Array.isArray(given) && given.every((one) => typeof one === "string")) return given;
  throw new TypeError(`${name} must be an array of strings, not ${show(given)}`);
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
