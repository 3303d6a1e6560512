import assert from "node:assert/strict";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { createServer } from "node:net";
import { Readable } from "node:stream";
import { after, afterEach, before, test } from "node:test";
import { inspect } from "node:util";

import {
  Aborted,
  anyKind,
  anyModel,
  ApiError,
  Client,
  ClientError,
  FileRefused,
  JobCanceled,
  JobFailed,
  JobTimeout,
  NoKey,
  NotReached,
  NotSubmitted,
  SubmissionUnknown,
  UploadFailed,
} from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

import { drive, fetch as counted } from "./stepped.mjs"; // first: what follows lives by its clock
import { BIG, bigFile, recorder, startSandbox, SUBMISSION } from "./sandbox.mjs";

const SAMPLES = { video: "asset_sample_video", audio: "asset_sample_audio" };
let sandbox;

before(async () => {
  sandbox = await startSandbox();
});
afterEach(async () => {
  await sandbox.mend();
  await sandbox.clock({ speed: 50 });
});
after(() => sandbox.stop());

/** Give what was paid for since, as the ids of the jobs. */
async function paidSince(act) {
  const before = (await sandbox.ledger()).length;
  const result = await act();
  return [result, (await sandbox.ledger()).slice(before)];
}

const byNumber = (one, other) => one - other;

/** Give what something rejects with. */
async function errorOf(promise) {
  return promise.then(
    () => assert.fail("it should not work"),
    (error) => error,
  );
}

test("a request runs to its result, and says how far it has come", async () => {
  const told = [];
  const video = new File(["a video"], "talk.mp4");
  const request = syncLipsyncV2({
    video,
    audio: new Uint8Array([82, 73, 70, 70, 0, 0, 0, 0, 87, 65, 86, 69, 1]),
    syncMode: "bounce",
  });
  const [{ job, assets }, ledger] = await paidSince(() =>
    sandbox.client().run(request, { onProgress: (progress) => told.push(progress) }),
  );
  assert.equal(job.status, "success");
  assert.equal(job.modelId, "model_sync-lipsync-v2");
  assert.deepEqual(
    ledger.map((entry) => entry.jobId),
    [job.id],
  );
  assert.equal(ledger[0].body.syncMode, "bounce");
  const file = await assets[0].download();
  assert.equal(file.size, assets[0].size);
  assert.equal(file.type, "video/mp4");
  assert.equal(new TextDecoder().decode((await file.arrayBuffer()).slice(4, 8)), "ftyp");
  assert.deepEqual(
    [...new Set(told.map(({ stage }) => stage))].filter((stage) => stage !== "queue"),
    ["upload", "run"],
  );
  assert.deepEqual(told.at(-1), { stage: "run", fraction: 1, jobId: job.id });
  assert.equal(new Set(told.map((one) => JSON.stringify(one))).size, told.length);
});

test("an estimate costs nothing", async () => {
  const [estimate, ledger] = await paidSince(() => sandbox.client().estimate(syncLipsyncV2(SAMPLES)));
  assert.deepEqual(estimate, { cost: 10.75, discount: 0, details: { "custom-generation": 10.75 } });
  assert.deepEqual(ledger, []);
});

test("a job goes on by itself, is found again, and canceled", async () => {
  await sandbox.clock({ speed: 0 });
  const job = await sandbox.client().submit(syncLipsyncV2(SAMPLES));
  assert.equal(job.isOver, false);
  assert.deepEqual(job.input, SAMPLES);
  const later = await sandbox.client().job(job.id);
  assert.equal((await later.cancel()).status, "canceled");
  assert.equal((await job.cancel()).status, "canceled"); // again, without effect
  assert.equal((await job.refresh()).isOver, true);
  const error = await errorOf(job.wait());
  assert(error instanceof JobCanceled);
  assert.equal(error.jobId, job.id);
  assert.equal((await sandbox.client().jobs(1))[0].id, job.id);
  for (const fault of ["error-before", "drop-after"]) {
    await sandbox.fail(fault, { on: "POST /v1/jobs/*/action", times: 1 });
    const other = await sandbox.client().submit(syncLipsyncV2(SAMPLES));
    assert.equal((await other.cancel()).status, "canceled");
  }
  assert.deepEqual(
    (await sandbox.faults()).map(({ struck }) => struck),
    [1, 1],
  );
  assert(!(await errorOf(sandbox.client().job("../models"))).jobId);
});

