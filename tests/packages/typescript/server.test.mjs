/** The handler of a server that keeps the key: pages run the models that it names, pay once, and may do nothing else. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";

import { anyModel, Client } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { createHandler, toNodeHandler } from "scenario-models/server";

import { recorder, SETTLE, startSandbox, SUBMISSION } from "./sandbox.mjs";

const MODEL = "model_sync-lipsync-v2";
const RUN = `/scenario/generate/custom/${MODEL}`;
const sandbox = await startSandbox();
const ended = [() => sandbox.stop()];
after(() => Promise.all(ended.map((end) => end())));

/** Start a program that says its port; return its address. */
async function start(command, ...words) {
  const options = { env: { ...process.env, ...sandbox.variables, DENO_NO_UPDATE_CHECK: "1" } };
  const child = spawn(command, words, { ...options, stdio: ["ignore", "pipe", "inherit", "pipe"] });
  ended.push(() => child.kill("SIGKILL"));
  const said = command.endsWith("workerd") ? child.stdio[3] : child.stdout;
  for await (const line of createInterface(said)) return `http://127.0.0.1:${/\d\d+/.exec(line)[0]}/scenario`;
}

/** Start the worker in workerd, which takes one script. */
async function startWorker() {
  const folder = mkdtempSync(join(tmpdir(), "worker-"));
  const bundled = spawnSync("esbuild", ["worker.mjs", "--bundle", "--format=esm", `--outfile=${folder}/worker.js`]);
  assert.equal(bundled.status, 0, String(bundled.stderr));
  const { SCENARIO_SDK_API_KEY, SCENARIO_SDK_API_SECRET, SCENARIO_BASE_URL } = sandbox.variables;
  const values = { KEY: SCENARIO_SDK_API_KEY, SECRET: SCENARIO_SDK_API_SECRET, URL: SCENARIO_BASE_URL };
  const bindings = Object.entries(values).map(([name, text]) => `(name = "${name}", text = "${text}")`);
  const config = `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = (modules = [(name = "worker.js", esModule = embed "worker.js")],
          compatibilityDate = "2026-01-01", bindings = [${bindings.join(", ")}])),
        (name = "internet", network = (allow = ["private", "public"]))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);`;
  writeFileSync(`${folder}/config.capnp`, config);
  return start(program("@cloudflare", "bin/workerd"), "serve", `${folder}/config.capnp`, "--control-fd=3");
}

// The programs themselves: what npm puts before them would stay, or leave them, when it is ended.
const program = (scope, path) => `node_modules/${scope}/${readdirSync(`node_modules/${scope}`).sort()[0]}/${path}`;
const SERVERS = {
  "Node's own server": start("node", "served.mjs", "node"),
  "Express, which has parsed the body": start("node", "served.mjs", "express"),
  "Deno.serve": start(
    program("@deno", "deno"),
    "run",
    "--allow-all",
    "--node-modules-dir=manual",
    "served.mjs",
    "deno",
  ),
  "Hono in Bun.serve": start(program("@oven", "bin/bun"), "served.mjs", "hono in bun"),
  workerd: startWorker(),
};

const errorOf = (promise) => promise.then(() => assert.fail("it did not fail"), (error) => error); // prettier-ignore
const page = (baseUrl, more = {}) => new Client({ baseUrl, withoutKey: true, settle: SETTLE, ...more });
const talk = () => new File([new Uint8Array(100_000).fill(7)], "talk.mp4", { type: "video/mp4" });

const own = await serve();
const mine = page(own.address, {
  fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, "x-user": "me" } }),
});
const { job, assets } = await mine.run(syncLipsyncV2({ video: talk(), audio: "asset_sample_audio" }));

