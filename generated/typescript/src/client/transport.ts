/** Calls of the API and of its storage, with `fetch`. */

import { ApiError, ClientError, NoKey, NotReached, Passing, Unreadable } from "../errors.js";
import { objectOr, plain } from "./answers.js";
import { type Limits, retried } from "./limits.js";

/** Where the API is, and what lets in. What is left out is taken from the environment, where there is one. */
export interface ClientOptions {
  /** The key; otherwise SCENARIO_SDK_API_KEY. */
  readonly apiKey?: string | undefined;
  /** The secret of the key; otherwise SCENARIO_SDK_API_SECRET. */
  readonly apiSecret?: string | undefined;
  /** A bearer token in place of a key; otherwise SCENARIO_SDK_JWT. */
  readonly token?: string | undefined;
  /** Send no key: whatever stands at `baseUrl`, your own server, say, adds it. */
  readonly withoutKey?: boolean | undefined;
  /** Where the API is; otherwise SCENARIO_BASE_URL, or the service itself. */
  readonly baseUrl?: string | undefined;
  /**
   * How many milliseconds a paid request may take on the service's side until its job is listed (120,000). Where an answer is lost,
   * its job is searched for so long, and only then is it sent again. Rather too long than too short: else it may be paid twice.
   */
  readonly settle?: number | undefined;
  /** What to call in place of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** A call of the API: a POST where it has a body, else a GET. */
export interface Call {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the answer costs something, so that nobody on the way may send it again. */
  readonly isPaid?: boolean;
}

/** What the API said: JSON, and the server's date as it stands in the header (empty where there is none). */
interface Answer {
  readonly data: unknown;
  readonly date: string;
}

/** What tells that a request never left, in Node, Deno and Bun; a browser does not tell. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused)$/;

const PUTTING = 300_000; // milliseconds for a part: a slow line needs them

/** How storage is called: it gets nothing but the file. */
const STORAGE = { credentials: "omit", referrerPolicy: "no-referrer" } as const;

/** Where the API is, the headers of a call, and what may not be shown. */
interface Known {
  readonly base: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

/** The API and its storage. Neither a key nor a signed address is in any error, and neither is sent where it does not belong. */
export class Transport {
  readonly #options: ClientOptions;
  #known: Known | undefined;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Give what a call needs, looked up once; throws where there is no key, or none that can be sent. */
  prepare(): Known {
    if (this.#known) return this.#known;
    const keys = keysOf(this.#options);
    const authorization = this.#options.withoutKey ? undefined : authorize(keys);
    const secrets = [authorization?.split(" ")[1], keys.apiKey, keys.apiSecret];
    const headers = { "Content-Type": "application/json", ...(authorization && { Authorization: authorization }) };
    return (this.#known = {
      base: baseOf(this.#options),
      headers,
      secrets: secrets.filter((secret): secret is string => secret !== undefined && secret.length > 5),
    });
  }

  /** Call the API once. No redirect is followed: it would take the key elsewhere. */
  async call({ path, query, body, isPaid }: Call, limits: Limits): Promise<Answer> {
    const { base, headers, secrets } = this.prepare();
    const address = base + path + (query ? `?${new URLSearchParams(query)}` : "");
    const init: RequestInit = { headers, redirect: "manual", cache: "no-store" };
    if (body !== undefined) Object.assign(init, { method: "POST", body });
    // Deno's fetch sends a request again by itself where a kept connection breaks, unless its body is a stream.
    if (isPaid && "Deno" in globalThis) Object.assign(init, { body: new Blob([body!]).stream(), duplex: "half" });
    return this.#fetch(address, init, limits, limits.callTimeout, async (response, wait) => {
      return readAnswer(response, await wait(response.text()), secrets);
    });
  }

  /** Call the API until it answers, and read what it says; for calls that cost nothing. */
  ask<T>(read: (data: unknown) => T, call: Call, limits: Limits, attempts?: number): Promise<T> {
    return retried(async () => read((await this.call(call, limits)).data), limits, attempts);
  }

  /** Put a part to a signed address, without a key; give the status. */
  async put(address: string, body: Blob, limits: Limits): Promise<number> {
    const init = { ...STORAGE, method: "PUT", body };
    return this.#fetch(checkAddress(address), init, limits, Math.min(PUTTING, limits.left), async (response, wait) => {
      await wait(response.arrayBuffer()); // so that the connection can be used again
      return response.status;
    });
  }

