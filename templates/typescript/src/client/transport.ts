/** Calls of the API and of its storage, by `fetch`. */

import { ClientError } from "../errors.js";
import { withoutSignatures } from "../values.js";
import { type ApiResponse, readRequestId, readResponse } from "./answers.js";
import type { CallOptions } from "./call_options.js";
import type { Redact } from "./causes.js";
import { readSettings, type Settings } from "./connection.js";
import { ApiError, NotReached, TransientError } from "./errors.js";
import { Exchange, takes, takesSignals } from "./exchange.js";
import { CALL_TIMEOUT, DRY_RUN, PART_TIMEOUT, PROJECT } from "./facts.js";
import { Log } from "./log.js";
import { Deadline, retry } from "./retries.js";
import { checkClientOptions, type ClientOptions } from "./settings.js";

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

/** A URL, how errors name its server and the log the call, and what they must not show. */
interface Address {
  readonly server: string;
  readonly name: string;
  readonly url: string;
  readonly redact: Redact;
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
  readonly log: Log;
  readonly #options: ClientOptions;
  #settings: Settings | undefined;
  #takesSignals: boolean | undefined;
  #takesCache: boolean | undefined;

  constructor(options: ClientOptions) {
    checkClientOptions(options);
    this.#options = options;
    this.log = new Log(options.logger, options.logLevel);
  }

