/** A request and its response over the network, which end when the signal is aborted or a step takes too long. */

import { isObject, show } from "../values.js";
import { type Redact, safeCause } from "./causes.js";
import { NotPermitted, NotReached } from "./errors.js";
import { plain } from "./responses.js";
import type { Deadline } from "./retries.js";
import { isDenied } from "./runtime.js";

/** The codes of Node, Deno and Bun for a request that was never sent; a browser does not tell. */
const UNSENT =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|ConnectionRefused|bad port)$|CERT|UNABLE_TO_VERIFY/;

/** How Deno tells that it did not even get a connection: its errors have no codes. */
const UNCONNECTED = /client error \(Connect\): (?:.*: )?(.+)$/;

export class Exchange {
  readonly #server: string;
  readonly #deadline: Deadline;
  readonly #timeout: number;
  readonly #redact: Redact;
  readonly #controller = new AbortController();
  readonly #stopped: Promise<never>; // also where fetch does not take our signal
  readonly #forget: () => void;
  #fail!: (reason: unknown) => void;
  #response: Response | undefined;

  /** `server` names the server in errors; `timeout` is in milliseconds for each step; `redact` is for what errors of others show. */
  constructor(server: string, deadline: Deadline, timeout: number, redact: Redact) {
    deadline.throwIfAborted();
    this.#server = server;
    this.#deadline = deadline;
    this.#timeout = timeout;
    this.#redact = redact;
    this.#stopped = new Promise<never>((_, reject) => (this.#fail = reject));
    this.#stopped.catch(() => undefined);
    this.#forget = deadline.onAbort(() => this.#stop());
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Send the request; return its response, whose body is not read yet. */
  async open(fetch: typeof globalThis.fetch, url: string, init: RequestInit): Promise<Response> {
    const asked = async (): Promise<Response> => fetch(url, init);
    const given: unknown = await this.wait(asked());
    if (!isResponse(given))
      throw new NotReached(this.#server, `fetch gave ${show(given)} in place of a Response`, false);
    return (this.#response = given);
  }

  /** Await a step of the network; throws NotReached if it fails or takes too long. */
  async wait<T>(step: Promise<T>): Promise<T> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.#stop();
    }, this.#timeout);
    try {
      return await Promise.race([step, this.#stopped]);
    } catch (error) {
      this.#deadline.throwIfAborted();
      if (isLate) throw new NotReached(this.#server, "timed out", false);
      if (isDenied(error)) throw new NotPermitted(`${this.#server} cannot be reached: run Deno with --allow-net`);
      const unconnected = UNCONNECTED.exec(messageOf(error))?.[1];
      const why = unconnected ? plain(unconnected) : codeOf(error); // and not its message, which may show the URL
      const cause = safeCause(error, this.#redact);
      throw new NotReached(this.#server, why, unconnected !== undefined || isUnsent(error, why), cause);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Close the connection if it still sends, and let go of the response. */
  close(): void {
    this.#stop();
    const body = this.#response?.body;
    if (body && !body.locked) body.cancel?.().catch(() => undefined);
    this.#forget();
  }

  #stop(): void {
    this.#controller.abort();
    this.#fail(this.#controller.signal);
  }
}

/** Tell whether `fetch` gave a response, of whatever library: one that a test puts in its place may give anything. */
function isResponse(given: unknown): given is Response {
  if (!isObject(given) || typeof given["status"] !== "number") return false;
  const { get } = Object(given["headers"]) as { get?: unknown };
  return [get, given["text"], given["arrayBuffer"]].every((one) => typeof one === "function");
}

/** Tell whether `fetch` takes a signal: it takes none of another realm, such as that of a simulated page. */
export function takesSignals(): boolean {
  return takes({ signal: new AbortController().signal });
}

/** Tell whether `fetch` takes an option: workerd, as it was until 2024, refuses to be told of a cache. */
export function takes(init: RequestInit): boolean {
  try {
    return Boolean(new Request("http://localhost", init));
  } catch {
    return false;
  }
}

/** Tell whether a request was never sent; a connection that was open may break with the same codes. */
function isUnsent(error: unknown, code: string): boolean {
  const { cause } = Object(error) as { cause?: { syscall?: unknown } };
  return UNSENT.test(code) && cause?.syscall !== "read" && cause?.syscall !== "write";
}

/** Return the message of the cause of an error, else its own. */
function messageOf(error: unknown): string {
  const { message, cause } = Object(error) as { message?: unknown; cause?: { message?: unknown } };
  return String(cause?.message ?? message);
}

function codeOf(error: unknown): string {
  const { name, message, code, cause } = Object(error) as Record<string, unknown> & { cause?: Record<string, unknown> };
  if (cause?.["message"] === "bad port" || /to port \d+ are blocked$/.test(String(message))) return "bad port"; // one that fetch never calls
  return plain(cause?.["code"]) || plain(code) || plain(name) || "unknown";
}
