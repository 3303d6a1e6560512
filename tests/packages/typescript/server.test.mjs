/** The handler of a server that keeps the key: pages run the models that it names, pay once, and may do nothing else. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";

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
const program = (scope, path) =>
  readdirSync(`node_modules/${scope}`)
    .map((name) => `node_modules/${scope}/${name}/${path}`)
    .find((file) => spawnSync(file, ["--version"]).status === 0); // of this machine
const SERVERS = {
  "Node's own server": () => start("node", "served.mjs", "node"),
  "Express, which has parsed the body": () => start("node", "served.mjs", "express"),
  "Deno.serve": () =>
    start(program("@deno", "deno"), "run", "--allow-all", "--node-modules-dir=manual", "served.mjs", "deno"),
  "Hono in Bun.serve": () => start(program("@oven", "bin/bun"), "served.mjs", "hono in bun"),
  workerd: startWorker,
};

const errorOf = (promise) => promise.then(() => assert.fail("it did not fail"), (error) => error); // prettier-ignore
const page = (baseUrl, more = {}) => new Client({ baseUrl, withoutKey: true, settle: SETTLE, ...more });
const talk = () => new File([new Uint8Array(100_000).fill(7)], "talk.mp4", { type: "video/mp4" });

for (const [name, startServer] of Object.entries(SERVERS))
  test(`a page runs a model through ${name}`, async () => {
    const known = (await sandbox.ledger()).length;
    const client = page(await startServer());
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

/** What a user has in a server of this process: a job and its result. */
let own;
before(async () => {
  const served = await serve();
  const withUser = (url, init) => fetch(url, { ...init, headers: { ...init.headers, ...me } });
  const { job, assets } = await page(served.address, { fetch: withUser }).run(
    syncLipsyncV2({ video: talk(), audio: "asset_sample_audio" }),
  );
  own = { ...served, job, JOB: `/scenario/jobs/${job.id}`, asset: assets[0].id };
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
  return {
    status: response.statusCode,
    headers: response.headers,
    text,
    reason: text[0] === "{" ? JSON.parse(text).reason : text,
  };
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
  assert.equal(JSON.parse((await send(shared.address, `/scenario/attempts/${KEY}`)).text).failure.status, 503);
  const late = await send(shared.address, RUN, {
    method: "POST",
    headers: { ...JSON_TYPE, "idempotency-key": KEY },
    body,
  });
  assert.deepEqual([late.status, late.reason], [503, "the request did not arrive at the server"]);
  assert.equal((await sandbox.ledger()).length, known + 2);
});

const me = { "x-user": "me" };
const post = (body, headers = {}) => ({
  method: "POST",
  headers: { ...JSON_TYPE, "idempotency-key": crypto.randomUUID(), ...headers },
  body: typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body),
});
const upload = (more, headers) =>
  post({ fileName: "a.mp4", fileSize: 5, contentType: "video/mp4", kind: "video", parts: 1, ...more }, headers);
const cross = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };

