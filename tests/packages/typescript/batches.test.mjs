/** Many requests: what they may cost, when they stop, and in which order their outcomes come. The first table is that of the Python package, too. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, test } from "node:test";

import * as models from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

import { drive, fetch } from "./stepped.mjs"; // first: what follows lives by its clock
import { startSandbox, SUBMISSION } from "./sandbox.mjs";

const { rows } = JSON.parse(readFileSync(`${process.env.TESTS}/packages/batches.json`));
const SAMPLES = { video: "asset_sample_video", audio: "asset_sample_audio" };
const COST = 10.75;
let sandbox;

before(async () => {
  sandbox = await startSandbox("--speed", "1000");
});
afterEach(() => sandbox.mend());
after(() => sandbox.stop());

/** Make so many unequal requests, some of which are refused since a file of theirs is empty. */
function requestsOf(count, refused = []) {
  return Array.from({ length: count }, (_, index) =>
    syncLipsyncV2({
      ...SAMPLES,
      temperature: index / 100,
      ...(refused.includes(index) && { video: new Blob([]) }),
    }),
  );
}

/** Give all outcomes, and what is thrown at last. */
async function follow(outcomes) {
  const found = [];
  try {
    for await (const outcome of outcomes) found.push(outcome);
    return [found];
  } catch (error) {
    return [found, error];
  }
}

/** Give what was submitted since, beside what something gives. */
async function spending(act) {
  const before = (await sandbox.ledger()).length;
  return [await act(), (await sandbox.ledger()).length - before];
}

const wordFor = (error) => (error ? String(error.status ?? error.name) : "success");

for (const [name, row] of Object.entries(rows)) {
  test(`many requests: ${name}`, async () => {
    const { requests, refused, faults = [], base = "/v1", submitted, ends, thrown } = row;
    for (const { kind, ...fault } of faults) await sandbox.fail(kind, { on: SUBMISSION, ...fault });
    const client = sandbox.client({ fetch, baseUrl: sandbox.baseUrl.replace("/v1", base) });
    const options = { concurrency: row.concurrency ?? 4, maxCost: row.maxCost, inOrder: Array.isArray(ends) };
    if (row.stopOn) options.stopOn = row.stopOn.map((one) => models[one]);
    if (row.timeout) options.timeout = 1000 * row.timeout;
    const run = () => follow(client.runMany(requestsOf(requests, refused), options));
    const [[outcomes, error], paid] = await spending(() => drive(run()));
    const found = outcomes.map(({ error }) => wordFor(error));
    const counted = Object.fromEntries(
      [...new Set(found)].map((one) => [one, found.filter((end) => end === one).length]),
    );
    // Of those that had begun, which is chance, or a number.
    if (submitted === "all but one") assert.deepEqual([counted, paid < 9], [{ ...ends, success: paid }, true]);
    else assert.deepEqual([Array.isArray(ends) ? found : counted, paid], [ends, submitted]);
    assert.deepEqual(error && wordFor(error), thrown);
    if (thrown) assert(outcomes.some((one) => one.error === error));
    for (const { error } of outcomes)
      if (error instanceof models.MaxCostExceeded) assert.deepEqual([error.cost, error.maxCost], [COST, row.maxCost]);
  });
}

test("what would go over says what it would cost, and what is spent", async () => {
  const [[[, { error }]]] = await spending(() =>
    drive(follow(sandbox.client({ fetch }).runMany(requestsOf(2), { maxCost: 12, concurrency: 1 }))),
  );
  assert.match(
    error.message,
    /^model_sync-lipsync-v2 was not submitted: it would cost 10.75 creative units, and 10.75 of at most 12 are spent$/,
  );
  assert.deepEqual([error.modelId, error.promised, error.jobId], ["model_sync-lipsync-v2", COST, undefined]);
});

test("what has no price is not submitted where there is a limit", async () => {
  const priceless = async (url, init) => {
    const answer = await fetch(url, init);
    return /dryRun/.test(url) ? new Response('{"costDetails": {}}', { status: 200 }) : answer;
  };
  const [[[{ error }]], paid] = await spending(() =>
    drive(follow(sandbox.client({ fetch: priceless }).runMany(requestsOf(1), { maxCost: 1000 }))),
  );
  assert.deepEqual([error.name, error.message, paid], ["Unreadable", "the response has no cost", 0]);
});

test("in order, an endless source is read no further than four times what runs at once", async () => {
  let read = 0;
  const endless = function* () {
    for (; ; read++) yield requestsOf(1)[0];
  };
  let release;
  const first = new Promise((resolve) => (release = resolve));
  let isFirst = true;
  const holding = async (url, init) => {
    if (init.body === undefined || !isFirst) return globalThis.fetch(url, init);
    isFirst = false;
    await first;
    return globalThis.fetch(url, init);
  };
  const outcomes = sandbox.client({ fetch: holding }).estimateMany(endless(), { inOrder: true, concurrency: 2 });
  const next = outcomes.next();
  const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  while (read < 7) await pause(10);
  await pause(200);
  assert.equal(read, 7); // and an eighth, after which nobody asked for more
  release();
  for (let index = 0; index < 20; index++) assert.equal((await (index ? outcomes.next() : next)).value.index, index);
  await outcomes.return();
});

test("many requests are estimated, in order if one likes, and nothing is spent", async () => {
  const requests = requestsOf(5, [3]);
  const late = async (url, init) => {
    const isFirst = /"temperature":0[,}]/.test(init.body ?? "");
    if (isFirst) await new Promise((resolve) => setTimeout(resolve, 50));
    return fetch(url, init);
  };
  const client = sandbox.client({ fetch: late });
  for (const inOrder of [true, false]) {
    const [[outcomes, error], paid] = await spending(() => drive(follow(client.estimateMany(requests, { inOrder }))));
    assert.deepEqual([error, paid, outcomes.length], [undefined, 0, 5]);
    const indexes = outcomes.map(({ index }) => index);
    assert.equal(indexes.join() === "0,1,2,3,4", inOrder);
    assert(outcomes.every(({ index, request }) => request === requests[index]));
    assert.equal(
      outcomes.reduce((sum, { result }) => sum + (result?.cost ?? 0), 0),
      4 * COST,
    );
    assert.equal(outcomes.find(({ error }) => error).error.name, "FileRefused");
  }
  const stopped = client.estimateMany(requests, { concurrency: 1, stopOn: models.FileRefused });
  const [outcomes, error] = await drive(follow(stopped));
  assert.deepEqual([outcomes.length, error.name], [4, "FileRefused"]);
});
