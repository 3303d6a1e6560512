/** Where the API is, and with which key it is called: the options of a client, else the environment. */

import { ClientError } from "../errors.js";
import { show } from "../values.js";
import { checkMilliseconds, checkNames, checkUrl } from "./options.js";
import { NoKey } from "./errors.js";
import { BASE_URL, ENVIRONMENT } from "./facts.js";

/** The API's URL and key. Each missing option is read from the environment, if there is one; an empty variable counts as unset. */
export interface ClientOptions {
  /** By default SCENARIO_SDK_API_KEY. */
  readonly apiKey?: string | undefined;
  /** By default SCENARIO_SDK_API_SECRET. */
  readonly apiSecret?: string | undefined;
  /** A bearer token in place of a key; by default SCENARIO_SDK_JWT. */
  readonly token?: string | undefined;
  /** Send no key: your own server at `baseUrl` has it, by `createHandler` of `scenario-models/server`. */
  readonly withoutKey?: boolean | undefined;
  /** The API's URL; by default SCENARIO_BASE_URL, else that of the service. In a page it may begin with a slash. */
  readonly baseUrl?: string | undefined;
  /**
   * How many milliseconds the service may take to list the job of a paid request (120,000). If a response is lost, the client looks
   * for its job for so long before it sends the request again. If this is too short, you may pay twice.
   */
  readonly settle?: number | undefined;
  /** Called in place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

const TEXTS = ["apiKey", "apiSecret", "token", "baseUrl"] as const;
const NAMES = [...TEXTS, "withoutKey", "settle", "fetch"];

/** The API's URL, the headers of a call, and the texts that no message may show. */
export interface Settings {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Check the names and types of options; throws a TypeError or a RangeError. */
export function checkClientOptions(options: ClientOptions): void {
  checkNames(options, NAMES, "{ apiKey, apiSecret }");
  for (const name of TEXTS)
    if (!["string", "undefined"].includes(typeof options[name])) throw new TypeError(`${name} must be a string`);
  checkMilliseconds("settle", options.settle);
  if (options.fetch !== undefined && typeof options.fetch !== "function")
    throw new TypeError(`fetch must be a function, not ${show(options.fetch)}`);
}

/** Read the settings; throws NoKey or InvalidUrl. */
export function readSettings(options: ClientOptions): Settings {
  if (typeof (options.fetch ?? globalThis.fetch) !== "function")
    throw new ClientError("there is no fetch here: give one, as new Client({ fetch })");
  const keys = keysOf(options);
  const authorization = options.withoutKey ? undefined : authorize(keys);
  const secrets = [authorization?.split(" ")[1], keys.apiKey, keys.apiSecret];
  return {
    base: baseOf(options),
    headers: { "Content-Type": "application/json", ...(authorization && { Authorization: authorization }) },
    secrets: secrets.filter((secret): secret is string => secret !== undefined && secret.length > 5),
  };
}

type Keys = { readonly [Name in "apiKey" | "apiSecret" | "token"]: string | undefined };

function keysOf({ apiKey, apiSecret, token }: ClientOptions): Keys {
  return {
    apiKey: apiKey ?? environment(ENVIRONMENT.key),
    apiSecret: apiSecret ?? environment(ENVIRONMENT.secret),
    token: token ?? (apiKey === undefined ? environment(ENVIRONMENT.token) : undefined),
  };
}

function baseOf({ baseUrl = "" }: ClientOptions): string {
  const { location } = globalThis as { location?: { href: string } };
  if (baseUrl.trim()) return checkUrl(baseUrl.trim(), "baseUrl", location?.href);
  const found = environment(ENVIRONMENT.baseUrl)?.trim() || BASE_URL;
  return checkUrl(found, ENVIRONMENT.baseUrl, undefined);
}

function authorize({ apiKey, apiSecret, token }: Keys): string {
  for (const one of token === undefined ? [apiKey, apiSecret] : [token]) {
    if (!one)
      throw new NoKey(
        `there is no API key: set ${ENVIRONMENT.key} and ${ENVIRONMENT.secret}, or call new Client({ apiKey, apiSecret })`,
      );
    if (!/^[!-~]+$/.test(one)) throw new NoKey("an API key, secret or token has white space or invalid characters");
  }
  return token === undefined ? `Basic ${btoa(`${apiKey}:${apiSecret}`)}` : `Bearer ${token}`;
}

/** Return a variable; undefined if it is empty. */
function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name] || undefined;
}
