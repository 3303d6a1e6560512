/** At most one job a request, whenever the connection breaks, the job comes into being, and the caller leaves. The clock is stepped. */

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, test } from "node:test";

import { Client } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

import { drive, fetch, step } from "./stepped.mjs";

const REQUEST = syncLipsyncV2({ video: "asset_sample_video", audio: "asset_sample_audio" });
const service = spawn(process.env.PYTHON ?? "python3", ["-m", "support.losses"], {
  stdio: ["pipe", "pipe", "inherit"],
  env: { ...process.env, PYTHONPATH: process.env.TESTS },
});
const lines = createInterface(service.stdout)[Symbol.asyncIterator]();
const { value: address } = await lines.next();
after(() => service.stdin.end());

/** Ask the proxy for something. */
async function control(what, body = null) {
  service.stdin.write(`${JSON.stringify([what, body])}\n`);
  return JSON.parse((await lines.next()).value);
}

const others = { state: () => control("state"), step: (seconds) => control("step", seconds) };

function makeClient() {
  return new Client({ baseUrl: `${address}/v1`, apiKey: "key", apiSecret: "secret", fetch });
}

/** Give equal requests, so many seconds apart. */
async function* equal(count, apart) {
  for (let number = 0; number < count; number++) {
    if (number && apart) await new Promise((resolve) => setTimeout(resolve, 1000 * apart));
    yield REQUEST;
  }
}

/** Run as many equal requests as a row says; give their jobs, or what they end as. */
async function run({ requests, timeout, apart, max_cost }, options) {
  if (requests === 1) return [(await makeClient().submit(REQUEST, { timeout: timeout * 1000, ...options })).id];
  const limit = max_cost === null ? {} : { maxCost: max_cost, concurrency: 1 };
  const found = [];
  for await (const { result, error } of makeClient().runMany(equal(requests, apart), limit))
    found.push(result?.job.id ?? error);
  return found;
}

/** Follow a row; give how its requests end, how often they were sent, and whether none was paid twice in the end. */
async function follow(row, options = {}) {
  await control("begin", { ...row, apart: undefined });
  const ends = await drive(run(row, options), others).catch((error) => [error]);
  for (let next = 0; next !== null;) ({ next } = await control("step", next));
  const { sent, jobs } = await control("sent");
  await step(10_000_000, others);
  const told = ends.map((one) => (jobs.includes(one) ? "job" : one.name)).sort();
  assert.equal(new Set(ends).size, ends.length);
  return { ends: told, sent, isPaidOnce: jobs.length <= row.requests, error: ends[0], jobs };
}

await drive(makeClient().jobs(), others); // loads what is loaded at the first call

const rows = await control("rows");
for (const [name, row] of Object.entries(rows)) {
  test(`an order is paid once: ${name}`, async () => {
    const { ends, sent, isPaidOnce, error } = await follow(row);
    const due = {
      ends: Array.isArray(row.ends) ? row.ends : Array(row.requests).fill(row.ends),
      sent: row.sent,
      isPaidOnce: true,
    };
    assert.deepEqual({ ends, sent, isPaidOnce }, due, error?.message);
  });
}

const HELD = { made: 25, breaks: null };
const BROKEN = { made: 100 };
const DEFAULTS = rows["breaks, and there is no job"];
const LEAVING = {
  "while it is held": [1, HELD, "SubmissionUnknown"],
  "while its job is searched for": [20, BROKEN, "SubmissionUnknown"],
  "just before its job is made": [97, BROKEN, "AbortError", true],
  "before it is sent again": [119, { made: null }, "AbortError", false],
};
for (const [when, [seconds, post, ends, isKnown]] of Object.entries(LEAVING)) {
  test(`nothing is sent again where the caller leaves ${when}`, async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 1000 * seconds);
    const found = await follow({ ...DEFAULTS, posts: [post] }, { signal: controller.signal });
    assert.deepEqual([found.ends, found.sent, found.isPaidOnce], [[ends], 1, true], found.error?.message);
    assert.equal(found.error.jobId, isKnown ? found.jobs[0] : undefined);
  });
}

test("an equal request that was sent later searches for the job of the one that took its own", async () => {
  const posts = [
    { made: 10, breaks: 50, listed: 80 },
    { made: 1, breaks: 30, status: 201 },
  ];
  const { ends, sent, jobs } = await follow({ ...DEFAULTS, requests: 2, apart: 40, posts });
  assert.deepEqual([ends, sent, jobs.length], [["job", "job"], 2, 2]);
});
