/** Many requests, several at once; an error of one does not stop the others, unless it would hit all of them. */

import { ClientError } from "../errors.js";
import { isObject } from "../problems.js";
import type { ModelRequest } from "../requests.js";
import type { Outcome, Result, RunManyOptions } from "./jobs.js";
import { Deadline } from "./retries.js";

/** Run many requests, read from their iterator as needed; yield each outcome as it comes. Throws at the end an error that `isShared` by all. */
export async function* runMany(
  run: (request: ModelRequest, index: number, signal: AbortSignal) => Promise<Result>,
  isShared: (error: Error) => Promise<boolean>,
  requests: Iterable<ModelRequest> | AsyncIterable<ModelRequest>,
  { concurrency = 8, signal }: RunManyOptions,
): AsyncGenerator<Outcome, void, undefined> {
  const ended = new AbortController(); // aborted when the caller takes no more outcomes
  const deadline = new Deadline(0, { signal });
  const forget = deadline.onAbort(() => ended.abort(signal?.reason));
  const source = Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
  const running = new Map<number, Promise<Outcome>>();
  let coming: Promise<IteratorResult<ModelRequest> | Failure> | undefined;
  let failure: Failure | undefined;
  let isOver = false;
  let index = 0;
  let checked = Promise.resolve();
  const start = async (request: ModelRequest, index: number): Promise<Outcome> => {
    const outcome = await outcomeOf(run(request, index, ended.signal), request, index);
    const { error } = outcome;
    if (error)
      await (checked = checked.then(async () => {
        if (!failure && (await isShared(error))) failure = { reason: error }; // of several that fail at once, one looks
      }));
    return outcome;
  };
  try {
    for (;;) {
      if (failure) coming = undefined;
      else if (!isOver && !ended.signal.aborted && running.size < concurrency) coming ??= next(source);
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
        running.set(index, start(request, index));
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

/** Tell whether something thrown is an error, of whatever realm. */
function isError(thrown: unknown): thrown is Error {
  return isObject(thrown) && typeof thrown["name"] === "string" && typeof thrown["message"] === "string";
}

async function outcomeOf(running: Promise<Result>, request: ModelRequest, index: number): Promise<Outcome> {
  try {
    return { index, request, result: await running };
  } catch (error) {
    return { index, request, error: isError(error) ? error : new ClientError(String(error)) };
  }
}