// What a page may not do: the path, the rest of the request, and the status. Nothing of it reaches the API.
const hostileTo = ({ JOB, job, asset, upload: UPLOAD }) => [
  ["lists jobs", "/scenario/jobs", {}, 405],
  ["lists jobs since a moment", "/scenario/jobs?pageSize=100", {}, 405],
  ["lists models", "/scenario/models", {}, 404],
  ["lists what is below jobs", "/scenario/jobs/", {}, 404],
  ["asks for another's job", JOB, { headers: { "x-user": "you" } }, 404],
  ["asks for a job without a signature", `/scenario/jobs/${job.split(".")[0]}`, { headers: me }, 404],
  ["asks for a job with half a signature", JOB.slice(0, -9), { headers: me }, 404],
  ["asks for a job with two signatures", `${JOB}.${job.split(".")[1]}`, { headers: me }, 404],
  ["asks for a job as an asset", `/scenario/assets/${job}`, { headers: me }, 404],
  ["cancels another's job", `${JOB}/action`, { ...post({ action: "cancel" }), headers: { ...JSON_TYPE, "x-user": "you" } }, 404],
  ["does something else to its job", `${JOB}/action`, { ...post({ action: "delete" }, me) }, 400],
  ["asks for another's result", `/scenario/assets/${asset}`, { headers: { "x-user": "you" } }, 404],
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
  ["uses another's file", RUN, post({ ...SAMPLES, video: asset }, { "x-user": "you" }), 400],
  ["uses any file", RUN, post({ ...SAMPLES, video: "asset_sample_image" }), 400],
  ["uses a file at a URL", RUN, post({ ...SAMPLES, video: "https://evil.example/a.mp4" }), 400],
  ["sends an array", RUN, post([]), 400],
  ["sends no JSON", RUN, post("{"), 400],
  ["sends bytes that are no text", RUN, post(Buffer.from(JSON.stringify({ ...SAMPLES, prompt: "\xff" }), "latin1")), 400],
  ["nests", RUN, post(`{"video":${"[".repeat(300_000)}${"]".repeat(300_000)}}`), 400],
  ["sends a form", RUN, post(SAMPLES, { "content-type": "text/plain" }), 415],
  ["sends no type", RUN, { ...post(SAMPLES), headers: { "idempotency-key": KEY } }, 415],
  ["sends too much", RUN, post("x".repeat(2_000_000)), 413],
  ["sends too much without saying so", RUN, post("x".repeat(2_000_000), { "transfer-encoding": "chunked" }), 413],
  ["uploads too much", "/scenario/uploads", upload({ fileSize: 2 ** 40 }), 413],
  ["uploads less than nothing", "/scenario/uploads", upload({ fileSize: -1 }), 400],
  ["uploads with lines", "/scenario/uploads", upload({ contentType: "video/mp4\r\nX: y" }), 400],
  ["uploads as another route", "/scenario/uploads", upload({ kind: "../../models" }), 400],
  ["uploads a model", "/scenario/uploads", upload({ kind: ["model"] }), 400],
  ["lets a file of the network be fetched", "/scenario/uploads", post({ url: "file:///etc/passwd", kind: "text" }), 403],
  ["lets a URL be fetched", "/scenario/uploads", post({ url: "https://169.254.169.254/", kind: "text" }), 403],
  ["asks for an upload without a signature", "/scenario/uploads/upload_1", {}, 404],
  ["asks for another's upload", `/scenario/uploads/${UPLOAD}`, { headers: { "x-user": "you" } }, 404],
  ["comes from another site", RUN, post(SAMPLES, cross), 403],
  ["comes from a neighbour", RUN, post(SAMPLES, { ...cross, "sec-fetch-site": "same-site" }), 403],
  ["comes from another site, in an old browser", RUN, post(SAMPLES, { origin: "https://evil.example" }), 403],
  ["comes from a sandboxed frame", RUN, post(SAMPLES, { origin: "null" }), 403],
  ["is opened as a form", RUN, post(SAMPLES, { "sec-fetch-site": "none" }), 403],
  ["reads from another site", JOB, { headers: { ...me, "sec-fetch-site": "cross-site" } }, 403],
  ["asks whether it may", RUN, { method: "OPTIONS", headers: { ...cross, "access-control-request-method": "POST" } }, 403],
  ["claims another host", JOB, { headers: { ...me, host: "evil example" } }, 400],
  ["claims a host with a path", "/public", { headers: { ...me, host: `x${JOB}#` } }, 400],
  ["traces", "/scenario/jobs", { method: "TRACE" }, 400],
]; // prettier-ignore
test("whatever else a page asks for is refused, says why, and never reaches the API", async () => {
  const { address, calls, job } = own;
  const announced = await send(address, "/scenario/uploads", upload({}, me));
  const HOSTILE = hostileTo({ ...own, job: job.id, upload: JSON.parse(announced.text).upload.id });
  const before = calls.length;
  const found = [];
  for (const [name, path, init] of HOSTILE) {
    const { status, text, reason, headers } = await send(address, path, init);
    found.push([name, status]);
    if (init.method !== "HEAD") assert(reason?.length > 10, `${name}: ${text}`);
    assert.equal(headers["access-control-allow-origin"], undefined, name);
    assert.doesNotMatch(text, /secret|a2V5OnNlY3JldA/, name);
  }
  assert.deepEqual(found, HOSTILE.map(([name, , , status]) => [name, status])); // prettier-ignore
  assert.deepEqual(calls.slice(before), []);
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
  const cookies = new Response("no", { status: 403, headers: [["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"]] }); // prettier-ignore
  const failing = () => Promise.reject(new Error("the database is gone: secret"));
  const rows = [[async () => null, 401], [() => "", 401], [() => limited, 429], [() => cookies, 403], [() => 7, 500], [failing, 500]]; // prettier-ignore
  for (const [authorize, due] of rows) {
    const errors = [];
    const { address, calls } = await serve({ authorize, onError: (error) => errors.push(error) });
    await send(address, RUN, post(SAMPLES));
    errors.pop();
    const { status, text, headers } = await send(address, RUN, post(SAMPLES)); // which is the same again
    assert.deepEqual([status, calls.length, errors.length], [due, 0, due === 500 ? 1 : 0]);
    assert.doesNotMatch(text, /database/);
    if (due === 429) assert.deepEqual([headers["retry-after"], text], ["7", '{"reason":"slow down"}']);
    if (due === 403) assert.deepEqual(headers["set-cookie"], ["a=1", "b=2"]);
  }
});