for (const [name, starting] of Object.entries(SERVERS))
  test(`a page runs a model through ${name}`, async () => {
    const known = (await sandbox.ledger()).length;
    const client = page(await starting);
    const request = syncLipsyncV2({ video: talk(), audio: "asset_sample_audio" });
    assert.equal((await client.estimate(request)).cost, 10.75);
    const { job, assets } = await client.run(request);
    assert.match(job.id, /^job_\w+\.[\w-]{43}$/);
    assert.equal((await assets[0].download()).size, assets[0].size);
    assert.equal((await (await client.job(job.id)).cancel()).status, "success");
    const again = await client.submit(syncLipsyncV2({ video: assets[0].id, audio: "asset_sample_audio" }));
    assert.match((await again.cancel()).input.video, new RegExp(`^${assets[0].id}$`));
    const error = await errorOf(client.run(anyModel("model_openai-gpt-image-2", { prompt: "a cat" })));
    assert.deepEqual([error.status, error.reason], [404, 'pages may not run "model_openai-gpt-image-2"']);
    assert.equal((await sandbox.ledger()).length, known + 2);
  });

/** Serve a handler, in this process; `between(request, response, listen)` may come in between. Give its address and what it asks of the API. */
async function serve(options = {}, between = (request, response, listen) => listen(request, response)) {
  const { calls, fetch } = recorder();
  const { baseUrl } = sandbox;
  const handler = createHandler({
    models: [MODEL],
    authorize: ({ headers }) => headers.get("x-user") ?? "anybody",
    shared: ["asset_sample_audio", "asset_sample_video"],
    ...{ apiKey: "key", apiSecret: "secret", baseUrl, settle: SETTLE, fetch, onError: () => undefined, ...options },
  });
  const listen = toNodeHandler(handler);
  const server = createServer((request, response) => between(request, response, listen)).listen(0, "127.0.0.1");
  await once(server, "listening");
  ended.push(() => server.close() && server.closeAllConnections());
  return { address: `http://127.0.0.1:${server.address().port}/scenario`, listen, calls };
}

/** Make a store that several instances may have. */
function makeStore() {
  const kept = new Map();
  return {
    add: async (key, value) => !kept.has(key) && Boolean(kept.set(key, value)),
    get: async (key) => kept.get(key) ?? null,
    set: async (key, value) => void kept.set(key, value),
  };
}

const SAMPLES = { video: "asset_sample_video", audio: "asset_sample_audio" };
const isPaid = ({ method, url }) => method === "POST" && url.startsWith(RUN) && !url.includes("dryRun");

/** Serve so that the first paid request goes to `strike(request, response, listen, other)` alone; `other` is another instance. */
async function serveStruck(strike, options, others = options) {
  const other = await serve(others);
  let isStruck = false;
  const struck = await serve(options, (request, response, listen) => {
    const isFirst = isPaid(request) && !isStruck;
    if (!isFirst) return isStruck && strike.toOther ? other.listen(request, response) : listen(request, response);
    isStruck = true;
    return strike(request, response, listen);
  });
  return struck.address;
}

const nothing = { writeHead: () => undefined, end: () => undefined };
const lose = (request, response, listen) => listen(request, { ...nothing, end: () => response.destroy() });
const block = (request, response) => request.resume().on("end", () => response.destroy());
const leave = (request, response, listen) => {
  listen(request, nothing);
  setTimeout(() => response.destroy(), 50);
};
const answer502 = (request, response, listen) =>
  listen(request, { ...nothing, end: () => response.writeHead(502).end("<html>") });
const toOther = (strike) => Object.assign((...given) => strike(...given), { toOther: true });

