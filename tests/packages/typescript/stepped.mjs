/**
 * A clock that is stepped whenever all wait for it: importing this puts it in the place of the machine's, for all that runs here. Where
 * nothing is driven, time passes by itself.
 */

const real = {
  setTimeout,
  clearTimeout,
  fetch: globalThis.fetch,
  date: Date.now,
  performance: performance.now.bind(performance),
};
const due = new Map(); // by timer: when, and what is done then
let stepped = 0; // milliseconds
let asked = 0; // calls that are not answered yet
let driven = 0; // promises until which time is stepped

const now = () => real.performance() + stepped;

globalThis.setTimeout = (act, milliseconds = 0, ...rest) => {
  const timer = real.setTimeout(() => driven || fire(timer), milliseconds);
  due.set(timer, { at: now() + milliseconds, act: () => act(...rest) });
  return timer;
};
globalThis.clearTimeout = (timer) => due.delete(timer) + real.clearTimeout(timer);

function fire(timer) {
  const { act } = due.get(timer);
  clearTimeout(timer);
  act();
}
performance.now = now;
Date.now = () => real.date() + stepped;

/** A `fetch` for a client, whose calls are waited for, and each piece of their answers. */
export async function fetch(...call) {
  const answer = await waitedFor(real.fetch(...call));
  const reader = answer.body?.getReader();
  const pull = async (controller) => {
    const { done, value } = await waitedFor(reader.read());
    done ? controller.close() : controller.enqueue(value);
  };
  const body = reader && new ReadableStream({ pull, cancel: () => reader.cancel() }, { highWaterMark: 0 });
  return new Response(body, answer);
}

async function waitedFor(promise) {
  asked += 1;
  try {
    return await promise;
  } finally {
    asked -= 1;
  }
}

/** Others who live by the same clock: how many calls they hold, and in how many seconds they have something to do. */
const NOBODY = { state: async () => ({ held: 0, next: null }), step: async () => undefined };

/** Let time pass, for others and here. */
export async function step(milliseconds, others = NOBODY) {
  stepped += milliseconds; // first: what breaks there is seen here at once
  const state = await others.step(milliseconds / 1000);
  for (const [timer, { at }] of [...due].sort(([, one], [, other]) => one.at - other.at))
    if (at <= now() && due.has(timer)) fire(timer);
  return state;
}

/** Let time pass whenever all wait for it, until a promise is settled. */
export async function drive(promise, others = NOBODY) {
  let isSettled = false;
  driven += 1;
  const settle = () => {
    isSettled = true;
    driven -= 1;
  };
  promise.then(settle, settle);
  for (;;) {
    const { held, next } = await others.state();
    const isBusy = asked > held; // and to ask again at once would keep the processor from it
    await new Promise((resolve) => (isBusy ? real.setTimeout(resolve, 2) : setImmediate(resolve)));
    if (isSettled) return promise;
    if (isBusy) continue;
    const mine = Math.min(...[...due.values()].map(({ at }) => at - now()));
    const until = Math.max(0, Math.min(mine, next === null ? Infinity : 1000 * next));
    if (asked <= held && until !== Infinity) await step(until, others);
  }
}
