/** Calls of the API and of its storage, by `fetch`. */

import { ApiError, ClientError, NoKey, NotReached, TransientError, Unreadable } from "../errors.js";
import { objectOr, plain } from "./responses.js";
import { type Deadline, retry } from "./retries.js";

/** The API's URL and key. Each missing option is read from the environment, if there is one. */
export interface ClientOptions {
  /** By default SCENARIO_SDK_API_KEY. */
  readonly apiKey?: string | undefined;
  /** By default SCENARIO_SDK_API_SECRET. */
  readonly apiSecret?: string | undefined;
  /** A bearer token in place of a key; by default SCENARIO_SDK_JWT. */
  readonly token?: string | undefined;
  /** Send no key: your own server at `baseUrl` adds it. */
  readonly withoutKey?: boolean | undefined;
  /** The API's URL; by default SCENARIO_BASE_URL, else that of the service. */
  readonly baseUrl?: string | undefined;
  /**
   * How many milliseconds the service may take to list the job of a paid request (120,000). If a response is lost, the client looks
   * for its job for so long before it sends the request again. If this is too short, you may pay twice.
   */
  readonly settle?: number | undefined;
  /** Called in place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** A call of the API: a POST if it has a body, else a GET. */
export interface Call {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** True if it costs something: then nothing may send it twice. */
  readonly isPaid?: boolean;
}

/** A response: its JSON, and its header `Date` as it is (empty if it has none). */
interface ApiResponse {
  readonly data: unknown;
  readonly date: string;
}

/** The codes of Node, Deno and Bun for a request that was never sent; a browser does not tell. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/;

const PUT_TIMEOUT = 300_000; // milliseconds for a part, for slow connections

/** For storage, which must get nothing but the file. */
const STORAGE = { credentials: "omit", referrerPolicy: "no-referrer" } as const;

/** The API's URL, the headers of a call, and the texts that no message may show. */
interface Settings {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** Calls the API and its storage. No error shows the key or a signed URL, and only the API gets the key. */
export class Transport {
  readonly #options: ClientOptions;
  #settings: Settings | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Look up the settings once; throws NoKey. */
  prepare(): Settings {
    if (this.#settings) return this.#settings;
    const keys = keysOf(this.#options);
    const authorization = this.#options.withoutKey ? undefined : authorize(keys);
    const secrets = [authorization?.split(" ")[1], keys.apiKey, keys.apiSecret];
    const headers = { "Content-Type": "application/json", ...(authorization && { Authorization: authorization }) };
    return (this.#settings = {
      base: baseOf(this.#options),
      headers,
      secrets: secrets.filter((secret): secret is string => secret !== undefined && secret.length > 5),
    });
  }

  /** Call the API once. A redirect is not followed: it would send the key to another host. */
  async call({ path, query, body, isPaid }: Call, deadline: Deadline): Promise<ApiResponse> {
    const { base, headers, secrets } = this.prepare();
    const url = base + path + (query ? `?${new URLSearchParams(query)}` : "");
    const init: RequestInit = { headers, redirect: "manual", cache: "no-store" };
    if (body !== undefined) Object.assign(init, { method: "POST", body });
    // Deno's fetch retries by itself when a connection that was kept open breaks, unless the body is a stream.
    if (isPaid && "Deno" in globalThis) Object.assign(init, { body: new Blob([body!]).stream(), duplex: "half" });
    return this.#fetch(url, init, deadline, deadline.callTimeout, async (response, wait) => {
      return readResponse(response, await wait(response.text()), secrets);
    });
  }

  /** Call the API with retries, and read its response; for calls that cost nothing. */
  ask<T>(read: (data: unknown) => T, call: Call, deadline: Deadline, attempts?: number): Promise<T> {
    return retry(async () => read((await this.call(call, deadline)).data), deadline, attempts);
  }

  /** Put a part to a signed URL; return the status. */
  async put(url: string, body: Blob, deadline: Deadline): Promise<number> {
    const init = { ...STORAGE, method: "PUT", body };
    return this.#fetch(checkUrl(url), init, deadline, Math.min(PUT_TIMEOUT, deadline.left), async (response, wait) => {
      await wait(response.arrayBuffer()); // so that the connection can be reused
      return response.status;
    });
  }

