/** Where the API is, with which key it is called, and how: the options of a client, else the environment. */

import { ClientError } from "../errors.js";
import { NAME } from "../package.js";
import { parseVariable, readOptionalVariable, readVariable } from "./environment.js";
import { NoKey } from "./errors.js";
import { ATTEMPTS, BASE_URL, CALL_TIMEOUT, ENVIRONMENT, STATUS_ATTEMPTS, VERSION } from "./facts.js";
import { parseHeaders, readHeaders } from "./headers.js";
import { checkUrl } from "./options.js";
import { isSafe } from "./responses.js";
import { isBrowser, nameRuntime } from "./runtime.js";
import type { ClientOptions } from "./settings.js";

const KEYS = "apiKey: …, apiSecret: …";
const MIN_SECRET = 6; // characters of what is not shown; less may be part of any word

/** How the API is called. `attempts`: of a call that costs nothing; `statusAttempts`: of one for the status of a paid job. */
export interface Settings {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty if the service chooses. */
  readonly projectId: string;
  readonly timeout: number;
  readonly attempts: number;
  readonly statusAttempts: number;
  /** The texts that no message may show. */
  readonly secrets: readonly string[];
}

/** Read the settings; throws NoKey, InvalidUrl, InvalidSetting or NotPermitted, and a ClientError for a key in a page. */
export function readSettings(options: ClientOptions): Settings {
  if (typeof (options.fetch ?? globalThis.fetch) !== "function")
    throw new ClientError("there is no fetch here: give one, as new Client({ fetch })");
  const added = headersOf(options);
  const keys = keysOf(options, "Authorization" in added);
  const authorization = options.withoutKey || "Authorization" in added ? undefined : authorize(keys);
  if (!options.withoutKey && !options.dangerouslyAllowBrowser && isBrowser()) throw exposed();
  return {
    base: baseOf(options),
    headers: { ...ownHeaders(), ...(authorization && { Authorization: authorization }), ...added },
    projectId: projectOf(options),
    timeout:
      options.timeout ??
      parseVariable(ENVIRONMENT.timeout, readSeconds, "a number of seconds, more than 0") ??
      CALL_TIMEOUT,
    ...attemptsOf(options),
    secrets: secretsIn([authorization, keys.apiKey, keys.apiSecret, keys.token], Object.values(added)),
  };
}

function ownHeaders(): Record<string, string> {
  const runtime = nameRuntime();
  const agent = runtime && { "User-Agent": `${NAME}/${VERSION} (${runtime})` }; // in a page it would need the consent of the server
  return { "Content-Type": "application/json", ...agent };
}

/** Return the project of the options or, unless no key shall be sent, of the environment: else the server that has the key knows it. */
function projectOf({ projectId, withoutKey }: ClientOptions): string {
  if (withoutKey) return "";
  return projectId ?? parseVariable(ENVIRONMENT.projectId, readProject, "the id of a project") ?? "";
}

function attemptsOf({ maxRetries }: ClientOptions): Pick<Settings, "attempts" | "statusAttempts"> {
  maxRetries ??= parseVariable(ENVIRONMENT.maxRetries, readCount, "a whole number, 0 or more") ?? ATTEMPTS - 1;
  const attempts = 1 + maxRetries;
  // The latter are many: what was paid for is not given up soon, unless nothing shall be tried again.
  return { attempts, statusAttempts: maxRetries ? Math.max(attempts, STATUS_ATTEMPTS) : 1 };
}

/** Return what no message may show: keys, without the word before them, and the values of headers, which may be keys, too. */
function secretsIn(keys: readonly (string | undefined)[], values: readonly string[]): string[] {
  const last = [...keys, ...values].map((one) => one?.split(" ").at(-1) ?? "");
  return [...values, ...last].filter((one) => one.length >= MIN_SECRET);
}

/** Return the headers of the options and, unless no key shall be sent, of the environment: there may be a key in them. */
function headersOf({ defaultHeaders = {}, withoutKey }: ClientOptions): Record<string, string> {
  const text = withoutKey ? undefined : readOptionalVariable(ENVIRONMENT.headers);
  return { ...(text && parseHeaders(ENVIRONMENT.headers, text)), ...readHeaders(defaultHeaders) };
}

type Keys = { readonly [Name in "apiKey" | "apiSecret" | "token"]: string | undefined };

/** Return the keys that are there; Deno must only let those be read that are needed. */
function keysOf({ apiKey, apiSecret, token, withoutKey }: ClientOptions, hasHeader: boolean): Keys {
  if (withoutKey || hasHeader) return { apiKey, apiSecret, token };
  token ??= apiKey === undefined ? readOptionalVariable(ENVIRONMENT.token) : undefined;
  if (token !== undefined) return { apiKey, apiSecret, token };
  return {
    apiKey: apiKey ?? readVariable(ENVIRONMENT.key, KEYS),
    apiSecret: apiSecret ?? readVariable(ENVIRONMENT.secret, KEYS),
    token,
  };
}

function baseOf({ baseUrl = "" }: ClientOptions): string {
  const { location } = globalThis as { location?: { href: string } };
  if (baseUrl.trim()) return checkUrl(baseUrl.trim(), "baseUrl", location?.href);
  const found = readVariable(ENVIRONMENT.baseUrl, "baseUrl: …")?.trim() || BASE_URL;
  return checkUrl(found, ENVIRONMENT.baseUrl, undefined);
}

function authorize({ apiKey, apiSecret, token }: Keys): string {
  for (const one of token === undefined ? [apiKey, apiSecret] : [token]) {
    if (!one)
      throw new NoKey(
        isBrowser()
          ? "there is no API key, and none belongs into a page: let your own server add it, and call new Client({ baseUrl, withoutKey: true })"
          : `there is no API key: set ${ENVIRONMENT.key} and ${ENVIRONMENT.secret}, or call new Client({ apiKey, apiSecret })`,
      );
    if (!/^[!-~]+$/.test(one)) throw new NoKey("an API key, secret or token has white space or invalid characters");
  }
  return token === undefined ? `Basic ${btoa(`${apiKey}:${apiSecret}`)}` : `Bearer ${token}`;
}

function exposed(): ClientError {
  return new ClientError(
    "an API key was given in a page, or what looks like one (there are a window and a document, or a worker of a browser), where whoever opens " +
      "it can read the key: let your own server add it, and call new Client({ baseUrl, withoutKey: true }). If nobody else can open this " +
      "page, as in a test: new Client({ dangerouslyAllowBrowser: true })",
  );
}

function readProject(text: string): string | undefined {
  return isSafe(text) ? text : undefined;
}

function readSeconds(text: string): number | undefined {
  const seconds = /^inf(inity)?$/i.test(text) ? Infinity : Number(text);
  return seconds > 0 ? seconds * 1000 : undefined;
}

function readCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