// What strikes, the store of both instances, a fault of the API, how it ends, and how many jobs there are.
const LOSSES = {
  nothing: [(request, response, listen) => listen(request, response), "none", undefined, "job", 1],
  "the response is lost": [lose, "none", undefined, "job", 1],
  "a gateway answers in its place": [answer502, "none", undefined, "job", 1],
  "the page is cut off while the API is slow": [leave, "none", { kind: "latency", seconds: 1 }, "job", 1],
  "the API's response is lost": [lose, "none", { kind: "drop-after" }, "job", 1],
  "the API fails, and then the response is lost": [lose, "none", { kind: "error-before" }, "job", 1],
  "the API refuses, and the response is lost": [lose, "none", { kind: "no-credits" }, "ApiError", 0],
  "another instance knows it": [toOther(lose), "one", undefined, "job", 1],
  "another instance does not know it": [toOther(lose), "none", undefined, "SubmissionUnknown", 1],
  "it never came, and one store would know": [block, "one", undefined, "job", 1],
  "it never came, and nobody can know": [block, "none", undefined, "SubmissionUnknown", 0],
};
for (const [name, [strike, stores, fault, due, jobs]] of Object.entries(LOSSES))
  test(`a page pays once at most: ${name}`, async () => {
    const store = stores === "one" ? makeStore() : undefined;
    const client = page(await serveStruck(strike, { store }));
    const known = (await sandbox.ledger()).length;
    if (fault) await sandbox.fail(fault.kind, { on: SUBMISSION, times: 1, ...fault });
    const temperature = Object.keys(LOSSES).indexOf(name) / 100; // equal requests of several clients might get each other's job
    const end = await client.submit(syncLipsyncV2({ ...SAMPLES, temperature })).then(() => "job", (error) => error); // prettier-ignore
    await sandbox.mend();
    assert.equal(end.name ?? end, due, String(end));
    assert.equal((await sandbox.ledger()).length, known + jobs);
  });

/** Send something as it is; give its status, what is answered, and the headers of that. */
async function send(address, path, { body, ...options } = {}) {
  const { hostname, port } = new URL(address);
  const asking = ask({ hostname, port, path, ...options, headers: { ...options.headers } });
  asking.on("error", () => undefined); // it may be answered before all is sent
  asking.end(body);
  const [response] = await once(asking, "response");
  let text = "";
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode, headers: response.headers, text, reason: text && JSON.parse(text).reason };
}

const JSON_TYPE = { "content-type": "application/json" };
const KEY = "0123456789abcdef0123456789abcdef";

test("a paid request that a browser sends twice, or comes late, makes one job; another user's key is another", async () => {
  const { address } = await serve();
  const known = (await sandbox.ledger()).length;
  const body = JSON.stringify(SAMPLES);
  const post = (user, key = KEY) =>
    send(address, RUN, { method: "POST", headers: { ...JSON_TYPE, "idempotency-key": key, "x-user": user }, body });
  const answers = await Promise.all([post("one"), post("one"), post("two")]);
  const ids = [...answers, await post("one")].map(({ text }) => JSON.parse(text).job.jobId);
  assert.equal(ids[0], ids[1]);
  assert.equal(ids[0], ids[3]);
  assert.equal((await sandbox.ledger()).length, known + 2);
  assert.equal((await send(address, `/scenario/attempts/${KEY}`, { headers: { "x-user": "three" } })).status, 404);

  const shared = await serve({ store: makeStore() });
  assert.equal(JSON.parse((await send(shared.address, `/scenario/attempts/${KEY}`)).text).error.status, 503);
  const late = await send(shared.address, RUN, {
    method: "POST",
    headers: { ...JSON_TYPE, "idempotency-key": KEY },
    body,
  });
  assert.deepEqual([late.status, late.reason], [503, "the request did not arrive at the server"]);
  assert.equal((await sandbox.ledger()).length, known + 2);
});

const bare = job.id.split(".")[0];
const JOB = `/scenario/jobs/${job.id}`;
const me = { "x-user": "me" };
const post = (body, headers = {}) => ({
  method: "POST",
  headers: { ...JSON_TYPE, "idempotency-key": KEY, ...headers },
  body: typeof body === "string" ? body : JSON.stringify(body),
});
const upload = (more) =>
  post({ fileName: "a.mp4", fileSize: 5, contentType: "video/mp4", kind: "video", parts: 1, ...more });
const cross = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };

