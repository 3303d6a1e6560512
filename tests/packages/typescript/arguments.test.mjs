/** What is given to the package: what is wrong is refused before anything is sent, and says what to write. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, test } from "node:test";

import {
  anyModel,
  Client,
  InvalidRequest,
  InvalidUrl,
  NoKey,
  NotReached,
  UnknownModel,
  UploadFailed,
} from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

import { drive, fetch as counted } from "./stepped.mjs"; // first: what follows lives by its clock
import { startSandbox } from "./sandbox.mjs";

const SAMPLES = { video: "asset_sample_video", audio: "asset_sample_audio" };
const REQUEST = syncLipsyncV2(SAMPLES);
let sandbox;
let made; // a job and an asset

before(async () => {
  sandbox = await startSandbox();
  made = await sandbox.client().run(REQUEST);
});
afterEach(() => sandbox.mend());
after(() => sandbox.stop());

const errorOf = (promise) => promise.then(() => assert.fail("it should not work"), (error) => error); // prettier-ignore

async function all(outcomes) {
  const found = [];
  for await (const outcome of outcomes) found.push(outcome);
  return found;
}

const TIMEOUT = /^timeout must be a number of milliseconds, 0 or more, or Infinity for no limit, not /;
const NO_REQUEST = /^this is not a request but /;
const WRONG = {
  "a model's id for a request": [(client) => client.run("model_x"), UnknownModel, /no model "model_x".*anyModel\(id, \{…\}\)/],
  "nothing for a model's id": [(client) => client.run(undefined, { video: "asset_1" }), TypeError, /not a request but undefined/],
  "parameters that throw": [(client) => client.run("model_sync-lipsync-v2", { get video() { throw new Error("no"); } }), InvalidRequest, /\/video: it cannot be read: "no"/],
  "options after options": [(client) => client.run(REQUEST, {}, { timeout: 1 }), TypeError, /and no more/],
  "a function": [(client) => client.submit(syncLipsyncV2), TypeError, /not a request but function: call this function/],
  "a body": [(client) => client.estimate(REQUEST.body()), TypeError, NO_REQUEST],
  "no request": [(client) => client.run(), TypeError, NO_REQUEST],
  "null": [(client) => client.run(null), TypeError, NO_REQUEST],
  "an array for one": [(client) => client.run([REQUEST]), TypeError, /there is runMany$/],
  "an id and parameters for one": [(client) => client.run(["model_x", {}]), TypeError, /not a request but an array: for an id and parameters, call the function that loadModel\("model_x"\) gives$/],
  "one for many": [(client) => client.runMany(REQUEST).next(), TypeError, /write runMany\(\[request\]\), or run\(request\)/],
  "text for many": [(client) => client.runMany("model_x").next(), TypeError, /such as an array, not "model_x"/],
  "none for many": [(client) => client.runMany().next(), TypeError, /such as an array, not undefined/],
  "an object for many": [(client) => client.runMany({}).next(), TypeError, /such as an array, not an object/],
  "text for the timeout": [(client) => client.run(REQUEST, { timeout: "30" }), TypeError, TIMEOUT],
  "null for it": [(client) => client.submit(REQUEST, { timeout: null }), TypeError, TIMEOUT],
  "NaN for it": [(client) => client.estimate(REQUEST, { timeout: NaN }), RangeError, TIMEOUT],
  "less than none": [(client) => client.jobs(1, { timeout: -1 }), RangeError, TIMEOUT],
  "a date for a download's": [() => made.assets[0].download({ timeout: new Date() }), TypeError, TIMEOUT],
  "text for a job's": [() => made.job.wait({ timeout: "1" }), TypeError, TIMEOUT],
  "text for another": [() => made.job.refresh({ timeout: "1" }), TypeError, TIMEOUT],
  "text for a third": [() => made.job.cancel({ timeout: "1" }), TypeError, TIMEOUT],
  "a number for options": [(client) => client.job("job_1", 3), TypeError, /options must be an object such as \{ timeout: 60_000 \}, not 3/],
  "a path for options": [() => made.assets[0].download("out.mp4"), TypeError, /options must be .* not a string/],
  "null for options": [(client) => client.run(REQUEST, null), TypeError, /options must be .* not null/],
  "an option in other words": [(client) => client.run(REQUEST, { on_progress: 1 }), TypeError, /no option "on_progress"; did you mean "onProgress"\?/],
  "an option of nobody": [(client) => client.run(REQUEST, { x: 1 }), TypeError, /no option "x", only timeout, signal, /],
  "what cannot be called": [(client) => client.run(REQUEST, { onProgress: true }), TypeError, /onProgress must be a function, not true/],
  "no signal": [(client) => client.run(REQUEST, { signal: new AbortController() }), TypeError, /signal must be the signal of an AbortController/],
  "none at once": [(client) => client.runMany([REQUEST], { concurrency: 0 }).next(), RangeError, /concurrency must be a whole number, 1 or more, not 0/],
  "half a request": [(client) => client.runMany([REQUEST], { concurrency: 1.5 }).next(), RangeError, /a whole number/],
  "text for a number": [(client) => client.runMany([REQUEST], { concurrency: "3" }).next(), TypeError, /a whole number/],
  "no number for the cost": [(client) => client.runMany([REQUEST], { maxCost: "3" }).next(), TypeError, /^maxCost must be a number of creative units, 0 or more, not "3"$/],
  "NaN for it, too": [(client) => client.runMany([REQUEST], { maxCost: NaN }).next(), RangeError, /^maxCost must be/],
  "a limit for one alone": [(client) => client.run(REQUEST, { maxCost: 3 }), TypeError, /^maxCost is an option of runMany: this call does not take it$/],
  "a limit for estimates": [(client) => client.estimateMany([REQUEST], { maxCost: 3 }).next(), TypeError, /^maxCost is an option of runMany/],
  "an order for one": [(client) => client.submit(REQUEST, { inOrder: true }), TypeError, /^inOrder is an option of runMany/],
  "a name for a class": [(client) => client.runMany([REQUEST], { stopOn: "JobFailed" }).next(), TypeError, /^stopOn must be a class of errors, such as JobFailed, or an array of some, not "JobFailed"$/],
  "a test for a class": [(client) => client.estimateMany([REQUEST], { stopOn: [() => true] }).next(), TypeError, /^stopOn must be a class of errors.*, not function$/],
  "an error for its class": [(client) => client.runMany([REQUEST], { stopOn: new Error("a") }).next(), TypeError, /not an object \(Error\)$/],
  "null for a class": [(client) => client.runMany([REQUEST], { stopOn: null }).next(), TypeError, /not null$/],
  "text for an order": [(client) => client.runMany([REQUEST], { inOrder: "yes" }).next(), TypeError, /^inOrder must be true or false, not "yes"$/],
  "one to be estimated for many": [(client) => client.estimateMany(REQUEST).next(), TypeError, /^estimateMany needs several requests, not one: write estimateMany\(\[request\]\), or estimate\(request\)$/],
  "a date without a zone": [(client) => client.jobs(1, { createdAfter: "2026-01-01T00:00:00" }), RangeError, /^createdAfter has no time zone, or is not in ISO 8601; write new Date\(Date/],
  "a day": [(client) => client.jobs(1, { createdAfter: "2026-01-01" }), RangeError, /has no time zone/],
  "no date": [(client) => client.jobs(1, { createdAfter: "yesterday" }), RangeError, /^createdAfter is no date in ISO 8601/],
  "an invalid date": [(client) => client.jobs(1, { createdAfter: new Date(NaN) }), RangeError, /is no date/],
  "a date beyond all": [(client) => client.jobs(1, { createdAfter: new Date(-1e14) }), RangeError, /beyond all dates/],
  "milliseconds for a date": [(client) => client.jobs(1, { updatedAfter: 1.7e12 }), TypeError, /^updatedAfter must be a Date or a string, not 1700000000000; write/],
  "what the service cannot do": [(client) => client.jobs(1, { updatedAfter: new Date() }), RangeError, /^updatedAfter needs a status, type or workflowId/],
  "a number for a status": [(client) => client.jobs(1, { status: 3 }), TypeError, /^status must be a string, not 3$/],
  "no status": [(client) => client.eachJob({ status: "in progress" }).next(), RangeError, /^"in progress" is not the status of a job$/],
  "a function for a model": [(client) => client.jobs(1, { modelId: syncLipsyncV2 }), TypeError, /^modelId must be a string, not function$/],
  "filters as in Python": [(client) => client.jobs(1, { created_after: 1 }), TypeError, /^there is no option "created_after"; did you mean "createdAfter"\?$/],
  "a filter for one job": [(client) => client.job("job_1", { status: "success" }), TypeError, /^there is no option "status"/],
  "options for a limit": [(client) => client.jobs({ timeout: 1 }), TypeError, /^limit must be a whole number, 0 or more, not an object; write jobs\(20, \{ … \}\)$/],
  "text for a limit": [(client) => client.jobs("20"), TypeError, /limit must be a whole number/],
  "less than none at all": [(client) => client.jobs(-1), RangeError, /limit must be a whole number/],
  "a job for its id": [(client) => client.job(made.job), TypeError, /the id of a job is a string such as "job_123", not an object \(Job\); give its id/],
  "an asset for its id": [(client) => client.asset(made.assets[0]), TypeError, /the id of an asset is a string such as "asset_123", .*; give its id/],
  "a job to upload": [(client) => client.upload(made.job), TypeError, /an object \(Job\) is not an asset id, .*; wait for its result/],
  "no kind": [(client) => client.upload(new Blob(["a"]), { kind: 3 }), TypeError, /kind must be a string, not 3/],
  "facts that throw": [(client) => client.attach({ get id() { throw new Error("no"); }, status: "success" }), TypeError, /^attach takes .*, not an object$/],
  "an id to attach": [(client) => client.attach("job_1"), TypeError, /attach takes a job, an asset or a result, .*, not "job_1"/],
  "text for a stream's timeout": [() => made.assets[0].stream({ timeout: "1" }), TypeError, TIMEOUT],
  "no id": [(client) => client.job(), TypeError, /not undefined/],
  "a path for an id": [(client) => client.job("../models"), RangeError, /"..\/models" is not the id of a job, such as job_123/],
  "a key for the client's options": [() => new Client("hushkey").jobs(), TypeError, /options must be an object such as \{ apiKey, apiSecret \}/],
  "an option as in Python": [() => new Client({ api_key: "hush" }).jobs(), TypeError, /no option "api_key"; did you mean "apiKey"\?/],
  "an option as in other SDKs": [() => new Client({ baseURL: "http://127.0.0.1:9" }).jobs(), TypeError, /no option "baseURL"; did you mean "baseUrl"\?/],
  "a number for a key": [() => new Client({ apiKey: 3 }).jobs(), TypeError, /apiKey must be a string/],
  "text for settle": [() => new Client({ settle: "1" }).jobs(), TypeError, /settle must be a number of milliseconds, 0 or more, not "1"/],
  "less than none for it": [() => new Client({ settle: -1 }).jobs(), RangeError, /settle must be/],
  "less than no retries": [() => new Client({ maxRetries: -1 }).jobs(), RangeError, /maxRetries must be a whole number, 0 or more, not -1/],
  "text for retries": [() => new Client({ maxRetries: "3" }).jobs(), TypeError, /maxRetries must be a whole number, 0 or more, not "3"/],
  "no time for a call": [() => new Client({ timeout: 0 }).jobs(), RangeError, /timeout must be more than 0, or Infinity for no limit/],
  "text for the time of a call": [() => new Client({ timeout: "1" }).jobs(), TypeError, TIMEOUT],
  "a path for a project": [() => new Client({ projectId: "a/b" }).jobs(), RangeError, /projectId must be the id of a project, such as proj_123, not "a\/b"/],
  "a project without a key": [() => new Client({ projectId: "proj_1", withoutKey: true }).jobs(), TypeError, /^projectId is for whoever has the key/],
  "a header of a connection": [() => new Client({ defaultHeaders: { "content-length": "hushkey" } }).jobs(), RangeError, /^defaultHeaders: fetch itself says what content-length is$/],
  "a header without a value": [() => new Client({ defaultHeaders: [["X-Key"]] }).jobs(), TypeError, /^defaultHeaders: the value of X-Key must be a string$/],
  "text for headers": [() => new Client({ defaultHeaders: "X-Key: hushkey" }).jobs(), TypeError, /defaultHeaders must be an object of names and values, such as \{ "X-Team": "video" \}$/],
  "a line for a header": [() => new Client({ defaultHeaders: { "X-Key": "hushkey\n" } }).jobs(), RangeError, /defaultHeaders: the value of X-Key has white space around it, or a char/],
  "a number for a header": [() => new Client({ defaultHeaders: new Map([["X-Key", 3]]) }).jobs(), TypeError, /defaultHeaders: the value of X-Key must be a string/],
  "words for a header's name": [() => new Client({ defaultHeaders: { "X Key": "hushkey" } }).jobs(), RangeError, /defaultHeaders: a name cannot be one of a header/],
  "no pairs for headers": [() => new Client({ defaultHeaders: ["hushkey"] }).jobs(), TypeError, /defaultHeaders: a name cannot be one of a header/],
  "a function for a logger": [() => new Client({ logger: console.log }).jobs(), TypeError, /logger must have the methods error, warn, info, debug, as console has; there is no error/],
  "half a logger": [() => new Client({ logger: { ...console, debug: 1 } }).jobs(), TypeError, /there is no debug$/],
  "a level of others": [() => new Client({ logLevel: "trace" }).jobs(), RangeError, /logLevel must be one of off, error, warn, info, debug, not "trace"/],
  "text for a flag": [() => new Client({ withoutKey: "false" }).jobs(), TypeError, /withoutKey must be true or false, not "false"/],
  "text for another flag": [() => new Client({ dangerouslyAllowBrowser: "yes" }).jobs(), TypeError, /dangerouslyAllowBrowser must be true or false, not "yes"/],
  "text for fetch": [() => new Client({ fetch: "fetch" }).jobs(), TypeError, /fetch must be a function/],
}; // prettier-ignore

test("a wrong argument is refused before anything is sent", async () => {
  const client = sandbox.client({ fetch: () => assert.fail("something was sent") });
  for (const [name, [use, kind, message]] of Object.entries(WRONG)) {
    const error = await errorOf((async () => use(client))());
    assert.equal(error.constructor, kind, `${name}: ${error.stack}`);
    assert.match(error.message, message, name);
    assert.doesNotMatch(error.message, /Cannot read|undefined \(|is not iterable|is not a function|hushkey/, name);
  }
  const wrong = ["model_x", null, 3, REQUEST.body(), syncLipsyncV2, [REQUEST], undefined, ["model_x", SAMPLES]];
  const outcomes = await all(client.runMany(wrong));
  assert.deepEqual(
    outcomes.map(({ error }) => error.name),
    wrong.map(() => "TypeError"),
  );
});

test("each public method has a wrong argument here", () => {
  const tried = Object.values(WRONG).join(" ");
  for (const { prototype } of [Client, made.job.constructor, made.assets[0].constructor])
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(prototype)))
      if (value && name !== "constructor") assert(tried.includes(`.${name}(`), name);
});

test("options that serve several calls, and a timeout without a limit, are taken", async () => {
  const options = {
    timeout: Infinity,
    concurrency: 2,
    cancelIfAborted: true,
    onProgress: undefined,
    nobody: undefined,
  };
  const { job, assets } = await sandbox.client().run(REQUEST, options);
  assert.equal((await job.refresh(options)).id, job.id);
  assert.equal((await assets[0].download(options)).size, assets[0].size);
  assert.deepEqual(await sandbox.client().jobs(0), []);
});

test("an unlisted parameter never has almost the name of another one", () => {
  for (const name of ["sync_mode", "SyncMode", "syncmode"])
    assert.throws(() => REQUEST.unlisted({ [name]: "new" }), {
      name: "TypeError",
      message: /did you mean "syncMode"\?/,
    });
  const newer = REQUEST.unlisted({ syncMode: "new", new_mode: 1, mode: 2 });
  assert.deepEqual(newer.body(), { ...SAMPLES, syncMode: "new", new_mode: 1, mode: 2 });
  for (const wrong of [null, undefined, "abc", [1], 3]) {
    assert.throws(() => REQUEST.unlisted(wrong), /^TypeError: unlisted takes parameters such as/);
    assert.throws(() => anyModel("model_x", wrong), /^TypeError: anyModel takes parameters such as/);
    assert.throws(() => anyModel(wrong && [wrong], {}), /^TypeError: anyModel: the id of a model is a string/);
  }
});

test("what reports asynchronously is awaited in order, and its error ends the run", async () => {
  const seen = [];
  const unhandled = [];
  const note = (error) => unhandled.push(error);
  process.on("unhandledRejection", note);
  const onProgress = async ({ stage, fraction }) => {
    await new Promise((resolve) => setTimeout(resolve, fraction < 0.5 ? 30 : 0)); // the first takes longest
    seen.push([stage, fraction]);
  };
  const content = new Uint8Array(20 * 2 ** 20).fill(7);
  const { assets } = await sandbox.client().run(syncLipsyncV2({ ...SAMPLES, video: content }), { onProgress });
  await assets[0].download({ onProgress });
  const uploaded = seen.filter(([stage]) => stage === "upload").map(([, fraction]) => fraction);
  assert.deepEqual([uploaded.length, uploaded.at(-1)], [3, 1]);
  assert.deepEqual(uploaded, uploaded.toSorted?.() ?? [...uploaded].sort());
  assert(seen.some(([stage]) => stage === "download"));
  const failing = { onProgress: async ({ jobId }) => Promise.reject(new Error(`mine ${jobId}`)) };
  const video = new Blob(["another video"]);
  assert.equal((await errorOf(sandbox.client().run(REQUEST, failing))).message.slice(0, 8), "mine job");
  assert.match(
    (await errorOf(sandbox.client().submit(syncLipsyncV2({ ...SAMPLES, video }), failing))).message,
    /^mine/,
  );
  assert.match((await errorOf(assets[0].download(failing))).message, /^mine/);
  const [{ error }] = await all(sandbox.client().runMany([REQUEST], failing));
  assert.match(error.message, /^mine job_/);
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", note);
  assert.deepEqual(unhandled, []);
});

// What stands in SCENARIO_BASE_URL, or is given as baseUrl -> what the error says.
const URLS = {
  "127.0.0.1:8000/v1": /is "127.0.0.1:8000\/v1", which does not begin with https:\/\/ or http:\/\/; write http:\/\/127.0.0.1:8000\/v1$/,
  "host.docker.internal:8000/v1": /write http:\/\/host.docker.internal:8000\/v1$/,
  "localhost:8000": /write http:\/\/localhost:8000$/,
  "example.com/v1": /write https:\/\/example.com\/v1$/,
  "//example.com/v1": /write https:\/\/example.com\/v1$/,
  "ftp://example.com/v1": /write https:\/\/example.com\/v1$/,
  "me:hush@example.com/v1": /write https:\/\/…@example.com\/v1$/,
  nonsense: /write https:\/\/nonsense$/,
  "/v1": /is "\/v1", which is a path: only the option baseUrl may be one, in a page; write https:\/\/HOST\/v1$/,
  "../v1": /write https:\/\/HOST\/v1$/,
  "http://": /is not a valid URL; write one such as https:\/\/api.cloud.scenario.com\/v1$/,
  "http:///v1": /not a valid URL/,
  "https://a b/v1": /not a valid URL/,
  "http://[::1/v1": /not a valid URL/,
  "http://127.0.0.1:99999/v1": /not a valid URL/,
  "https://example.com/v1?key=hush": /a query or a fragment, after \? or #; write https:\/\/example.com\/v1$/,
  "https://example.com/v1#hush": /write https:\/\/example.com\/v1$/,
  "https://me:hush@example.com/v1": /is "https:\/\/…@example.com\/v1", which holds a password/,
  "https://:hush@example.com/v1": /holds a password/,
}; // prettier-ignore

/** Set variables of the environment while something is done. */
async function withVariables(variables, act) {
  const kept = Object.keys(variables).map((name) => [name, process.env[name]]);
  Object.assign(process.env, variables);
  try {
    return await act();
  } finally {
    for (const [name, value] of kept) value === undefined ? delete process.env[name] : (process.env[name] = value);
  }
}