test("each content is uploaded once, in parts, whatever it is given as", async () => {
  const { fetch, count } = recorder();
  const client = sandbox.client({ fetch });
  const content = bigFile();
  const requests = [new Blob([content]), content, new Blob([content])].map((video) =>
    syncLipsyncV2({ ...SAMPLES, video }),
  );
  const jobs = await Promise.all(requests.map((request) => client.submit(request)));
  assert.equal(new Set(jobs.map(({ input }) => input.video)).size, 1);
  assert.equal(count(/^POST \/v1\/uploads$/), 1);
  assert.equal(count(/^PUT \/parts\//), 3);
  const uploaded = await client.submit(
    syncLipsyncV2({ ...SAMPLES, video: `data:video/mp4;base64,${btoa("a video")}` }),
  );
  assert.match(uploaded.input.video, /^asset_/);
  const imported = await client.submit(syncLipsyncV2({ ...SAMPLES, video: "https://example.com/talk.mp4?sign=x" }));
  assert.match(imported.input.video, /^asset_/);
  const anywhere = await client.submit(
    anyModel("model_sync-lipsync-v2", { video: new Blob(["x"]), audio: "asset_sample_audio" }),
  );
  assert.match(anywhere.input.video, /^asset_/);
});

test("the bytes of a big file arrive as they are, also where the storage fails", async () => {
  const { calls, fetch } = recorder();
  await sandbox.fail("part-fails", { times: 2 });
  await sandbox.fail("expired", { times: 1, on: "POST /v1/uploads" });
  const content = bigFile();
  const fractions = [];
  const job = await sandbox.client({ fetch }).submit(syncLipsyncV2({ ...SAMPLES, video: content }), {
    onProgress: ({ stage, fraction }) => stage === "upload" && fractions.push(fraction),
  });
  assert.equal(fractions.at(-1), 1);
  assert.deepEqual(fractions, [...fractions].sort(byNumber));
  const origin = new URL(sandbox.baseUrl).origin;
  const answer = await globalThis.fetch(`${origin}/v1/assets/${job.input.video}`, {
    headers: { Authorization: `Basic ${btoa("a:b")}` },
  });
  const { asset } = await answer.json();
  assert.equal(asset.properties.size, BIG);
  assert(Buffer.from(await (await globalThis.fetch(asset.url)).arrayBuffer()).equals(Buffer.from(content)));
  for (const { call, headers, redirect } of calls) {
    assert.equal(headers.has("authorization"), !call.startsWith("PUT /parts/"), call);
    if (headers.has("authorization")) assert.equal(redirect, "manual");
  }
});

for (const [number, kind] of ["drop-before", "error-before", "drop-after", "error-after", "truncate"].entries()) {
  test(`a lost response (${kind}) is paid once`, async () => {
    await sandbox.fail(kind, { on: SUBMISSION, times: 1 });
    const [{ job }, ledger] = await paidSince(() =>
      sandbox.client().run(syncLipsyncV2({ ...SAMPLES, temperature: (number + 1) / 10 })),
    );
    assert.deepEqual(
      ledger.map(({ jobId }) => jobId),
      [job.id],
    );
    assert.equal((await sandbox.faults())[0].struck, 1);
  });
}

test("many requests, some of them equal, are paid once each under every fault", async () => {
  for (const kind of ["drop-before", "drop-after", "error-before", "error-after"])
    await sandbox.fail(kind, { rate: 0.04 });
  await sandbox.fail("rate-limit", { rate: 0.05, seconds: 0.2 });
  const requests = Array.from({ length: 120 }, (_, index) =>
    syncLipsyncV2({ ...SAMPLES, syncMode: "silence", temperature: (index % 40) / 40 }),
  );
  const [outcomes, ledger] = await paidSince(async () => {
    const outcomes = [];
    for await (const outcome of sandbox.client({ settle: 1500 }).runMany(requests, { concurrency: 20 }))
      outcomes.push(outcome);
    return outcomes;
  });
  assert.deepEqual(outcomes.map(({ error }) => error).filter(Boolean), []);
  assert.deepEqual(
    outcomes.map(({ index }) => index).sort(byNumber),
    requests.map((_, index) => index),
  );
  const jobs = outcomes.map(({ result }) => result.job.id);
  assert.equal(new Set(jobs).size, requests.length);
  assert.deepEqual(jobs.sort(), ledger.map(({ jobId }) => jobId).sort());
  assert((await sandbox.faults()).every(({ struck }) => struck > 0));
});

test("where the jobs cannot be listed it is said that nothing is known", async () => {
  await sandbox.fail("drop-after", { on: SUBMISSION, times: 1 });
  await sandbox.fail("error-before", { on: "GET /v1/jobs" });
  const client = sandbox.client({ fetch: counted });
  const [error, ledger] = await paidSince(() => drive(errorOf(client.run(syncLipsyncV2(SAMPLES)))));
  assert(error instanceof SubmissionUnknown);
  assert.match(error.message, /jobs cannot be listed.*500/);
  assert.equal(error.since, "");
  assert.match(error.message, /created just now/);
  assert.equal(ledger.length, 1);
});

test("what is refused is said in the service's words, and not tried again", async () => {
  const { fetch, count } = recorder();
  const [error, ledger] = await paidSince(() =>
    errorOf(sandbox.client({ fetch }).run(syncLipsyncV2(SAMPLES).unlisted({ temperature: 2 }))),
  );
  assert(error instanceof ApiError);
  assert.deepEqual([error.status, error.reason, error.jobId], [400, "Input temperature must be at most 1", undefined]);
  assert.match(error.message, /400: Input temperature must be at most 1 \(request \w+\)/);
  assert.equal(count(/generate/), 1);
  assert.deepEqual(ledger, []);
});

test("a rate that is too high is waited for as long as the service asks", async () => {
  await sandbox.fail("rate-limit", { times: 1, on: SUBMISSION }); // for a second
  const begin = performance.now();
  const [, ledger] = await paidSince(() => sandbox.client().submit(syncLipsyncV2(SAMPLES)));
  assert(performance.now() - begin >= 1000);
  assert.equal(ledger.length, 1);
});

test("what fails is tried six times, and what tells of a paid job for five minutes", async () => {
  await sandbox.fail("error-before", { on: "GET /v1/jobs/*" });
  const client = sandbox.client({ fetch: counted });
  const struck = async () => (await sandbox.faults())[0].struck;
  for (const [call, times, least, most] of [
    [() => client.job("job_1"), 6, 7750, 20_000],
    [() => client.run(syncLipsyncV2(SAMPLES)), 40, 275_000, 350_000],
  ]) {
    const [before, begin] = [await struck(), performance.now()];
    assert((await drive(errorOf(call()))) instanceof ApiError);
    const taken = performance.now() - begin; // with what the machine itself takes
    assert.deepEqual([(await struck()) - before, taken > least, taken < most], [times, true, true]);
  }
  await sandbox.mend();
  await sandbox.fail("rate-limit", { on: "GET /v1/jobs", times: 9, seconds: 1 });
  assert.equal((await drive(client.jobs(1))).length, 1);
});

test("the service is asked less and less often", async () => {
  const asked = { job: 0, list: 0 };
  const fetch = (address, init) => {
    asked.job += /\/jobs\/job_/.test(address);
    asked.list += /\/jobs\?pageSize=1$/.test(address); // the first request of each search
    return counted(address, init);
  };
  const client = sandbox.client({ fetch, settle: 120_000 });
  await sandbox.fail("job-hangs");
  const error = await drive(errorOf(client.run(syncLipsyncV2(SAMPLES), { timeout: 60_000 })));
  assert(error instanceof JobTimeout);
  await sandbox.fail("drop-before", { on: SUBMISSION, times: 1 });
  await drive(client.submit(syncLipsyncV2({ ...SAMPLES, temperature: 0.77 })));
  const { job, list } = asked;
  assert.deepEqual([job > 20 && job < 32, list > 12 && list < 20], [true, true], `${job}, ${list}`);
});

test("a job that fails, hangs, or is in a state that nobody knows", async () => {
  await sandbox.fail("job-fails", { times: 1 });
  const failed = await errorOf(sandbox.client().run(syncLipsyncV2(SAMPLES)));
  assert(failed instanceof JobFailed);
  assert.match(failed.message, /^job job_\w+ failed: The sandbox was asked to let this job fail. Turn off/);
  assert.match(failed.jobId, /^job_/);
  await sandbox.fail("job-hangs", { times: 1 });
  const late = await errorOf(sandbox.client().run(syncLipsyncV2(SAMPLES), { timeout: 700 }));
  assert(late instanceof JobTimeout);
  assert.match(late.message, /^timed out; job job_\w+ is still running and may be billed$/);
  assert.equal((await sandbox.client().job(late.jobId)).isOver, false);
  await sandbox.fail("job-strange", { times: 1 });
  assert.equal((await sandbox.client().run(syncLipsyncV2(SAMPLES))).job.status, "success");
});

test("a deadline that is over before the submission costs nothing", async () => {
  await sandbox.fail("latency", { on: "POST /v1/uploads", seconds: 0.5 });
  const [error, ledger] = await paidSince(() =>
    errorOf(sandbox.client().run(syncLipsyncV2({ ...SAMPLES, video: new Blob(["x1"]) }), { timeout: 300 })),
  );
  assert(error instanceof NotSubmitted);
  assert.deepEqual(ledger, []);
});

test("an upload that goes wrong for good says so, and nothing is paid", async () => {
  await sandbox.fail("part-fails");
  const request = syncLipsyncV2({ ...SAMPLES, video: new Blob(["x2"]) });
  const client = sandbox.client({ fetch: counted });
  const [failed, ledger] = await paidSince(() => drive(errorOf(client.run(request))));
  assert(failed instanceof UploadFailed);
  assert.match(failed.message, /storage responded with status 500 to part 1 of 1/);
  const late = await errorOf(sandbox.client().run(request, { timeout: 900 }));
  assert(late instanceof NotSubmitted);
  assert.match(late.message, /^timed out while file was uploaded; nothing was billed$/);
  assert.deepEqual(ledger, []);
  const empty = await errorOf(sandbox.client().run(syncLipsyncV2({ ...SAMPLES, video: new File([], "talk.mp4") })));
  assert.match(empty.message, /talk.mp4 is empty/);
});

test("who aborts is told the job, which goes on or is canceled", async () => {
  await sandbox.clock({ speed: 0 });
  for (const cancelIfAborted of [false, true]) {
    const controller = new AbortController();
    const onProgress = ({ stage }) => stage === "queue" && setTimeout(() => controller.abort(), 50);
    const error = await errorOf(
      sandbox.client().run(syncLipsyncV2(SAMPLES), { signal: controller.signal, cancelIfAborted, onProgress }),
    );
    assert(error instanceof Aborted);
    assert.equal(error.name, "AbortError");
    assert.equal((await sandbox.client().job(error.jobId)).status === "canceled", cancelIfAborted);
    assert.equal(error.isCanceled, cancelIfAborted);
  }
});

test("who aborts while a request is being submitted is told its job, and nothing is sent again", async () => {
  await sandbox.fail("latency", { on: SUBMISSION, seconds: 0.5 });
  const [error, ledger] = await paidSince(() =>
    errorOf(sandbox.client().submit(syncLipsyncV2(SAMPLES), { signal: AbortSignal.timeout(100) })),
  );
  assert(error instanceof Aborted);
  assert.deepEqual(
    ledger.map(({ jobId }) => jobId),
    [error.jobId],
  );
  const aborted = await errorOf(sandbox.client().submit(syncLipsyncV2(SAMPLES), { signal: AbortSignal.abort() }));
  assert(aborted instanceof Aborted && aborted.jobId === undefined);
  await sandbox.mend();
  await sandbox.fail("error-before", { on: SUBMISSION });
  const client = sandbox.client({ fetch: counted });
  const remapped = syncLipsyncV2({ ...SAMPLES, syncMode: "remap" });
  const [, none] = await paidSince(async () => {
    await errorOf(client.submit(remapped, { signal: AbortSignal.timeout(200) }));
    await sandbox.mend();
    await drive(new Promise((resolve) => setTimeout(resolve, 150_000)));
  });
  assert.deepEqual(none, []);
});

test("many requests may be endless, and who has enough leaves", async () => {
  let made = 0;
  async function* endless() {
    for (;;) yield syncLipsyncV2({ ...SAMPLES, temperature: (made++ % 100) / 100 });
  }
  const told = new Set();
  const seen = [];
  for await (const { index, result } of sandbox
    .client()
    .runMany(endless(), { concurrency: 3, onProgress: ({ index }) => told.add(index) })) {
    assert.equal(result.job.status, "success");
    seen.push(index);
    if (seen.length === 6) break;
  }
  assert(made <= 10);
  assert(seen.every((index) => told.has(index)));
  const failing = [
    syncLipsyncV2(SAMPLES),
    anyModel("model_none", {}),
    anyModel("../x", {}),
    anyModel("model_x", { a: NaN }),
  ];
  const outcomes = [];
  for await (const outcome of sandbox.client().runMany(failing)) outcomes[outcome.index] = outcome.error?.name;
  assert.deepEqual(outcomes, [undefined, "NotFoundError", "InvalidRequest", "InvalidRequest"]);
  async function* stuck() {
    yield syncLipsyncV2(SAMPLES);
    await new Promise(() => undefined);
  }
  for await (const outcome of sandbox.client().runMany(stuck())) {
    assert(outcome.result);
    break; // does not wait for the next
  }
  await assert.rejects(async () => {
    for await (const _ of sandbox.client().runMany([], { concurrency: 0 }));
  }, RangeError);
});

test("a download is taken up where it broke off, and an expired address asked for anew", async () => {
  const { assets } = await sandbox.client().run(syncLipsyncV2(SAMPLES));
  await sandbox.fail("truncate", { on: "GET /files/*", times: 1 });
  const fractions = [];
  const file = await assets[0].download({ onProgress: ({ fraction }) => fractions.push(fraction) });
  assert.equal(file.size, assets[0].size);
  assert.deepEqual(fractions, [...fractions].sort(byNumber));
  const mine = () => {
    throw new Error("mine");
  };
  assert.equal((await errorOf(assets[0].download({ onProgress: mine }))).message, "mine");
  await sandbox.fail("expired", { on: "GET /v1/assets/*", times: 2 });
  const { fetch } = recorder();
  const again = await sandbox.client({ fetch }).run(syncLipsyncV2(SAMPLES));
  assert.equal((await again.assets[0].download()).size, file.size);
  await sandbox.fail("error-before", { on: "GET /files/*" });
  assert.match(
    (await errorOf(again.assets[0].download({ timeout: 500 }))).message,
    /asset_\w+: the storage responded with status 500/,
  );
});

test("what a request made is a file for the next, and a file is uploaded by itself", async () => {
  const { fetch, count } = recorder();
  const client = sandbox.client({ fetch });
  const { assets } = await client.run(syncLipsyncV2(SAMPLES));
  const [asset] = assets;
  assert.equal((await (await globalThis.fetch(asset.url)).blob()).size, asset.size);
  const voice = await client.upload(new Blob(["a voice"]), { kind: "audio" });
  assert.deepEqual([voice.kind, voice.size], ["audio", 7]);
  const request = syncLipsyncV2({ video: asset, audio: anyKind(voice) });
  assert.deepEqual((await client.submit(request)).input, { video: asset.id, audio: voice.id });
  const anyway = anyModel(request.modelId, { video: asset, audio: voice.id });
  assert.deepEqual((await client.submit(anyway)).input, { video: asset.id, audio: voice.id });
  const uploads = () => count(/^POST \/v1\/uploads$/);
  const before = uploads();
  const stream = Readable.from([Buffer.from("a long "), Buffer.from("video")]);
  const streamed = syncLipsyncV2({ ...SAMPLES, video: stream });
  assert.equal((await client.estimate(streamed)).cost, 10.75); // and then it runs, though a stream is read once
  const { input } = await client.submit(streamed);
  const told = [];
  const again = [new Blob(["a long video"]), stream, asset, asset.id, input.video, `data:,a%20long%20video`];
  const uploaded = await Promise.all(again.map((file) => client.upload(file, { onProgress: (one) => told.push(one) })));
  const ids = uploaded.map(({ id }) => id);
  assert.deepEqual(ids.slice(0, 5), [input.video, input.video, asset.id, asset.id, input.video]);
  assert.equal(uploads() - before, 2); // a data URL is of another type
  assert(told.length > 0 && told.every(({ stage }) => stage === "upload"));
  assert.deepEqual({ ...(await client.asset(asset.id)) }, { ...asset });
});

/** What is no file, or cannot be read, and what is said of it; streams are made when they are used. */
const NO_FILES = {
  "a path": [() => "talk.mp4", FileRefused, /"talk.mp4" is not an asset id.*give a Blob or bytes/],
  "an id that is none": [() => "asset_../x", FileRefused, /"asset_..\/x" is not an asset id/],
  "a list": [() => [new Blob(["a"])], TypeError, /an array is not an asset id/],
  "a job": [() => sandbox.client().submit(syncLipsyncV2(SAMPLES)), TypeError, /\(Job\) is not .*; wait for its result/],
  "a file that is not there": [() => createReadStream("missing.mp4"), FileRefused, /stream of "missing.mp4" .*ENOENT/],
  "a stream of texts": [() => Readable.from(["a"]), FileRefused, /texts in place of bytes; open it without an encoding/],
  "a stream of objects": [() => Readable.from([{}]), FileRefused, /gives an object in place of bytes/],
  "a stream that breaks": [() => breaking(), FileRefused, /the stream cannot be read: broken/],
  "an empty stream": [() => Readable.from([]), FileRefused, /the stream gives no bytes/],
  "a stream that was read": [async () => readFrom(Readable.from([Buffer.from("a"), Buffer.from("b")])), FileRefused, /read before/],
  "a stream of the web that was read": [async () => readFrom(Readable.toWeb(Readable.from(["a", "b"]))), FileRefused, /read before/],
  "a stream that is locked": [() => locked(), FileRefused, /was read before/],
  "an endless stream": [() => endless(), NotSubmitted, /timed out while .* stream was (read|uploaded); nothing was billed/],
}; // prettier-ignore
async function* breaking() {
  yield Buffer.from("a");
  throw new Error("broken");
}
async function* endless() {
  for (;;) yield await new Promise((resolve) => setTimeout(() => resolve(Buffer.from("a")), 20));
}
const locked = () => {
  const stream = new Blob(["a"]).stream();
  stream.getReader();
  return stream;
};
async function readFrom(stream) {
  if (!stream.getReader) {
    await once(stream, "readable");
    stream.read(1);
  } else {
    const reader = stream.getReader();
    await reader.read();
    reader.releaseLock();
  }
  return stream;
}
for (const [name, [make, Kind, message]] of Object.entries(NO_FILES)) {
  test(`${name} is not uploaded`, async () => {
    const file = await make();
    const attempt = () => sandbox.client().upload(file, { timeout: 500 });
    const error = await errorOf(attempt());
    assert(error instanceof Kind, String(error));
    assert.match(error.message, message);
    if (error instanceof FileRefused) assert((await errorOf(attempt())) instanceof FileRefused);
  });
}

test("a stream that fails before its request runs does not end the program", async () => {
  const request = syncLipsyncV2({ ...SAMPLES, video: createReadStream("missing.mp4") });
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.match((await errorOf(sandbox.client().run(request))).message, /ENOENT/);
  for (const [id, place] of Object.entries({
    "model_sync-lipsync-v2": (video) => ({ video }),
    "model_sync-lipsync-v3": (file) => ({ more: [{ deep: [anyKind(file)] }] }), // which is loaded meanwhile
  }))
    assert(
      (await errorOf(sandbox.client().run(id, { ...SAMPLES, ...place(createReadStream("missing.mp4")) }))) instanceof
        ClientError,
    );
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.match((await errorOf(sandbox.client().upload(new Blob(["a"]), { kind: "vidoe" }))).message, /mean "video"/);
});

test("a result is a value: its facts turn to JSON and back, and another client lets them act", async () => {
  const result = await sandbox.client().run(syncLipsyncV2(SAMPLES));
  const written = JSON.stringify(result);
  const client = sandbox.client();
  for (const facts of [JSON.parse(written), structuredClone(result)]) {
    assert.equal(facts.job.id, result.job.id);
    const back = await client.attach(facts);
    assert.equal(JSON.stringify(back), written);
    assert.equal(inspect(back, { depth: 9 }), inspect(result, { depth: 9 }));
    assert.equal((await back.job.refresh()).status, "success");
    assert.equal((await back.assets[0].download()).size, back.assets[0].size); // asks for the address, which no JSON has
    assert.equal((await (await client.attach(facts.job)).wait()).assets[0].id, back.assets[0].id);
    assert.equal(
      (await new Response((await client.attach(facts.assets[0])).stream()).blob()).size,
      back.assets[0].size,
    );
  }
  for (const wrong of [undefined, "job_1", {}, [result], { id: "../x", status: "success" }, { job: 1, assets: [] }])
    assert.match((await errorOf(client.attach(wrong))).message, /^attach takes a job, an asset or a result, such as/);
});

test("an error turns to JSON", async () => {
  await sandbox.fail("job-fails", { times: 1 });
  const [failed, refused, invalid] = [
    await errorOf(sandbox.client().run(syncLipsyncV2(SAMPLES))),
    await errorOf(sandbox.client().run(syncLipsyncV2({ ...SAMPLES, video: "asset_none" }))),
    await errorOf(sandbox.client().run(anyModel("model_x", { a: 1n }))),
  ].map((error) => JSON.parse(JSON.stringify({ error })).error);
  assert.deepEqual(
    [failed.name, failed.reason, typeof failed.jobId, typeof failed.message],
    ["JobFailed", "The sandbox was asked to let this job fail", "string", "string"],
  );
  assert.deepEqual(
    [refused.name, refused.status, refused.reason],
    ["NotFoundError", 404, "Asset asset_none not found"],
  );
  assert.deepEqual([invalid.modelId, invalid.problems[0].pointer], ["model_x", "/a"]);
  const cause = new NotReached("the service", "timed out", false);
  const unknown = JSON.parse(JSON.stringify(new SubmissionUnknown("model_x", { a: 1 }, "", ["job_1"], "lost", cause)));
  assert.deepEqual([unknown.body, unknown.candidates, unknown.cause.name], [{ a: 1 }, ["job_1"], "NotReached"]);
  for (const cause of [new Error("s3cr3t"), new URL("https://me:s3cr3t@host"), { toJSON: () => "s3cr3t" }, undefined])
    assert.doesNotMatch(
      JSON.stringify(Object.assign(new NotReached("a", "timed out", false), { cause })),
      /cause|s3cr3t/,
    );
});

test("a key is needed, one that can be sent, and it goes to the API alone", async () => {
  const names = ["SCENARIO_SDK_API_KEY", "SCENARIO_SDK_API_SECRET", "SCENARIO_SDK_JWT", "SCENARIO_BASE_URL"];
  const kept = names.map((name) => [name, process.env[name]]);
  for (const name of names) delete process.env[name];
  const request = syncLipsyncV2(SAMPLES);
  assert((await errorOf(new Client().run(request))) instanceof NoKey);
  assert((await errorOf(sandbox.client({ apiSecret: "white space" }).run(request))) instanceof NoKey);
  assert.equal(
    (await sandbox.client({ apiKey: undefined, apiSecret: undefined, token: "t" }).estimate(request)).cost,
    10.75,
  );
  assert.equal((await errorOf(sandbox.client({ withoutKey: true }).estimate(request))).status, 401);
  Object.assign(process.env, sandbox.variables);
  assert.equal((await new Client().estimate(request)).cost, 10.75);
  for (const [name, value] of kept) value === undefined ? delete process.env[name] : (process.env[name] = value);
});

test("a service that is not there, or too slow, is said to be", async () => {
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const { port } = gone.address();
  await once(gone.close(), "close");
  const client = sandbox.client({ baseUrl: `http://127.0.0.1:${port}/v1` });
  const error = await errorOf(client.submit(syncLipsyncV2(SAMPLES), { timeout: 1000 }));
  assert(error instanceof NotReached);
  assert.equal(error.isUnsent, true);
  assert.match(error.message, /^the service at http:\/\/127.0.0.1:\d+\/v1 cannot be reached \(ECONNREFUSED\)$/);
  assert.match((await errorOf(client.run({ video: "asset_1" }))).message, /this is not a request/);
  await sandbox.fail("latency", { seconds: 5 });
  const late = await errorOf(sandbox.client().jobs(1, { timeout: 1000 }));
  assert.match(late.message, /^no response from the service at http:\/\/127.0.0.1:\d+\/v1 \(timed out\)$/);
  assert.equal(late.isUnsent, false);
});

test("neither a key nor a signed address is in any message", async () => {
  const secret = "s3cr3t";
  const seen = [];
  const client = sandbox.client({ apiKey: secret, apiSecret: secret });
  const { assets, job } = await client.run(syncLipsyncV2({ ...SAMPLES, video: new Blob(["x3"]) }), {
    onProgress: (one) => seen.push(one),
  });
  seen.push(client, assets, job, syncLipsyncV2(SAMPLES));
  for (const kind of ["error-before", "drop-before", "truncate"]) {
    await sandbox.fail(kind, { on: "GET /files/*" });
    seen.push(await errorOf(assets[0].download({ timeout: 400 })));
    await sandbox.mend();
  }
  await sandbox.fail("drop-before", { on: "PUT /parts/*/*" });
  seen.push(await errorOf(client.submit(syncLipsyncV2({ ...SAMPLES, video: new Blob(["x4"]) }), { timeout: 1500 })));
  seen.push(await errorOf(client.run(syncLipsyncV2({ ...SAMPLES, video: "asset_none" }))));
  for (const one of seen) {
    const shown =
      inspect(one, { depth: 19, showHidden: true, getters: true }) + String(one?.stack) + JSON.stringify(one);
    assert.doesNotMatch(shown, /s3cr3t|czNjcjN0|Signature|Key-Pair-Id/);
  }
});

const OLDER = (jobs) => jobs[0].createdAt;
const OLD = (jobs) => jobs[1].createdAt;
const FILTERS = {
  "none": [() => ({}), [3, 2, 1, 0]],
  "a status": [() => ({ status: "canceled" }), [1]],
  "a status that none has": [() => ({ status: "failure" }), []],
  "a date as text": [(jobs) => ({ createdAfter: OLD(jobs) }), [3, 2]],
  "a date": [(jobs) => ({ createdAfter: new Date(OLD(jobs)) }), [3, 2]],
  "a date elsewhere": [(jobs) => ({ createdAfter: `${new Date(Date.parse(OLD(jobs)) - 9 * 3600_000).toISOString().slice(0, -1)}-09:00` }), [3, 2]],
  "a date and a status": [(jobs) => ({ createdAfter: OLD(jobs), status: "success" }), [3, 2]],
  "what was updated": [(jobs) => ({ updatedAfter: OLDER(jobs), status: "success" }), [3, 2, 0]],
  "both dates": [(jobs) => ({ updatedAfter: OLDER(jobs), createdAfter: jobs[2].createdAt, status: "success" }), [3]],
  "a model": [(jobs) => ({ modelId: jobs[0].modelId }), [3, 2], 2],
  "a model that is not listed": [() => ({ modelId: "model_new" }), []],
  "a type": [() => ({ type: "custom" }), [3], 1],
  "another type": [() => ({ type: "workflow" }), []],
  "a workflow": [() => ({ workflowId: "workflow_1" }), []],
  "another author": [() => ({ authorId: "author_1" }), []],
}; // prettier-ignore

test("jobs are filtered, and read page by page", async () => {
  const own = await startSandbox();
  try {
    const client = own.client();
    const jobs = [];
    for (let number = 0; number < 4; number++) {
      await own.clock({ speed: number === 1 ? 0 : 1000 });
      const job = await client.submit(syncLipsyncV2({ ...SAMPLES, temperature: number / 4 }));
      jobs.push(await (number === 1 ? job.cancel() : job.refresh()));
      await own.clock({ speed: 1000 });
      await own.clock({ step: 20 });
      await new Promise((resolve) => setTimeout(resolve, 2)); // dates have milliseconds
    }
    for (const [name, [make, wanted, limit]] of Object.entries(FILTERS)) {
      const found = (await client.jobs(limit, make(jobs))).map(({ id }) => jobs.findIndex((job) => job.id === id));
      assert.deepEqual(found, wanted, name);
    }
    const refused = await errorOf(client.jobs(1, { status: "failures" }));
    assert(refused instanceof RangeError && refused.cause instanceof ApiError);
    assert.match(
      refused.message,
      /no jobs with the status "failures"; known are pending, .*; did you mean "failure"\?$/,
    );
    for (let more = 0; more < 101; more++) await client.submit(anyModel("model_sync-lipsync-v3", SAMPLES));
    const { fetch, count } = recorder();
    const each = own.client({ fetch });
    assert.equal((await each.jobs(1, { modelId: jobs[0].modelId }))[0].id, jobs[3].id);
    assert.equal(count(/GET/), 2);
    const ids = new Set();
    for await (const { id } of each.eachJob()) ids.add(id);
    assert.deepEqual([ids.size, ids.has(jobs[0].id), count(/GET/)], [105, true, 4]);
    for await (const job of each.eachJob({ status: "canceled" })) assert.equal((await job.refresh()).id, jobs[1].id);
  } finally {
    await own.stop();
  }
});