// What a page may not do: the path, the rest of the request, and the status. Nothing of it reaches the API.
const HOSTILE = [
  ["lists jobs", "/scenario/jobs", {}, 405],
  ["lists jobs since a moment", "/scenario/jobs?pageSize=100", {}, 405],
  ["lists models", "/scenario/models", {}, 404],
  ["lists what is below jobs", "/scenario/jobs/", {}, 404],
  ["asks for another's job", JOB, { headers: { "x-user": "you" } }, 404],
  ["asks for a job without a signature", `/scenario/jobs/${bare}`, { headers: me }, 404],
  ["asks for a job with half a signature", JOB.slice(0, -9), { headers: me }, 404],
  ["asks for a job with two signatures", `${JOB}.${job.id.split(".")[1]}`, { headers: me }, 404],
  ["asks for a job as an asset", `/scenario/assets/${job.id}`, { headers: me }, 404],
  ["cancels another's job", `${JOB}/action`, { ...post({ action: "cancel" }), headers: { ...JSON_TYPE, "x-user": "you" } }, 404],
  ["does something else to its job", `${JOB}/action`, { ...post({ action: "delete" }, me) }, 400],
  ["asks for another's result", `/scenario/assets/${assets[0].id}`, { headers: { "x-user": "you" } }, 404],
  ["asks for a sample", "/scenario/assets/asset_sample_video", {}, 404],
  ["deletes its job", JOB, { method: "DELETE", headers: me }, 405],
  ["asks for a head", JOB, { method: "HEAD", headers: me }, 405],
  ["puts", RUN, { ...post(SAMPLES), method: "PUT" }, 405],
  ["leaves by dots", "/scenario/jobs/../models", {}, 404],
  ["leaves by written dots", "/scenario/%2e%2e/v1/jobs", {}, 404],
  ["leaves by dots in an id", `/scenario/jobs/..%2f..%2fmodels`, {}, 404],
  ["goes on after an id", `${JOB}%2faction`, { headers: me }, 404],
  ["has two slashes", "//scenario/jobs/job_1", {}, 404],
  ["has two slashes inside", "/scenario//jobs/job_1", {}, 404],
  ["names another host", "http://evil.example/scenario/jobs", {}, 400],
  ["has a backslash", "/scenario\\jobs", {}, 405],
  ["names the path in capitals", "/SCENARIO/jobs", {}, 404],
  ["has a query", `${JOB}?projectId=proj_other`, { headers: me }, 400],
  ["smuggles a query", `${JOB}%3fprojectId=x`, { headers: me }, 404],
  ["runs in another project", `${RUN}?dryRun=true&projectId=proj_other`, post(SAMPLES), 400],
  ["says twice that it is no dry run", `${RUN}?dryRun=true&dryRun=false`, post(SAMPLES), 400],
  ["runs another model", "/scenario/generate/custom/model_openai-gpt-image-2", post({ prompt: "a cat" }), 404],
  ["runs a model that is none", "/scenario/generate/custom/model_none", post({}), 404],
  ["runs what is named as a property", "/scenario/generate/custom/__proto__", post({}), 404],
  ["runs another route of a model", "/scenario/generate/prompt", post({}), 404],
  ["runs by GET", RUN, {}, 405],
  ["sends no key", RUN, { ...post(SAMPLES), headers: JSON_TYPE }, 400],
  ["sends a key that can be guessed", RUN, post(SAMPLES, { "idempotency-key": "1" }), 400],
  ["breaks a rule of the model", RUN, post({ ...SAMPLES, syncMode: "lop" }), 400],
  ["sends what the model does not know", RUN, post({ ...SAMPLES, projectId: "proj_other" }), 400],
  ["sends a prototype", RUN, post('{"video":"asset_sample_video","audio":"asset_sample_audio","__proto__":{"a":1}}'), 400],
  ["uses another's file", RUN, post({ ...SAMPLES, video: assets[0].id }, { "x-user": "you" }), 400],
  ["uses any file", RUN, post({ ...SAMPLES, video: "asset_sample_image" }), 400],
  ["uses a file at a URL", RUN, post({ ...SAMPLES, video: "https://evil.example/a.mp4" }), 400],
  ["sends an array", RUN, post([]), 400],
  ["sends no JSON", RUN, post("{"), 400],
  ["sends bytes that are no text", RUN, post(Buffer.from([0x22, 0xff, 0x22]).toString("latin1")), 400],
  ["nests", RUN, post(`{"video":${"[".repeat(300_000)}${"]".repeat(300_000)}}`), 400],
  ["sends a form", RUN, post(SAMPLES, { "content-type": "text/plain" }), 415],
  ["sends no type", RUN, { ...post(SAMPLES), headers: { "idempotency-key": KEY } }, 415],
  ["sends too much", RUN, post("x".repeat(2_000_000)), 413],
  ["sends too much without saying so", RUN, post("x".repeat(2_000_000), { "transfer-encoding": "chunked" }), 413],
  ["uploads too much", "/scenario/uploads", upload({ fileSize: 2 ** 40 }), 413],
  ["uploads less than nothing", "/scenario/uploads", upload({ fileSize: -1 }), 400],
  ["uploads a model", "/scenario/uploads", upload({ kind: ["model"] }), 400],
  ["lets a file of the network be fetched", "/scenario/uploads", post({ url: "file:///etc/passwd", kind: "text" }), 400],
  ["asks for another's upload", "/scenario/uploads/upload_1", {}, 404],
  ["comes from another site", RUN, post(SAMPLES, cross), 403],
  ["comes from a neighbour", RUN, post(SAMPLES, { ...cross, "sec-fetch-site": "same-site" }), 403],
  ["comes from another site, in an old browser", RUN, post(SAMPLES, { origin: "https://evil.example" }), 403],
  ["comes from a sandboxed frame", RUN, post(SAMPLES, { origin: "null" }), 403],
  ["is opened as a form", RUN, post(SAMPLES, { "sec-fetch-site": "none" }), 403],
  ["reads from another site", JOB, { headers: { ...me, "sec-fetch-site": "cross-site" } }, 403],
  ["asks whether it may", RUN, { method: "OPTIONS", headers: { ...cross, "access-control-request-method": "POST" } }, 403],
  ["claims another host", JOB, { headers: { ...me, host: "evil example" } }, 400],
  ["traces", "/scenario/jobs", { method: "TRACE" }, 400],
]; // prettier-ignore
test("whatever else a page asks for is refused, says why, and never reaches the API", async () => {
  const before = own.calls.length;
  const found = [];
  for (const [name, path, init] of HOSTILE) {
    const { status, text, reason, headers } = await send(own.address, path, init);
    found.push([name, status]);
    if (init.method !== "HEAD") assert(reason?.length > 10, `${name}: ${text}`);
    assert.equal(headers["access-control-allow-origin"], undefined, name);
    assert.doesNotMatch(text, /secret|a2V5OnNlY3JldA/, name);
  }
  assert.deepEqual(found, HOSTILE.map(([name, , , status]) => [name, status])); // prettier-ignore
  assert.deepEqual(own.calls.slice(before), []);
});

