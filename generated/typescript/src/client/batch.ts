/** Many requests, several at once; an error of one does not stop the others, unless it would hit all of them, or the caller named it. */

import { ClientError } from "../errors.js";
import { isObject } from "../values.js";
import type { ModelRequest } from "../requests.js";
import type { EstimateManyOptions } from "./call_options.js";
import type { Outcome } from "./jobs.js";
import { Deadline } from "./retries.js";
import { type Failure, Stop } from "./stops.js";

export { Budget } from "./budget.js";

/** Run many requests, read from their iterator as needed; yield each outcome as it comes, or in order. Throws at the end what stops them. */
export function runAll<Request extends ModelRequest, Value>(
  run: (request: Request, index: number, signal: AbortSignal) => Promise<Value>,
  probe: () => Promise<unknown>,
  requests: Requests<Request>,
  options: EstimateManyOptions,
): AsyncGenerator<Outcome<Request, Value>, void, undefined> {
  const held = new Map<number, Outcome<Request, Value>>(); // until those before them are there
  const outcomes = runAsTheyCome(run, new Stop(options.stopOn, probe), requests, options, () => held.size);
  return options.inOrder ? inOrder(outcomes, held) : outcomes;
}

const MAX_AHEAD = 4; // times `concurrency`: so many requests are begun, at most, while outcomes wait for one that takes long

type Requests<Request> = Iterable<Request> | AsyncIterable<Request>;

async function* runAsTheyCome<Request extends ModelRequest, Value>(
  run: (request: Request, index: number, signal: AbortSignal) => Promise<Value>,
  stop: Stop,
  requests: Requests<Request>,
  { concurrency = 8, signal }: EstimateManyOptions,
  countHeld: () => number,
): AsyncGenerator<Outcome<Request, Value>, void, undefined> {
  const ended = new AbortController(); // aborted when the caller takes no more outcomes
  const deadline = new Deadline(0, { signal });
  const forget = deadline.onAbort(() => ended.abort(signal?.reason));
  const source = Symbol.asyncIterator in requests ? requests[Symbol.asyncIterator]() : requests[Symbol.iterator]();
  const running = new Map<number, Promise<Outcome<Request, Value>>>();
  let coming: Promise<IteratorResult<Request> | Failure> | undefined;
  let isOver = false;
  let index = 0;
  const start = async (request: Request, index: number): Promise<Outcome<Request, Value>> => {
    const outcome = await outcomeOf(run(request, index, ended.signal), request, index);
    if (outcome.error) await stop.note(outcome.error);
    return outcome;
  };
  try {
    for (;;) {
      const isFull = running.size >= concurrency || running.size + countHeld() >= MAX_AHEAD * concurrency;
      if (stop.failure) coming = undefined;
      else if (!isOver && !ended.signal.aborted && !isFull) coming ??= next(source);
      if (!coming && !running.size) break;
      const came = await Promise.race([...running.values(), ...(coming ? [coming] : [])]);
      if ("index" in came) {
        running.delete(came.index);
        yield came;
        continue;
      }
      coming = undefined;
      if ("reason" in came) stop.failure ??= came; // thrown when all running requests have ended
      isOver = "reason" in came || came.done === true;
      if (!("reason" in came) && !came.done && !stop.failure) {
        const request = came.value;
        running.set(index, start(request, index));
        index += 1;
      }
    }
    if (stop.failure) throw stop.failure.reason;
    deadline.throwIfAborted();
  } finally {
    forget();
    ended.abort();
    if (!isOver) void Promise.resolve(source.return?.()).catch(() => undefined); // it may still be working, and nobody waits
  }
}

/** Yield outcomes in the order of their requests; those that must wait are `ready`. */
async function* inOrder<Request extends ModelRequest, Value>(
  outcomes: AsyncIterable<Outcome<Request, Value>>,
  ready: Map<number, Outcome<Request, Value>>,
): AsyncGenerator<Outcome<Request, Value>, void, undefined> {
  let due = 0;
  for await (const outcome of outcomes) {
    ready.set(outcome.index, outcome);
    for (let one; (one = ready.get(due)); due++) {
      ready.delete(due);
      yield one;
    }
  }
}

async function next<Request>(
  source: Iterator<Request> | AsyncIterator<Request>,
): Promise<IteratorResult<Request> | Failure> {
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

async function outcomeOf<Request extends ModelRequest, Value>(
  running: Promise<Value>,
  request: Request,
  index: number,
): Promise<Outcome<Request, Value>> {
  try {
    return { index, request, result: await running };
  } catch (error) {
    return { index, request, error: isError(error) ? error : new ClientError(String(error)) };
  }
}
