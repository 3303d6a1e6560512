/** The options of a client. */

import { show } from "../values.js";
import { type HeadersOption, readHeaders } from "./headers.js";
import { checkLogger, type Logger, type LogLevel } from "./log.js";
import { checkCount, checkFlag, checkFunction, checkNames, checkNumber } from "./options.js";
import { isSafe } from "./responses.js";

/** The API's URL and key, and how it is called. Missing options are read from the environment, if there is one; an empty variable counts as unset. */
export interface ClientOptions {
  /** By default SCENARIO_SDK_API_KEY. */
  readonly apiKey?: string | undefined;
  /** By default SCENARIO_SDK_API_SECRET. */
  readonly apiSecret?: string | undefined;
  /** A bearer token in place of a key; by default SCENARIO_SDK_JWT. */
  readonly token?: string | undefined;
  /**
   * Send no key: your own server at `baseUrl` has it, by `createHandler` of `scenario-models/server`. What `defaultHeaders` say is sent all the
   * same, such as the token of a session with that server.
   */
  readonly withoutKey?: boolean | undefined;
  /** Send a key from a page all the same. Whoever opens the page can read it, and spend with it: only for tools that nobody else opens. */
  readonly dangerouslyAllowBrowser?: boolean | undefined;
  /** The API's URL; by default SCENARIO_BASE_URL, else that of the service. In a page it may begin with a slash. */
  readonly baseUrl?: string | undefined;
  /** The project that owns jobs and files; by default SCENARIO_PROJECT_ID, else one that the service chooses. */
  readonly projectId?: string | undefined;
  /**
   * How many milliseconds one HTTP call of the API may take (60,000); by default SCENARIO_TIMEOUT, which is in seconds. The `timeout` of a
   * method is for all that it does, and no call takes longer.
   */
  readonly timeout?: number | undefined;
  /**
   * How often a call that costs nothing is tried again (5); by default SCENARIO_MAX_RETRIES. The status of a paid job is asked for at least
   * 39 times, and a rate limit is waited for until the timeout; if this is 0, neither. A paid request is never simply sent again, whatever this
   * is.
   */
  readonly maxRetries?: number | undefined;
  /** More headers for the API, which win over its own; by default SCENARIO_CUSTOM_HEADERS, with one in each line. The storage gets none of them. */
  readonly defaultHeaders?: HeadersOption | undefined;
  /**
   * How many milliseconds the service may take to list the job of a paid request (120,000). If a response is lost, the client looks
   * for its job for so long before it sends the request again. If this is too short, you may pay twice.
   */
  readonly settle?: number | undefined;
  /**
   * Called in place of the global `fetch`, for the API and for its storage: with a URL, a string, and an `init` that may have `method`,
   * `headers` (an object of names and values), `body`, `signal`, and what says that no redirect is followed. It must not send anything
   * twice by itself.
   */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Gets what is logged (`console`). */
  readonly logger?: Logger | undefined;
  /** What is logged: nothing (`off`), lost responses of paid requests (`warn`, the default), also uploads, jobs and retries (`info`), or each call (`debug`). */
  readonly logLevel?: LogLevel | undefined;
}

const TEXTS = ["apiKey", "apiSecret", "token", "baseUrl", "projectId"] as const;
const FLAGS = ["withoutKey", "dangerouslyAllowBrowser"] as const;
const OTHERS = ["timeout", "maxRetries", "defaultHeaders", "settle", "fetch", "logger", "logLevel"];
/** The names of all options. */
export const NAMES: readonly string[] = [...TEXTS, ...FLAGS, ...OTHERS];

/** Check the names and types of options; throws a TypeError or a RangeError. */
export function checkClientOptions(options: ClientOptions): void {
  checkNames(options, NAMES, "{ apiKey, apiSecret }");
  const { projectId, timeout, maxRetries, defaultHeaders, settle, fetch, logger, logLevel } = options;
  for (const name of TEXTS)
    if (!["string", "undefined"].includes(typeof options[name])) throw new TypeError(`${name} must be a string`);
  for (const name of FLAGS) checkFlag(name, options[name]);
  if (projectId !== undefined && !isSafe(projectId))
    throw new RangeError(`projectId must be the id of a project, such as proj_123, not ${show(projectId)}`);
  if (projectId !== undefined && options.withoutKey)
    throw new TypeError("projectId is for whoever has the key: without one, your server says which project it is");
  checkNumber("timeout", "milliseconds", timeout, ", or Infinity for no limit");
  if (timeout === 0) throw new RangeError("timeout must be more than 0, or Infinity for no limit");
  checkCount("maxRetries", maxRetries, 0);
  if (defaultHeaders !== undefined) readHeaders(defaultHeaders);
  checkNumber("settle", "milliseconds", settle);
  checkFunction("fetch", fetch);
  checkLogger(logger, logLevel);
}