test("a page of the handler's own host or of an allowed origin may call, and only the latter needs CORS", async () => {
  const { address } = await serve({ origins: ["https://app.example/"] });
  const { host } = new URL(address);
  const path = `${RUN}?dryRun=true`;
  for (const headers of [
    {},
    { origin: `http://${host}` },
    { origin: `https://${host}`, "sec-fetch-site": "same-origin" },
  ])
    assert.equal((await send(address, path, post(SAMPLES, headers))).status, 200, JSON.stringify(headers));
  const own = { origin: "https://behind.example", host: "10.0.0.1", "x-forwarded-host": "behind.example" };
  assert.equal((await send(address, path, post(SAMPLES, own))).status, 200);

  const allowed = { origin: "https://app.example", "sec-fetch-site": "cross-site" };
  const asked = await send(address, path, { method: "OPTIONS", headers: allowed });
  assert.equal(asked.status, 204);
  assert.match(asked.headers["access-control-allow-headers"], /Content-Type.*Idempotency-Key/);
  const { status, headers } = await send(address, path, post(SAMPLES, allowed));
  assert.deepEqual([status, headers["access-control-allow-origin"]], [200, "https://app.example"]);
  assert.deepEqual([headers["vary"], headers["cache-control"]], ["Origin", "no-store"]);
});