  /** Look up the settings once; throws NoKey, InvalidUrl and what else is wrong with them. */
  prepare(): Settings {
    return (this.#settings ??= readSettings(this.#options));
  }

  /** Return the deadline of something that is usually one call. */
  begin(options: CallOptions): Deadline {
    return new Deadline(Math.max(CALL_TIMEOUT, this.prepare().timeout), options);
  }

  /** Call the API once. A redirect is not followed: it would send the key to another host. */
  async call(call: Call, deadline: Deadline): Promise<ApiResponse> {
    const { base, projectId, secrets, timeout, ...settings } = this.prepare();
    const { method = "POST", path, body, isPaid } = call;
    const query = new URLSearchParams({ ...call.query, ...(projectId && { [PROJECT]: projectId }) });
    const url = base + path + (String(query) && `?${query}`);
    const headers = { ...settings.headers, ...call.headers };
    const init: RequestInit = { headers, redirect: "manual", ...((this.#takesCache ??= takes(FRESH)) && FRESH) };
    if (body !== undefined) Object.assign(init, { method, body });
    // Deno's fetch retries by itself when a connection that was kept open breaks, unless the body is a stream (that of a Blob keeps Deno
    // from ending where the call is denied).
    if (isPaid && "Deno" in globalThis) Object.assign(init, { body: new Response(body!).body, duplex: "half" });
    const redact = (text: string): string =>
      secrets.reduce((text, secret) => text.replaceAll(secret, "…"), withoutSignatures(text));
    const address = { server: `the service at ${base}`, name: nameOf(call), url, redact };
    return this.#fetch(address, init, deadline, timeout, async (response, exchange) =>
      readResponse(response, await exchange.wait(response.text()), base, redact),
    );
  }

  /** Call the API with retries, and read its response; for calls that cost nothing. */
  ask<T>(read: (data: unknown) => T, call: Call, deadline: Deadline, attempts?: number): Promise<T> {
    return this.retry(async () => read((await this.call(call, deadline)).data), deadline, attempts, nameOf(call));
  }

  /** Retry something that costs nothing, by default as often as the options say. `name` is for the log. */
  retry<T>(act: () => Promise<T>, deadline: Deadline, attempts = this.prepare().attempts, name = ""): Promise<T> {
    const limits = this.prepare().attempts > 1 ? Infinity : 0; // what shall not be tried again, nobody waits for
    return retry(act, deadline, attempts, limits, (error, next, pause) =>
      this.log.info(() => {
        const why = error instanceof ApiError ? `status ${error.status}` : (error as Error).message;
        return `${name && `${name}: `}${why}; attempt ${next} follows in ${(pause / 1000).toFixed(1)} seconds`;
      }),
    );
  }

  /** Put a part to a signed URL; return the status. */
  async put(url: string, part: Uint8Array, deadline: Deadline): Promise<number> {
    const init = { ...STORAGE, headers: this.#agent(), method: "PUT", body: part as BodyInit };
    const timeout = Math.min(Math.max(PART_TIMEOUT, this.prepare().timeout), deadline.left);
    return this.#fetch(readSignedUrl("PUT", url), init, deadline, timeout, async (response, exchange) => {
      await exchange.wait(response.arrayBuffer()); // so that the connection can be reused
      return response.status;
    });
  }

  /** Open the file at a signed URL; who opens it closes it. */
  open(url: string, headers: Readonly<Record<string, string>>, deadline: Deadline): Promise<OpenFile> {
    return new Promise((resolve, reject) => {
      const use = (response: Response, exchange: Exchange): Promise<void> =>
        new Promise((close) => {
          const reader = readerOf(response);
          const stop = (): void => {
            void reader?.cancel().catch(() => undefined); // also where fetch does not take our signal
            close();
          };
          resolve({ response, read: async () => reader && (await exchange.wait(reader.read())).value, close: stop });
        });
      const init = { ...STORAGE, headers: { ...this.#agent(), ...headers } };
      const run = async (): Promise<void> =>
        this.#fetch(readSignedUrl("GET", url), init, deadline, this.prepare().timeout, use);
      run().catch(reject);
    });
  }

  /** Return the only header that the storage gets, too. */
  #agent(): Record<string, string> {
    const { "User-Agent": agent } = this.prepare().headers;
    return agent === undefined ? {} : { "User-Agent": agent };
  }

  /** Fetch, and use the response; each step of the network may take so many milliseconds. */
  async #fetch<T>(
    { server, name, url, redact }: Address,
    init: RequestInit,
    deadline: Deadline,
    timeout: number,
    use: (response: Response, exchange: Exchange) => Promise<T>,
  ): Promise<T> {
    const exchange = new Exchange(server, deadline, deadline.callTimeout(timeout), redact);
    const begin = performance.now();
    let response: Response | undefined;
    let failure: unknown;
    try {
      const signal = (this.#takesSignals ??= takesSignals()) ? exchange.signal : null;
      const fetch = this.#options.fetch ?? globalThis.fetch;
      response = await exchange.open(fetch, url, { ...init, signal });
      return await use(response, exchange);
    } catch (error) {
      failure = error;
      throw error;
    } finally {
      exchange.close();
      this.log.debug(() => `${name}: ${describe(response, failure, performance.now() - begin)}`);
    }
  }
}

/** Name a call as the log does: of its query only whether it is a dry run. */
function nameOf({ body, method = "POST", path, query }: Call): string {
  return `${body === undefined ? "GET" : method} ${path}${query && DRY_RUN in query ? `?${DRY_RUN}=true` : ""}`;
}

/** Describe for the log how a call ended: no word of the service. */
function describe(response: Response | undefined, failure: unknown, milliseconds: number): string {
  const id = failure instanceof ApiError ? failure.requestId : response && readRequestId(response.headers);
  const why = failure instanceof NotReached ? failure.why : (failure as Error | undefined)?.name;
  const notes = [id && `request ${id}`, !(failure instanceof ApiError) && why].filter(Boolean);
  return `${response?.status ?? "no response"} after ${Math.round(milliseconds)} ms${notes.length ? ` (${notes.join(", ")})` : ""}`;
}

/** Return what reads the body of a response; that of some libraries is no stream of the web. */
function readerOf({ body }: Response): ReadableStreamDefaultReader<Uint8Array> | undefined {
  if (body && typeof body.getReader !== "function")
    throw new ClientError("the body of what fetch gave is no ReadableStream: give a fetch of the web's standard");
  return body?.getReader();
}

/** Return the address of a signed URL, which errors do not show; throws TransientError, since a new URL may be better. */
function readSignedUrl(method: string, url: string): Address {
  if (!/^https?:\/\/[^/]/i.test(url)) throw new TransientError("the service returned an invalid URL");
  const host = url.split("/", 3).join("/");
  // Its path may be as secret as its query.
  const redact = (text: string): string => text.replace(/(https?:\/\/[^/\s"'<>()]+)\/[^\s"'<>()]+/gi, "$1/…");
  return { server: `the storage at ${host}`, name: `${method} ${host}/…`, url, redact };
}