test("a wrong URL is named with where it is from and what to write", async () => {
  for (const [url, message] of Object.entries(URLS)) {
    const given = new Client({ baseUrl: url, apiKey: "a", apiSecret: "b" });
    const read = new Client({ apiKey: "a", apiSecret: "b" });
    for (const [client, source] of [
      [given, /^baseUrl is "/],
      [read, /^SCENARIO_BASE_URL is "/],
    ])
      await withVariables({ SCENARIO_BASE_URL: url }, async () => {
        for (const promise of [client.jobs(), client.runMany([REQUEST]).next()]) {
          const error = await errorOf(promise);
          assert(error instanceof InvalidUrl, String(error));
          assert.match(error.message, source);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /hush/);
        }
      });
  }
});

test("an empty variable counts as unset", async () => {
  const names = ["SCENARIO_SDK_API_KEY", "SCENARIO_SDK_API_SECRET", "SCENARIO_SDK_JWT", "SCENARIO_BASE_URL"];
  const called = [];
  const fetch = async (url) => called.push(url) && new Response('{"jobs": []}');
  for (const empty of ["", " \n"])
    await withVariables(
      { ...Object.fromEntries(names.map((name) => [name, ""])), SCENARIO_BASE_URL: empty },
      async () => {
        await new Client({ apiKey: "a", apiSecret: "b", fetch }).jobs();
        await new Client({ token: "a", baseUrl: ` ${sandbox.baseUrl}/ ` }).jobs();
        assert((await errorOf(new Client().jobs())) instanceof NoKey);
      },
    );
  assert.deepEqual(new Set(called), new Set(["https://api.cloud.scenario.com/v1/jobs?pageSize=20"]));
});

/** Give a URL where nobody listens. */
async function deadUrl() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

test("a service that is not there is named with its URL, and a storage with its host", async () => {
  const gone = await deadUrl();
  const cases = {
    [`${gone}/v1`]: /^the service at http:\/\/127.0.0.1:\d+\/v1 cannot be reached \(ECONNREFUSED\)$/,
    "http://127.0.0.1:9/v1": /^the service at http:\/\/127.0.0.1:9\/v1 cannot be reached \(bad port\)$/,
    "http://no.such.host.invalid/v1": /^the service at http:\/\/no.such.host.invalid\/v1 cannot be reached \((ENOTFOUND|EAI_AGAIN)\)$/,
    [sandbox.baseUrl.replace("http:", "https:")]: /^no response from the service at https:\/\/127.0.0.1:\d+\/v1 \(\w*(SSL|EPROTO|ECONNRESET)\w*\)$/,
  }; // prettier-ignore
  for (const [baseUrl, message] of Object.entries(cases)) {
    const error = await drive(errorOf(sandbox.client({ baseUrl, fetch: counted }).jobs()));
    assert(error instanceof NotReached);
    assert.match(error.message, message);
  }
  await sandbox.fail("drop-before", { on: "PUT *" });
  const video = new Blob(["a third video"]);
  const client = sandbox.client({ fetch: counted });
  const error = await drive(errorOf(client.estimate(syncLipsyncV2({ ...SAMPLES, video }))));
  assert(error instanceof UploadFailed);
  assert.match(error.message, /no response from the storage at http:\/\/127.0.0.1:\d+ \(\w+\)$/);
});

/** Run many requests at a service that answers each call with a status, by its path; give what came of them. */
async function runAll(answer, count = 200) {
  let posted = 0;
  const server = createServer((request, response) => {
    posted += request.method === "POST";
    request
      .resume()
      .on("end", () => response.writeHead(answer(request, posted), { Location: "/" }).end('{"jobs": []}'));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  let taken = 0;
  const outcomes = [];
  const requests = (function* () {
    for (; taken < count; taken++) yield anyModel("model_x", { taken });
  })();
  try {
    const client = new Client({
      baseUrl: answer ? baseUrl : await deadUrl(),
      apiKey: "a",
      apiSecret: "b",
      fetch: counted,
    });
    const run = async () => {
      for await (const outcome of client.runMany(requests, { concurrency: 4 })) outcomes.push(outcome);
    };
    const error = await drive(run().catch((error) => error));
    return { error, outcomes, posted, taken };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

for (const [name, answer, wanted] of [
  ["refuses the key", () => 401, "AuthenticationError"],
  ["forbids everything", () => 403, "PermissionDeniedError"],
  ["is another one", () => 404, "NotFoundError"],
  ["sends elsewhere", () => 307, "SubmissionUnknown"],
  ["is not there", undefined, "NotReached"],
])
  test(`an error that would hit every request ends them all: a service that ${name}`, async () => {
    const { error, outcomes, posted, taken } = await runAll(answer);
    assert.equal(error?.name, wanted);
    assert(outcomes.every((one) => one.error.name === wanted) && outcomes.length > 0);
    assert(posted <= 8 && taken <= 9, `${posted} ${taken}`);
  });

test("an error of one request ends no other", async () => {
  const statuses = [401, 403, 404, 400];
  const { error, outcomes } = await runAll(({ method }, posted) => (method === "GET" ? 200 : statuses[posted % 4]), 12);
  assert.equal(error, undefined);
  assert.equal(outcomes.length, 12);
});
