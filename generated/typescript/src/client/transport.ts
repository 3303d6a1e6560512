/** Calls of the API and of its storage, by `fetch`. */

import { ApiError, TransientError, Unreadable } from "./errors.js";
import { Exchange, takes, takesSignals } from "./exchange.js";
import { objectOr, plain } from "./responses.js";
import { type Deadline, retry } from "./retries.js";
import { checkClientOptions, type ClientOptions, readSettings, type Settings } from "./settings.js";

/** A call of the API: by default a POST if it has a body, else a GET. */
export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** True if it costs something: then nothing may send it twice. */
  readonly isPaid?: boolean;
  /** Beside those of every call. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A response: its JSON, and its header `Date` as it is (empty if it has none). */
interface ApiResponse {
  readonly data: unknown;
  readonly date: string;
}

const PUT_TIMEOUT = 300_000; // milliseconds for a part, for slow connections

/** A URL, and how errors name its server. */
interface Address {
  readonly server: string;
  readonly url: string;
}

/** A file that is open: `read` gives its next bytes, and at its end nothing. */
export interface OpenFile {
  readonly response: Response;
  readonly read: () => Promise<Uint8Array | undefined>;
  readonly close: () => void;
}

const FRESH = { cache: "no-store" } as const;

/** For storage, which must get nothing but the file. */
const STORAGE = { credentials: "omit", referrerPolicy: "no-referrer" } as const;

/** Calls the API and its storage. No error shows the key or a signed URL, and only the API gets the key. */
export class Transport {
  readonly #options: ClientOptions;
  #settings: Settings | undefined;
  #takesSignals: boolean | undefined;
  #takesCache: boolean | undefined;

  constructor(options: ClientOptions) {
    checkClientOptions(options);
    this.#options = options;
  }

  /** Look up the settings once; throws NoKey or InvalidUrl. */
  prepare(): Settings {
    return (this.#settings ??= readSettings(this.#options));
  }

  /** Call the API once. A redirect is not followed: it would send the key to another host. */
  async call({ method = "POST", path, query, body, isPaid, ...own }: Call, deadline: Deadline): Promise<ApiResponse> {
    const { base, secrets, ...settings } = this.prepare();
    const headers = { ...settings.headers, ...own.headers };
    const url = base + path + (query ? `?${new URLSearchParams(query)}` : "");
    const init: RequestInit = { headers, redirect: "manual", ...((this.#takesCache ??= takes(FRESH)) && FRESH) };
    if (body !== undefined) Object.assign(init, { method, body });
    // Deno's fetch retries by itself when a connection that was kept open breaks, unless the body is a stream.
    if (isPaid && "Deno" in globalThis) Object.assign(init, { body: new Blob([body!]).stream(), duplex: "half" });
    const address = { server: `the service at ${base}`, url };
    return this.#fetch(address, init, deadline, deadline.callTimeout, async (response, exchange) =>
      readResponse(response, await exchange.wait(response.text()), secrets),
    );
  }

  /** Call the API with retries, and read its response; for calls that cost nothing. */
  ask<T>(read: (data: unknown) => T, call: Call, deadline: Deadline, attempts?: number): Promise<T> {
    return retry(async () => read((await this.call(call, deadline)).data), deadline, attempts);
  }

  /** Put a part to a signed URL; return the status. */
  async put(url: string, part: Uint8Array, deadline: Deadline): Promise<number> {
    const init = { ...STORAGE, method: "PUT", body: part as BodyInit };
    const timeout = Math.min(PUT_TIMEOUT, deadline.left);
    return this.#fetch(readSignedUrl(url), init, deadline, timeout, async (response, exchange) => {
      await exchange.wait(response.arrayBuffer()); // so that the connection can be reused
      return response.status;
    });
  }

  /** Open the file at a signed URL; who opens it closes it. */
  open(url: string, headers: Readonly<Record<string, string>>, deadline: Deadline): Promise<OpenFile> {
    return new Promise((resolve, reject) => {
      const use = (response: Response, exchange: Exchange): Promise<void> =>
        new Promise((close) => {
          const reader = response.body?.getReader();
          const stop = (): void => {
            void reader?.cancel().catch(() => undefined); // also where fetch does not take our signal
            close();
          };
          resolve({ response, read: async () => reader && (await exchange.wait(reader.read())).value, close: stop });
        });
      const run = async (): Promise<void> =>
        this.#fetch(readSignedUrl(url), { ...STORAGE, headers }, deadline, deadline.callTimeout, use);
      run().catch(reject);
    });
  }

  /** Fetch, and use the response; each step of the network may take so many milliseconds. */
  async #fetch<T>(
    { server, url }: Address,
    init: RequestInit,
    deadline: Deadline,
    timeout: number,
    use: (response: Response, exchange: Exchange) => Promise<T>,
  ): Promise<T> {
    const exchange = new Exchange(server, deadline, timeout);
    try {
      const signal = (this.#takesSignals ??= takesSignals()) ? exchange.signal : null;
      const fetch = this.#options.fetch ?? globalThis.fetch;
      return await use(await exchange.open(fetch, url, { ...init, signal }), exchange);
    } finally {
      exchange.close();
    }
  }
}

/** Return the address of a signed URL, which errors do not show; throws TransientError, since a new URL may be better. */
function readSignedUrl(url: string): Address {
  if (!/^https?:\/\/[^/]/i.test(url)) throw new TransientError("the service returned an invalid URL");
  return { server: `the storage at ${url.split("/", 3).join("/")}`, url };
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

/** Read a Retry-After, seconds or a date, as milliseconds; 0 if it is neither. */
function readRetryAfter(text: string): number {
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return milliseconds > 0 ? milliseconds : 0;
}