/** A `fetch` to which the API answers with a status, to all calls or to those that `isIt` of the URL. */
const answering =
  (status, { isIt = () => true, headers = {} } = {}) =>
  (url, init) =>
    isIt(url)
      ? new Response('{"reason":"project proj_secret, says the service"}', { status, headers })
      : fetch(url, init);
const isPrice = (url) => url.includes("dryRun");

// What a page is told, and whether `onError` is, where the API answers so or the options are these. The page waits for none of it.
const TOLD = [
  ["it costs too much", { maxCost: 10 }, 403, /^it would cost 10.75, more than the 10 that are allowed$/, false],
  ["no key", { apiKey: undefined, apiSecret: undefined, withoutKey: true, secret: "0".repeat(16) }, 403, /^the service refuses the key/, true],
  ["a key without characters", { apiKey: " " }, 403, /^this server is not set up/, true],
  ["no such model", { models: ["model_sync-lipsync-v9"] }, 403, /^this server is not set up/, true],
  ["a wrong request", { fetch: answering(400) }, 400, /says the service$/, false],
  ["it conflicts", { fetch: answering(409) }, 409, /says the service$/, false],
  ["no credits", { fetch: answering(402) }, 402, /^this server has no credits left$/, true],
  ["a key without rights", { fetch: answering(403) }, 403, /^the service does not let/, true],
  ["a limit", { fetch: answering(429, { headers: { "Retry-After": "1000" } }) }, 429, /^there are too many requests/, true],
  ["a limit of prices", { maxCost: 20, fetch: answering(429, { isIt: isPrice, headers: { "Retry-After": "60" } }) }, 429, /^there are too many requests/, true],
]; // prettier-ignore
test("what is refused is told to the page, what is not its fault to the server, and no key or project is", async () => {
  const known = (await sandbox.ledger()).length;
  const found = [];
  for (const [name, options, , , isTold] of TOLD) {
    const errors = [];
    const onError = (error) => {
      errors.push(error);
      if (name === "no credits") throw new Error("onError fails, too");
    };
    const { address } = await serve({ ...options, onError });
    const { status, reason } = await send(address, RUN, post(SAMPLES));
    assert.equal(errors.length > 0, isTold, name);
    found.push([name, status, reason]);
  }
  TOLD.forEach(([name, , status, reason], index) => {
    assert.deepEqual(found[index].slice(0, 2), [name, status]);
    assert.match(found[index][2], reason);
  });
  assert.equal((await sandbox.ledger()).length, known);
});