test("authorize decides who a page is, and may answer itself", async () => {
  const limited = new Response('{"reason":"slow down"}', { status: 429, headers: { "Retry-After": "7" } });
  const failing = () => Promise.reject(new Error("the database is gone: secret"));
  const rows = [[async () => null, 401], [() => "", 401], [() => limited, 429], [() => 7, 500], [failing, 500]]; // prettier-ignore
  for (const [authorize, due] of rows) {
    const errors = [];
    const { address, calls } = await serve({ authorize, onError: (error) => errors.push(error) });
    const { status, text, headers } = await send(address, RUN, post(SAMPLES));
    assert.deepEqual([status, calls.length, errors.length], [due, 0, due === 500 ? 1 : 0]);
    assert.doesNotMatch(text, /database/);
    if (due === 429) assert.equal(headers["retry-after"], "7");
  }
});

test("what would cost too much, or what the API refuses, is told to the page, and no key is", async () => {
  const known = (await sandbox.ledger()).length;
  const ran = async (options, strike = () => undefined) => {
    const { address } = await serve(options);
    await strike();
    const error = await errorOf(page(address).submit(syncLipsyncV2({ ...SAMPLES, temperature: 0.9 })));
    await sandbox.mend();
    return [error.status, error.reason];
  };
  assert.deepEqual(await ran({ maxCost: 10 }), [403, "it would cost 10.75, more than the 10 that are allowed"]);
  const refused = "the service refuses the key of this server";
  assert.deepEqual(await ran({ apiKey: undefined, apiSecret: undefined, withoutKey: true, secret: "0".repeat(16) }), [
    403,
    refused,
  ]);
  const [status, reason] = await ran({}, () => sandbox.fail("no-credits", { on: SUBMISSION, times: 1 }));
  assert(status >= 400 && status < 500 && reason.length > 5, reason);
  assert.equal((await sandbox.ledger()).length, known);
});

test("any instance with the same key or secret knows the ids of a user's jobs, and no other does", async () => {
  const jobOf = async (options) => (await send((await serve(options)).address, JOB, { headers: me })).status;
  assert.deepEqual(
    [await jobOf({}), await jobOf({ apiSecret: "other" }), await jobOf({ secret: "0".repeat(16) })],
    [200, 404, 404],
  );
});

test("wrong options are said to be, before anything is served", () => {
  const right = { models: [MODEL], authorize: () => "anybody" };
  const WRONG = [
    [undefined, /^options must be given: createHandler\(/],
    [{ models: [MODEL] }, /^authorize must be a function that returns the id of a user/],
    [{ ...right, models: MODEL }, /^models must be an array of strings, not "model_sync-lipsync-v2"$/],
    [{ ...right, models: ["model_sync-lipsync-v9"] }, /^there is no model "model_sync-lipsync-v9".*did you mean/],
    [{ ...right, models: [] }, /^models must name/],
    [{ ...right, path: "scenario" }, /^path must be one such as "\/scenario"/],
    [{ ...right, origins: ["*"] }, /^origins: "\*" is not an origin, such as "https:\/\/example.com"$/],
    [{ ...right, secret: "short" }, /^secret must be a string of 16 characters or more/],
    [{ ...right, maxCost: "10" }, /^maxCost must be a number, 0 or more, not "10"$/],
    [{ ...right, store: new Map() }, /^store must have the functions add, get, set; add is missing$/],
    [{ ...right, withoutKey: true }, /^without a key, give a secret/],
    [{ ...right, maxcost: 1 }, /^there is no option "maxcost"/],
  ];
  for (const [options, message] of WRONG) assert.throws(() => createHandler(options), { message });
});