  /** Get a file from a signed address, without a key: `begin` looks at the answer, `take` takes some of it. */
  async get(
    address: string,
    headers: Readonly<Record<string, string>>,
    limits: Limits,
    begin: (response: Response) => void,
    take: (data: Uint8Array) => void,
  ): Promise<void> {
    const init = { ...STORAGE, headers };
    await this.#fetch(checkAddress(address), init, limits, limits.callTimeout, async (response, wait) => {
      begin(response);
      const reader = response.body?.getReader();
      while (reader) {
        const { value } = await wait(reader.read());
        if (!value) break;
        if (!limits.left) throw new Passing("the time was over");
        take(value);
      }
    });
  }

  /** Fetch, and use the answer. Whatever is awaited by `wait` is the network's: it may take so many milliseconds, and what it throws is NotReached. */
  async #fetch<T>(
    address: string,
    init: RequestInit,
    limits: Limits,
    timeout: number,
    use: (response: Response, wait: <U>(promise: Promise<U>) => Promise<U>) => Promise<T>,
  ): Promise<T> {
    limits.check();
    const controller = new AbortController();
    const stop = (): void => controller.abort();
    const forget = limits.onAbort(stop);
    const wait = async <U>(promise: Promise<U>): Promise<U> => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        stop();
      }, timeout);
      try {
        return await promise;
      } catch (error) {
        limits.check();
        const code = codeOf(error); // and not its message, which may show the address
        const host = address.split(/[/?#]/)[2] ?? "";
        throw new NotReached(host, isLate ? "it took too long" : code, !isLate && isUnsent(error, code));
      } finally {
        clearTimeout(timer);
      }
    };
    try {
      const fetch = this.#options.fetch ?? globalThis.fetch;
      const asked = async (): Promise<Response> => fetch(address, { ...init, signal: controller.signal });
      return await use(await wait(asked()), wait);
    } finally {
      stop(); // whatever is still on its way
      forget();
    }
  }
}

/** Read an answer of the API: what it refuses is thrown. */
function readAnswer({ ok, status, type, headers }: Response, text: string, secrets: readonly string[]): Answer {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    if (ok) throw new Unreadable(`the answer with status ${status} is no JSON`);
  }
  if (ok) return { data, date: headers.get("date") ?? "" };
  const { reason, message, error, detail, trace_id, traceId } = objectOr(data);
  const said = [reason, message, error, detail].map(plain).find(Boolean) ?? "";
  const shown = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), said);
  const why = type === "opaqueredirect" ? "it sends elsewhere" : shown;
  throw new ApiError(status, why, plain(trace_id ?? traceId), readRetryAfter(headers.get("retry-after") ?? ""));
}

function checkAddress(address: string): string {
  if (!/^https?:\/\/[^/]/i.test(address)) throw new Passing("the service gave no address");
  return address;
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
    // said below
  }
  throw new ClientError("baseUrl (or SCENARIO_BASE_URL) is no address such as https://api.cloud.scenario.com/v1");
}

function authorize({ apiKey, apiSecret, token }: Keys): string {
  for (const one of token === undefined ? [apiKey, apiSecret] : [token]) {
    if (!one)
      throw new NoKey(
        "there is no API key: set SCENARIO_SDK_API_KEY and SCENARIO_SDK_API_SECRET, or give new Client({ apiKey, apiSecret })",
      );
    if (!/^[!-~]+$/.test(one))
      throw new NoKey("an API key, secret or token has white space or a character that none has");
  }
  return token === undefined ? `Basic ${btoa(`${apiKey}:${apiSecret}`)}` : `Bearer ${token}`;
}

function environment(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env?.[name];
}

/** Read a Retry-After, seconds or a date, as milliseconds; 0 where it is none. */
function readRetryAfter(text: string): number {
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return milliseconds > 0 ? milliseconds : 0;
}

/** Tell whether a request never left; a connection that was open may break with the same codes. */
function isUnsent(error: unknown, code: string): boolean {
  const { cause } = Object(error) as { cause?: { syscall?: unknown } };
  return UNSENT.test(code) && cause?.syscall !== "read" && cause?.syscall !== "write";
}

function codeOf(error: unknown): string {
  const { name, code, cause } = Object(error) as { name?: unknown; code?: unknown; cause?: { code?: unknown } };
  return plain(cause?.code) || plain(code) || plain(name) || "unknown";
}
