/** Many requests, several at once; an error of one does not stop the others. */

import { ClientError } from "../errors.js";
import type { ModelRequest } from "../requests.js";
import type { Outcome, Result, RunManyOptions } from "./jobs.js";
import { Deadline } from "./retries.js";

/** Run many requests, read from their iterator as needed; yield each outcome as it comes. */
export async function* runMany(
  run: (request: ModelRequest, index: number, signal: AbortSignal) => Promise<Result>,
  requests: Iterable<ModelRequest> | AsyncIterable<ModelRequest>,
  { concurrency = 8, signal }: RunManyOptions,
): AsyncGenerator<Outcome, void, undefined> {
  if (!(concurrency >= 1)) throw new RangeError("concurrency must be 1 or more");
  const ended = new AbortController(); // aborted when the caller takes no more outcomes
  const deadline = new Deadline(0, { signal });
  const forget = deadline.onAbort(() => ended.abort());
  const source = Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
  const running = new Map<number, Promise<Outcome>>();
  let coming: Promise<IteratorResult<ModelRequest> | Failure> | undefined;
  let failure: Failure | undefined;
  let isOver = false;
  let index = 0;
  try {
    for (;;) {
      if (!isOver && !ended.signal.aborted && running.size < concurrency) coming ??= next(source);
      if (!coming && !running.size) break;
      const came = await Promise.race([...running.values(), ...(coming ? [coming] : [])]);
      if ("index" in came) {
        running.delete(came.index);
        yield came;
        continue;
      }
      coming = undefined;
      if ("reason" in came) failure = came; // thrown when all running requests have ended
      isOver = "reason" in came || came.done === true;
      if (!("reason" in came) && !came.done) {
        const request = came.value;
        running.set(index, outcomeOf(run(request, index, ended.signal), request, index));
        index += 1;
      }
    }
    if (failure) throw failure.reason;
    deadline.throwIfAborted();
  } finally {
    forget();
    ended.abort();
    if (!isOver) void Promise.resolve(source.return?.()).catch(() => undefined); // it may still be working, and nobody waits
  }
}

/** The error of the iterator of requests. */
interface Failure {
  readonly reason: unknown;
}

async function next(
  source: Iterator<ModelRequest> | AsyncIterator<ModelRequest>,
): Promise<IteratorResult<ModelRequest> | Failure> {
  try {
    return await source.next();
  } catch (reason) {
    return { reason };
  }
}

async function outcomeOf(running: Promise<Result>, request: ModelRequest, index: number): Promise<Outcome> {
  try {
    return { index, request, result: await running };
  } catch (error) {
    return { index, request, error: error instanceof Error ? error : new ClientError(String(error)) };
  }
}
