/** Deadlines, the signals that abort, and retries. A paid request has retries of its own: see `submissions`. */

import type { CallOptions } from "./call_options.js";
import { Aborted, ApiError, NotReached, TransientError, Unreadable } from "./errors.js";
import { ATTEMPTS, LIMITED, type Pauses, RETRIED, RETRY_PAUSES, SERVER_ERROR } from "./facts.js";

const MAX_TIMER = 2 ** 31 - 1; // milliseconds that a timer can count

/** What each signal of a caller stops, by one listener: Node warns of many, and a signal of another realm has no more than this. */
const stopsOf = new WeakMap<AbortSignal, Set<() => void>>();

/** A moment by two clocks: one that may stop while the machine sleeps, and one that somebody may set. */
export class Moment {
  readonly #monotonic = performance.now();
  readonly #wall = Date.now();

  /** The milliseconds since then: at least so many. */
  get age(): number {
    return performance.now() - this.#monotonic;
  }

  /** The milliseconds since then: at most so many. */
  get maxAge(): number {
    return Math.max(this.age, Date.now() - this.#wall);
  }
}

/** A deadline, and the caller's signal that may abort before it. */
export class Deadline {
  readonly #end: number;
  readonly #given: AbortSignal | undefined; // kept: a signal of a timeout never fires once nothing refers to it

  /** `milliseconds` from now, unless the options have a `timeout`. */
  constructor(milliseconds: number, { timeout = milliseconds, signal }: CallOptions = {}) {
    this.#end = performance.now() + timeout;
    this.#given = signal;
  }

  /** The milliseconds that are left, never less than 0. */
  get left(): number {
    return Math.max(0, Math.min(MAX_TIMER, this.#end - performance.now()));
  }

  /** Return the timeout of one call that may take so many milliseconds; at least a second is left for it, so that it can succeed. */
  callTimeout(most: number): number {
    return Math.min(MAX_TIMER, most, Math.max(1000, this.left));
  }

  throwIfAborted(): void {
    if (this.#given?.aborted) throw new Aborted(this.#given.reason);
  }

  /** Call `stop` when the signal is aborted, at once if it already is; return a function that removes it. */
  onAbort(stop: () => void): () => void {
    if (!this.#given || this.#given.aborted) {
      if (this.#given) stop();
      return () => undefined;
    }
    const stops = stopsOf.get(this.#given) ?? listen(this.#given);
    stops.add(stop);
    return () => void stops.delete(stop);
  }

  /** Wait, unless the signal is aborted. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        forget();
        this.#given?.aborted ? reject(new Aborted(this.#given.reason)) : resolve();
      };
      const timer = setTimeout(go, milliseconds);
      const forget = this.onAbort(() => setTimeout(go));
    });
  }
}

function listen(signal: AbortSignal): Set<() => void> {
  const stops = new Set<() => void>();
  stopsOf.set(signal, stops);
  signal.addEventListener("abort", () => stops.forEach((stop) => stop()), { once: true });
  return stops;
}

/**
 * Retry something with growing pauses, or after the pause that the service asks for.
 *
 * Throws the last error if it is not transient, after so many attempts (a 429 does not count), after more than `limits` times a 429, or if
 * the next one would be after the deadline. `tell` is told each error, and which attempt comes after which pause.
 */
export async function retry<T>(
  act: () => Promise<T>,
  deadline: Deadline,
  attempts = ATTEMPTS,
  limits = Infinity,
  tell?: (error: unknown, next: number, pause: number) => void,
): Promise<T> {
  const [shortest] = RETRY_PAUSES;
  let failures = 0;
  let limited = 0;
  let next = 1;
  for (let wait = shortest; ; wait = grow(wait, RETRY_PAUSES)) {
    try {
      deadline.throwIfAborted();
      return await act();
    } catch (error) {
      if (!isTransient(error)) throw error;
      const asked = error instanceof ApiError ? error.retryAfter : 0;
      const pause = asked ? Math.max(asked, shortest) : wait + shortest * Math.random();
      const isLimited = error instanceof ApiError && error.status === LIMITED;
      isLimited ? (limited += 1) : (failures += 1);
      if (failures >= attempts || limited > limits || pause > deadline.left) throw error;
      tell?.(error, ++next, pause);
      await deadline.sleep(pause);
    }
  }
}

/** Return the pause after another one. */
export function grow(pause: number, [, growth, longest]: Pauses): number {
  return Math.min(longest, pause * growth);
}

/** Why nothing is reached now or later: a certificate, a port that fetch never calls, a URL, or a `fetch` that is none. */
const NEVER = /^bad port$|^fetch gave |CERT|UNABLE_TO_VERIFY|INVALID_URL/;

/** Tell whether a retry may help. */
export function isTransient(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= SERVER_ERROR || RETRIED.includes(error.status);
  if (error instanceof NotReached) return !NEVER.test(error.why);
  return error instanceof Unreadable || error instanceof TransientError;
}