test("a request whose price is unknown was not submitted, and the page knows so", async () => {
  const { address } = await serve({ maxCost: 20, maxRetries: 0, fetch: answering(500, { isIt: isPrice }) });
  const error = await errorOf(page(address).submit(syncLipsyncV2(SAMPLES), { timeout: 200 }));
  assert.deepEqual([error.name, error.reason], ["InternalServerError", "the service failed"]);
});

test("a body that a framework has read is the server's fault, which says what to do", async () => {
  const errors = [];
  const options = { models: [MODEL], authorize: () => "anybody", apiKey: "key", apiSecret: "secret" };
  const request = new Request(`http://localhost${RUN}`, post(SAMPLES));
  await request.text();
  const { status } = await createHandler({ ...options, onError: (error) => errors.push(error) })(request);
  assert.equal(status, 500);
  assert.match(errors[0].message, /request\.clone\(\)$/);
});

test("a page that loses the response at once waits until the server has read the request", async () => {
  const { address } = await serve();
  const known = (await sandbox.ledger()).length;
  const cut = (url, init) => {
    if (!init.headers["Idempotency-Key"]) return fetch(url, init);
    setTimeout(() => fetch(url, { ...init, signal: null }), 100);
    throw new Error("the network is gone");
  };
  const job = await page(address, { fetch: cut }).submit(syncLipsyncV2({ ...SAMPLES, temperature: 0.77 }));
  assert.match(job.id, /^job_/);
  assert.equal((await sandbox.ledger()).length, known + 1);
});

test("a file at a URL that is shared may be uploaded by it, and no other", async () => {
  const url = `${sandbox.baseUrl.replace("http:", "https:")}/talk.mp4`;
  const { address, calls } = await serve({ shared: [url] });
  await send(address, "/scenario/uploads", post({ url, kind: "video" }));
  assert.equal(calls.length, 1);
});

test("a listener of Node hands on what a handler throws, or answers with status 500", async () => {
  const listen = toNodeHandler(() => Promise.reject(new Error("it fails")));
  const request = { method: "GET", url: "/", headers: {}, complete: true };
  const told = [];
  await listen(request, {}, (error) => told.push(error.message));
  assert.deepEqual(told, ["it fails"]);
  const { error } = console;
  console.error = ({ message }) => told.push(message);
  await listen(request, { writeHead: (status) => told.push(status), end: () => told.push("end") });
  console.error = error;
  assert.deepEqual(told.slice(1), ["it fails", 500, "end"]);
});

test("any instance with the same key or secret knows the ids of a user's jobs, and no other does", async () => {
  const jobOf = async (options) => (await send((await serve(options)).address, own.JOB, { headers: me })).status;
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
    [{ ...right, models: [] }, /^models must name/],
    [{ ...right, path: "scenario" }, /^path must be one such as "\/scenario"/],
    [{ ...right, origins: ["*"] }, /^origins: "\*" is not an origin, such as "https:\/\/example.com"$/],
    [{ ...right, secret: "short" }, /^secret must be a string of 16 characters or more/],
    [{ ...right, maxCost: "10" }, /^maxCost must be a number of creative units, 0 or more, not "10"$/],
    [{ ...right, maxFileSize: -1 }, /^maxFileSize must be a number of bytes, 0 or more, not -1$/, RangeError],
    [{ ...right, onError: "console" }, /^onError must be a function, not "console"$/],
    [{ ...right, store: new Map() }, /^store must have the functions add, get, set; add is missing$/],
    [{ ...right, withoutKey: true }, /^without a key, give a secret/],
    [{ ...right, maxcost: 1 }, /^there is no option "maxcost"; did you mean "maxCost"\?$/],
  ];
  for (const [options, message, Kind = Error] of WRONG)
    assert.throws(() => createHandler(options), (error) => error instanceof Kind && message.test(error.message), String(message)); // prettier-ignore
});
