/** When something was, until when something may take, what may abort it, and what is tried again. A paid request is not: see `submissions`. */

import { Aborted, ApiError, NotReached, Passing, Unreadable } from "../errors.js";

const ATTEMPTS = 6; // about 8 seconds, beside what the service asks for
const LONGEST = 2 ** 31 - 1; // milliseconds that a timer can count

/** How long something may take, and what aborts it. */
export interface CallOptions {
  /** In milliseconds; a submission on its way is not cut short. */
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Not in the types of every TypeScript that this compiles with. */
const { any } = AbortSignal as unknown as { any: (this: typeof AbortSignal, signals: AbortSignal[]) => AbortSignal };

/** When something was, on two clocks: one that may stop while the machine sleeps, and one that somebody may set. */
export class Moment {
  readonly #monotonic = performance.now();
  readonly #wall = Date.now();

  /** The milliseconds since then: rather too few than too many. */
  get age(): number {
    return performance.now() - this.#monotonic;
  }

  /** The milliseconds since then: rather too many than too few. */
  get mostAge(): number {
    return Math.max(this.age, Date.now() - this.#wall);
  }
}

/** A moment until which something may take, and a signal that may abort it. */
export class Limits {
  readonly #end: number;
  readonly #given: AbortSignal | undefined; // kept: a signal of a timeout that nobody holds never fires
  readonly #signal: AbortSignal | undefined; // of our own: Node warns of many listeners on one
  readonly #stops = new Set<() => void>();
  readonly #stop = (): void => this.#stops.forEach((stop) => stop());

  /** So many milliseconds from now on, unless options say otherwise. */
  constructor(milliseconds: number, { timeout = milliseconds, signal }: CallOptions = {}) {
    if (!(timeout >= 0)) throw new RangeError("a timeout is a number of milliseconds, 0 or more");
    this.#end = performance.now() + timeout;
    this.#given = signal;
    this.#signal = signal && any.call(AbortSignal, [signal]);
  }

  /** The milliseconds that are left. */
  get left(): number {
    return Math.max(0, Math.min(LONGEST, this.#end - performance.now()));
  }

  /** How long one call may take, in milliseconds: long enough to have a chance. */
  get callTimeout(): number {
    return Math.max(1000, Math.min(60_000, this.left));
  }

  /** Throw if the signal is aborted. */
  check(): void {
    if (this.#given?.aborted) throw new Aborted();
  }

  /** Have something called when the signal is aborted, at once if it is, until what this gives is called. */
  onAbort(stop: () => void): () => void {
    if (this.#given?.aborted) stop();
    if (!this.#stops.size) this.#signal?.addEventListener("abort", this.#stop);
    this.#stops.add(stop);
    return () => {
      this.#stops.delete(stop);
      if (!this.#stops.size) this.#signal?.removeEventListener("abort", this.#stop); // or it would be kept for good
    };
  }

  /** Wait, unless the signal is aborted. */
  sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        forget();
        this.#given?.aborted ? reject(new Aborted()) : resolve();
      };
      const timer = setTimeout(go, milliseconds);
      const forget = this.onAbort(() => setTimeout(go));
    });
  }
}

/**
 * Try something until it works, with growing pauses, or as long as the service asks for.
 *
 * The last error comes through where it is none that passes, after so many attempts (those for which the rate was too high do not
 * count), or where the next one would come too late.
 */
export async function retried<T>(attempt: () => Promise<T>, limits: Limits, attempts = ATTEMPTS): Promise<T> {
  let failures = 0;
  for (let tries = 0; ; tries++) {
    try {
      limits.check();
      return await attempt();
    } catch (error) {
      if (!isPassing(error)) throw error;
      const asked = error instanceof ApiError ? error.retryAfter : 0;
      const pause = asked ? Math.max(asked, 250) : Math.min(8000, 250 * 2 ** tries) + 250 * Math.random();
      failures += Number(!(error instanceof ApiError && error.status === 429));
      if (failures >= attempts || pause > limits.left) throw error;
      await limits.sleep(pause);
    }
  }
}

/** Tell whether something may work the next time. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.status >= 500 || [408, 429].includes(error.status);
  return error instanceof NotReached || error instanceof Unreadable || error instanceof Passing;
}
