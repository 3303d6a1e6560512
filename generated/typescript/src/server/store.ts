/** What a handler remembers of paid requests, so that none is sent twice. */

type Awaitable<T> = T | PromiseLike<T>;

/**
 * Remembers how paid requests ended, an hour or longer. Where a server has several instances, or starts anew, give one that they share:
 * in Redis, `add` is `SET key value NX EX 3600`.
 */
export interface Store {
  /** Keep a text under a key, unless there is one; tell whether it was kept. Of several calls at once, one is told so. */
  add(key: string, value: string): Awaitable<boolean>;
  /** Return the text of a key, if there is one. */
  get(key: string): Awaitable<string | null | undefined>;
  /** Replace the text of a key. */
  set(key: string, value: string): Awaitable<unknown>;
}

const LIFETIME = 3_600_000; // milliseconds

/** Make a store in the memory of this process. */
export function makeMemory(): Store {
  const kept = new Map<string, { value: string; readonly since: number }>(); // the oldest first
  return {
    add(key, value) {
      const now = Date.now();
      for (const [old, { since }] of kept) {
        if (now - since < LIFETIME) break;
        kept.delete(old);
      }
      if (kept.has(key)) return false;
      kept.set(key, { value, since: now });
      return true;
    },
    get: (key) => kept.get(key)?.value,
    set(key, value) {
      const found = kept.get(key);
      if (found) found.value = value;
    },
  };
}