  /** Get a file from a signed URL: `begin` gets the response, `take` each piece of its body. */
  async get(
    url: string,
    headers: Readonly<Record<string, string>>,
    deadline: Deadline,
    begin: (response: Response) => void,
    take: (data: Uint8Array) => void,
  ): Promise<void> {
    const init = { ...STORAGE, headers };
    await this.#fetch(checkUrl(url), init, deadline, deadline.callTimeout, async (response, wait) => {
      begin(response);
      const reader = response.body?.getReader();
      while (reader) {
        const { value } = await wait(reader.read());
        if (!value) break;
        if (!deadline.left) throw new TransientError("timed out");
        take(value);
      }
    });
  }

  /** Fetch, and use the response. `wait` awaits a step of the network for `timeout` milliseconds at most, and throws NotReached if it fails. */
  async #fetch<T>(
    url: string,
    init: RequestInit,
    deadline: Deadline,
    timeout: number,
    use: (response: Response, wait: <U>(promise: Promise<U>) => Promise<U>) => Promise<T>,
  ): Promise<T> {
    deadline.throwIfAborted();
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    const forget = deadline.onAbort(stop);
    const wait = async <U>(promise: Promise<U>): Promise<U> => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        stop();
      }, timeout);
      try {
        return await promise;
      } catch (error) {
        deadline.throwIfAborted();
        const code = codeOf(error); // and not its message, which may show the URL
        const host = url.split(/[/?#]/)[2] ?? "";
        throw new NotReached(host, isLate ? "timed out" : code, !isLate && isUnsent(error, code));
      } finally {
        clearTimeout(timer);
      }
    };
    try {
      const fetch = this.#options.fetch ?? globalThis.fetch;
      const asked = async (): Promise<Response> => fetch(url, { ...init, signal: controller.signal });
      return await use(await wait(asked()), wait);
    } finally {
      stop(); // closes a connection that still sends
      forget();
    }
  }
}

/** Read a response of the API; throws ApiError if its status is an error. */
function readResponse({ ok, status, type, headers }: Response, text: string, secrets: readonly string[]): ApiResponse {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    if (ok) throw new Unreadable(`the response with status ${status} is not JSON`);
  }
  if (ok) return { data, date: headers.get("date") ?? "" };
  const { reason, message, error, detail, trace_id, traceId } = objectOr(data);
  const words = [reason, message, error, detail].map(plain).find(Boolean) ?? "";
  const shown = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), words);
  const why = type === "opaqueredirect" ? "a redirect" : shown;
  throw new ApiError(status, why, plain(trace_id ?? traceId), readRetryAfter(headers.get("retry-after") ?? ""));
}

function checkUrl(url: string): string {
  if (!/^https?:\/\/[^/]/i.test(url)) throw new TransientError("the service returned an invalid URL");
  return url;
}

type Keys = { readonly [Name in "apiKey" | "apiSecret" | "token"]: string | undefined };

function keysOf({ apiKey, apiSecret, token }: ClientOptions): Keys {
  return {
    apiKey: apiKey ?? environment("SCENARIO_SDK_API_KEY"),
    apiSecret: apiSecret ?? environment("SCENARIO_SDK_API_SECRET"),
    token: token ?? (apiKey === undefined ? environment("SCENARIO_SDK_JWT") : undefined),
  };
}

function baseOf({ baseUrl }: ClientOptions): string {
  const given = baseUrl || environment("SCENARIO_BASE_URL") || "https://api.cloud.scenario.com/v1";
  try {
    const page = (globalThis as { location?: { href: string } }).location?.href;
    const { protocol, username, href } = new URL(given, page);
    if (/^https?:$/.test(protocol) && !username) return href.replace(/\/+$/, "");
  } catch {
    // reported below
  }
  throw new ClientError("baseUrl (or SCENARIO_BASE_URL) is not a URL such as https://api.cloud.scenario.com/v1");
}

function authorize({ apiKey, apiSecret, token }: Keys): string {
  for (const one of token === undefined ? [apiKey, apiSecret] : [token]) {
    if (!one)
      throw new NoKey(
        "there is no API key: set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or call new Client({ apiKey, apiSecret })",
      );
    if (!/^[!-~]+$/.test(one)) throw new NoKey("an API key, secret or token has white space or invalid characters");
  }
  return token === undefined ? `Basic ${btoa(`${apiKey}:${apiSecret}`)}` : `Bearer ${token}`;
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}

/** Read a Retry-After, seconds or a date, as milliseconds; 0 if it is neither. */
function readRetryAfter(text: string): number {
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return milliseconds > 0 ? milliseconds : 0;
}

/** Tell whether a request was never sent; a connection that was open may break with the same codes. */
function isUnsent(error: unknown, code: string): boolean {
  const { cause } = Object(error) as { cause?: { syscall?: unknown } };
  return UNSENT.test(code) && cause?.syscall !== "read" && cause?.syscall !== "write";
}

function codeOf(error: unknown): string {
  const { name, code, cause } = Object(error) as { name?: unknown; code?: unknown; cause?: { code?: unknown } };
  return plain(cause?.code) || plain(code) || plain(name) || "unknown";
}
