/** Calls of the API and of its storage, by `fetch`. */

import { ApiError, NotReached, TransientError, Unreadable } from "../errors.js";
import { objectOr, plain } from "./responses.js";
import { type Deadline, retry } from "./retries.js";
import { checkClientOptions, type ClientOptions, readSettings, type Settings } from "./settings.js";

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
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|bad port)$|CERT|UNABLE_TO_VERIFY/;

const PUT_TIMEOUT = 300_000; // milliseconds for a part, for slow connections

/** For storage, which must get nothing but the file. */
const STORAGE = { credentials: "omit", referrerPolicy: "no-referrer" } as const;

/** Calls the API and its storage. No error shows the key or a signed URL, and only the API gets the key. */
export class Transport {
  readonly #options: ClientOptions;
  #settings: Settings | undefined;

  constructor(options: ClientOptions) {
    checkClientOptions(options);
    this.#options = options;
  }

  /** Look up the settings once; throws NoKey or InvalidUrl. */
  prepare(): Settings {
    return (this.#settings ??= readSettings(this.#options));
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
  async put(url: string, part: Uint8Array, deadline: Deadline): Promise<number> {
    const init = { ...STORAGE, method: "PUT", body: part as BodyInit };
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
    begin: (response: Response) => Promise<void>,
    take: (data: Uint8Array) => Promise<void>,
  ): Promise<void> {
    const init = { ...STORAGE, headers };
    await this.#fetch(checkUrl(url), init, deadline, deadline.callTimeout, async (response, wait) => {
      await begin(response);
      const reader = response.body?.getReader();
      while (reader) {
        const { value } = await wait(reader.read());
        if (!value) break;
        if (!deadline.left) throw new TransientError("timed out");
        await take(value);
      }
    });
  }

  /** Name what is called: the API by its URL, the storage by its host alone, since its URLs are signed. */
  #nameOf(url: string): string {
    const { base } = this.prepare();
    return url.startsWith(`${base}/`) ? `the service at ${base}` : `the storage at ${url.split("/", 3).join("/")}`;
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
    let whole: Response | undefined;
    let fail!: (reason: unknown) => void;
    const stopped = new Promise<never>((_, reject) => (fail = reject)); // also where fetch does not take our signal
    stopped.catch(() => undefined);
    const stop = (): void => {
      controller.abort();
      fail(controller.signal);
    };
    const forget = deadline.onAbort(stop);
    const wait = async <U>(promise: Promise<U>): Promise<U> => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        stop();
      }, timeout);
      try {
        return await Promise.race([promise, stopped]);
      } catch (error) {
        deadline.throwIfAborted();
        const code = codeOf(error); // and not its message, which may show the URL
        throw new NotReached(this.#nameOf(url), isLate ? "timed out" : code, !isLate && isUnsent(error, code));
      } finally {
        clearTimeout(timer);
      }
    };
    try {
      const fetch = this.#options.fetch ?? globalThis.fetch;
      const signal = takesSignal(controller.signal) ? controller.signal : null;
      const asked = async (): Promise<Response> => fetch(url, { ...init, signal });
      whole = await wait(asked());
      return await use(whole, wait);
    } finally {
      stop(); // closes a connection that still sends
      if (whole?.body && !whole.body.locked) whole.body.cancel().catch(() => undefined);
      forget();
    }
  }
}

/** Tell whether `fetch` takes a signal: it takes none of another realm, such as that of a simulated page. */
function takesSignal(signal: AbortSignal): boolean {
  try {
    return Boolean(new Request("http://localhost", { signal }));
  } catch {
    return false;
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
  const { name, code, cause } = Object(error) as { name?: unknown; code?: unknown; cause?: Record<string, unknown> };
  if (cause?.["message"] === "bad port") return "bad port"; // one that fetch never calls
  return plain(cause?.["code"]) || plain(code) || plain(name) || "unknown";
}
