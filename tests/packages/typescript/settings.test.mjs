/** How a client is set up, and what it tells: over a real socket, to a service that keeps what it is sent. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, test } from "node:test";
import { inspect } from "node:util";

import * as models from "scenario-models";

import { drive, fetch as stepped } from "./stepped.mjs"; // first: what follows lives by its clock

const { Aborted, anyModel, ApiError, Client, ClientError, NotReached } = models;
const REQUEST = anyModel("model_x", { prompt: "a cat" });
const KEYS = { apiKey: "KEYKEYKEY", apiSecret: "SECSECSEC" };
const SECRET = /KEYKEYKEY|SECSECSEC|S0VZS0VZ|hush/; // also in base64
const calls = []; // what came: method, path, query, headers
let answer = () => undefined; // what a test says to a call: a status, a body, headers; or nothing
let origin;

const job = (more = {}) => ({
  job: { jobId: "job_1", status: "success", metadata: { assetIds: ["asset_1"] }, ...more },
});
const USUAL = {
  "POST /v1/generate/custom/model_x": () => job(),
  "GET /v1/jobs": () => ({ jobs: [] }),
  "GET /v1/jobs/job_1": () => job(),
  "POST /v1/uploads": () => ({ upload: { id: "up_1", parts: [{ number: 1, url: `${origin}/part?Signature=hush` }] } }),
  "POST /v1/uploads/up_1/action": () => ({ upload: { id: "up_1", entityId: "asset_2" } }),
  "GET /v1/assets/asset_1": () => ({ asset: { id: "asset_1", url: `${origin}/file?Signature=hush` } }),
};
const server = createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, origin);
  const call = `${request.method} ${pathname}`;
  calls.push({ call, query: Object.fromEntries(searchParams), headers: request.headers });
  request.resume().on("end", () => {
    const [status, body, headers = {}] = answer(call) ?? [200, USUAL[call]?.() ?? {}];
    response.writeHead(status, headers).end(JSON.stringify(body));
  });
});

before(async () => {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${server.address().port}`;
});
afterEach(() => {
  calls.length = 0;
  answer = () => undefined;
});
after(() => server.close());

const connect = (more = {}) => new Client({ ...KEYS, baseUrl: `${origin}/v1`, settle: 0, logLevel: "off", ...more });
const errorOf = (promise) => promise.then(() => assert.fail("it should not work"), (error) => error); // prettier-ignore
const count = (call) => calls.filter((one) => one.call === call).length;

/** Set globals, or variables of the environment, while something is done. */
async function having(owner, values, act) {
  const kept = Object.keys(values).map((name) => [name, Object.getOwnPropertyDescriptor(owner, name)]);
  for (const [name, value] of Object.entries(values)) {
    delete owner[name];
    if (value !== undefined)
      Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: true });
  }
  try {
    return await act();
  } finally {
    for (const [name, found] of kept) found ? Object.defineProperty(owner, name, found) : delete owner[name];
  }
}

const BY_OPTIONS = { projectId: "proj_1", defaultHeaders: new Headers({ "x-team": "hush video" }), maxRetries: 1 };
const BY_VARIABLES = {
  SCENARIO_PROJECT_ID: "proj_1",
  SCENARIO_CUSTOM_HEADERS: "x-team: hush video\r\n\nX-OTHER: 1",
  SCENARIO_MAX_RETRIES: "1",
};
const SET_UP = {
  options: [BY_OPTIONS, {}],
  "options, which win": [BY_OPTIONS, { SCENARIO_PROJECT_ID: "proj_2", SCENARIO_MAX_RETRIES: "9", SCENARIO_CUSTOM_HEADERS: "X-Team: 2" }], // prettier-ignore
  variables: [{}, BY_VARIABLES],
};
for (const [how, [options, variables]] of Object.entries(SET_UP))
  test(`the project and headers go to the API alone, by ${how}`, async () => {
    answer = (call) => (call === "GET /v1/jobs/job_9" ? [503, {}] : undefined);
    await having(process.env, variables, async () => {
      const client = connect(options);
      const request = anyModel("model_x", { file: new Blob(["a file"]) });
      const { assets } = await client.run(request);
      await assets[0].download();
      await errorOf(client.job("job_9"));
    });
    const api = calls.filter(({ call }) => call.includes("/v1/"));
    const storage = calls.filter(({ call }) => !call.includes("/v1/"));
    assert.deepEqual(storage.map(({ call }) => call), ["PUT /part", "GET /file"]); // prettier-ignore
    const agent = /^scenario-models\/\d+\.\d+\.\d+ \(node \d+\.\d+\.\d+\)$/;
    for (const { call, query, headers } of api) {
      assert.equal(query.projectId, "proj_1", call);
      assert.equal(headers["x-team"], "hush video");
      assert.match(headers["user-agent"], agent);
      assert.equal(headers["authorization"], `Basic ${btoa("KEYKEYKEY:SECSECSEC")}`);
    }
    for (const { query, headers } of storage) {
      assert.deepEqual(query, { Signature: "hush" });
      assert.match(headers["user-agent"], agent);
      assert.deepEqual([headers["x-team"], headers["authorization"]], [undefined, undefined]);
    }
    assert.equal(count("GET /v1/jobs/job_9"), 2);
  });

test("a header may be the key, and without a key the environment has none", async () => {
  await new Client({ baseUrl: `${origin}/v1`, defaultHeaders: { authorization: "Bearer mine", "user-agent": "app/1" } }).jobs(); // prettier-ignore
  await having(process.env, { ...BY_VARIABLES, SCENARIO_SDK_API_KEY: "a", SCENARIO_SDK_API_SECRET: "b" }, () =>
    connect({ withoutKey: true }).jobs(),
  );
  assert.deepEqual(calls.at(-1).query, { pageSize: "20" }); // whose project it is, the server knows
  const sent = calls.map(({ headers }) => [headers.authorization, headers["x-team"], headers["user-agent"]]);
  assert.deepEqual(sent[0], ["Bearer mine", undefined, "app/1"]);
  assert.deepEqual(sent[1].slice(0, 2), [undefined, undefined]);
});

// The options -> how often a call that costs nothing, one for the status of a paid job, and a paid request whose response is lost are sent.
const RETRIES = [
  [{ maxRetries: 0 }, [1, 1, 2]],
  [{ maxRetries: 2 }, [3, 40, 2]],
  [{ maxRetries: 50 }, [51, 51, 2]],
  [{}, [6, 40, 2]],
];
for (const [options, wanted] of RETRIES)
  test(`what costs nothing is tried again as often as one wants: ${inspect(options)}`, async () => {
    let isLost = true;
    const failing = ["GET /v1/jobs/job_1", "GET /v1/assets/asset_1"];
    answer = (call) => {
      if (failing.includes(call)) return [500, {}];
      if (!call.includes("generate")) return undefined;
      const said = isLost ? [502, {}] : [200, job({ status: "queued" })];
      isLost = false;
      return said;
    };
    const client = connect({ ...options, fetch: stepped });
    await drive(errorOf(client.job("job_1", { timeout: Infinity })));
    const free = count(failing[0]);
    await drive(errorOf(client.run(REQUEST)));
    assert.deepEqual([free, count(failing[0]) - free, count("POST /v1/generate/custom/model_x")], wanted);
  });

test("a rate that is too high is waited for until the timeout, unless nothing shall be tried again", async () => {
  for (const [maxRetries, least, most] of [
    [0, 1, 1],
    [1, 5, 50],
  ])
    for (const act of [
      (client, options) => client.job("job_1", options),
      (client, options) => client.submit(REQUEST, options),
    ]) {
      answer = () => [429, {}];
      calls.length = 0;
      const error = await drive(errorOf(act(connect({ maxRetries, fetch: stepped }), { timeout: 30_000 })));
      assert.equal(error.status, 429);
      assert(calls.length >= least && calls.length <= most, `${calls.length}`);
    }
});

// What the service answers -> how often a file is uploaded that an estimate and a submission need, each of which is tried twice.
for (const [status, uploads] of [
  [404, 3],
  [410, 3],
  [400, 1],
])
  test(`a file is ${uploads > 1 ? "uploaded again" : "kept"} where a request is refused with ${status}`, async () => {
    const client = connect();
    const request = anyModel("model_x", { file: new Blob(["a file"]) });
    for (const call of ["estimate", "submit"]) {
      answer = (call) => (call.includes("generate") ? [status, {}] : undefined);
      assert.equal((await errorOf(client[call](request))).status, status);
      answer = (call) => (call.includes("generate") ? [200, { ...job(), creativeUnitsCost: 1 }] : undefined);
      await client[call](request);
    }
    assert.equal(count("POST /v1/uploads"), uploads);
  });

// The option or variable -> after how many seconds each of two attempts of a call is given up, and a paid request is.
const TIMEOUTS = [
  [{ timeout: 300 }, {}, 0.3],
  [{ timeout: 7000 }, { SCENARIO_TIMEOUT: "3" }, 7],
  [{}, { SCENARIO_TIMEOUT: "2.5" }, 2.5],
  [{ timeout: 100_000 }, {}, 100],
];
for (const [options, variables, seconds] of TIMEOUTS)
  test(`a call takes no longer than one wants: ${inspect({ ...options, ...variables })}`, async () => {
    const silent = (_, { signal }) =>
      new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal)));
    await having(process.env, variables, async () => {
      const client = connect({ ...options, maxRetries: 0, fetch: silent });
      for (const act of [() => client.job("job_1"), () => client.estimate(REQUEST)]) {
        const begin = performance.now();
        const error = await drive(errorOf(act()));
        const taken = (performance.now() - begin) / 1000;
        assert.deepEqual([error.name, error.why, error.cause], ["NotReached", "timed out", undefined]);
        assert(taken >= seconds && taken < seconds + 2, `${taken}`);
      }
    });
  });

const VARIABLES = {
  SCENARIO_TIMEOUT: ["-1", "soon", "0", "NaN"],
  SCENARIO_MAX_RETRIES: ["-1", "1.5", "many"],
  SCENARIO_PROJECT_ID: ["a b", "../x"],
  SCENARIO_CUSTOM_HEADERS: ["hush", "a b: hush", "X-Key: hushé", ": hush"],
};
test("a wrong variable is named, and what it must be", async () => {
  for (const [name, values] of Object.entries(VARIABLES))
    for (const value of values) {
      const error = await having(process.env, { [name]: value }, () => errorOf(connect().jobs()));
      assert(error instanceof models.InvalidSetting, `${name} ${value}: ${error}`);
      assert.match(error.message, new RegExp(`^${name}(: |.* and must be )`));
      assert.doesNotMatch(error.message, SECRET);
    }
  assert.deepEqual(calls, []);
  await having(process.env, Object.fromEntries(Object.keys(VARIABLES).map((name) => [name, ""])), () =>
    connect().jobs(),
  );
});

/** A logger that keeps its lines, each with its level. */
function makeLogger() {
  const lines = [];
  const take = (level) => (text) => lines.push(`${level} ${text}`);
  return { lines, ...Object.fromEntries(["error", "warn", "info", "debug"].map((level) => [level, take(level)])) };
}

const LINES = [
  "debug GET /jobs/job_1: 503 after N ms (request id_1)",
  "info GET /jobs/job_1: status 503; attempt 2 follows in N seconds",
  "debug GET /jobs/job_1: 200 after N ms",
  "debug POST /uploads: 200 after N ms",
  "debug PUT ORIGIN/…: 200 after N ms",
  "debug POST /uploads/up_1/action: 200 after N ms",
  'info "file" was uploaded: asset_2, 6 bytes',
  "debug POST /generate/custom/model_x?dryRun=true: 269 after N ms",
  "debug POST /generate/custom/model_x: 502 after N ms",
  "warn the job of model_x is unknown (the API responded with status 502); it is searched for, for up to N seconds",
  "debug GET /jobs: 200 after N ms",
  "debug GET /jobs: 200 after N ms",
  "info model_x has no job, and none will come",
  "info POST /generate/custom/model_x: status 502; attempt 2 follows in N seconds",
  "debug POST /generate/custom/model_x: 200 after N ms",
  "info model_x was submitted: job_1",
  "info job_1 has ended: success",
  "debug GET /assets/asset_1: 200 after N ms",
  "debug GET ORIGIN/…: 200 after N ms",
];
for (const [level, shown] of [
  ["debug", /./],
  ["info", /^(info|warn)/],
  [undefined, /^warn/],
  ["error", /^error/],
  ["off", /^$/],
])
  // prettier-ignore
  test(`a logger gets what its level says: ${level}`, async () => {
    const fails = new Map([
      ["GET /v1/jobs/job_1", [503, {}, { "X-Request-Id": "id_1" }]],
      ["POST /v1/generate/custom/model_x", [502, {}]],
    ]);
    let isEstimate = true;
    answer = (call) => {
      if (call.includes("generate") && isEstimate) {
        isEstimate = false;
        return [269, { creativeUnitsCost: 1 }];
      }
      const said = fails.get(call);
      fails.delete(call);
      return said;
    };
    const logger = makeLogger();
    const client = connect({ logger, logLevel: level, defaultHeaders: { "X-Key": "hushhush" } });
    const request = anyModel("model_x", { file: new Blob(["a file"]) });
    await client.job("job_1");
    await client.estimate(request);
    await (await client.run(request)).assets[0].download();
    const lines = logger.lines.map((line) =>
      line.replace("scenario-models: ", "").replaceAll(origin, "ORIGIN").replace(/[\d.]+(?= (ms|seconds))/g, "N"),
    );
    assert.deepEqual(lines, LINES.filter((line) => shown.test(line))); // prettier-ignore
    assert.doesNotMatch(lines.join(), SECRET);
  });

test("a logger that fails ends nothing", async () => {
  const fail = () => {
    throw new Error("theirs");
  };
  const logger = { error: fail, warn: fail, info: fail, debug: async () => fail() };
  assert.equal((await connect({ logger, logLevel: "debug" }).run(REQUEST)).job.id, "job_1");
});

// The status, body and headers of a response -> the class of its error, why, and the id of the request.
const ERRORS = [
  [400, { reason: "no" }, { "X-Request-Id": "a" }, "BadRequestError", "no", "a"],
  [401, { message: "key KEYKEYKEY" }, { "x-amz-cf-id": "b" }, "AuthenticationError", "key …", "b"],
  [403, { error: "no" }, { "x-amzn-trace-id": "c", "x-amz-cf-id": "b" }, "PermissionDeniedError", "no", "c"],
  [404, { detail: "no" }, {}, "NotFoundError", "no", ""],
  [409, { trace_id: "d" }, {}, "ConflictError", "", "d"],
  [422, { traceId: "e", trace_id: 7 }, {}, "UnprocessableEntityError", "", "e"],
  [429, { trace_id: "d".repeat(200) }, { "Retry-After": "9999999" }, "RateLimitError", "", "d".repeat(100)],
  [500, {}, {}, "InternalServerError", "", ""],
  [503, [], {}, "InternalServerError", "", ""],
  [418, {}, {}, "ApiError", "", ""],
  [307, {}, { Location: "http://a.example/?Signature=hush" }, "ApiError", /^a redirect to http:\/\/a.example\/\?…, where no key is sent: is http:\S+ the right baseUrl\?$/, ""],
]; // prettier-ignore
test("an error of the API is of the class of its status, and has the id of the request", async () => {
  for (const [status, body, headers, name, reason, requestId] of ERRORS) {
    answer = () => [status, body, headers];
    const error = await errorOf(connect({ maxRetries: 0 }).job("job_1"));
    assert(error instanceof models[name] && error instanceof ApiError && error instanceof ClientError, String(error));
    assert.deepEqual([error.name, error.status, error.requestId], [name, status, requestId]);
    typeof reason === "string" ? assert.equal(error.reason, reason) : assert.match(error.reason, reason);
    assert.equal(error.message.endsWith(requestId && `(request ${requestId})`), true);
  }
});

class TheirError extends Error {}
const THROWN = {
  "what Node's fetch throws": [(code) => new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code, syscall: "read", socket: { bytesWritten: 1 } }) }), "ECONNRESET", true],
  "an error of one's own": [() => Object.assign(new TheirError("mine"), { code: "E_MINE" }), "E_MINE", true],
  "several": [() => new TypeError("a", { cause: new AggregateError([new Error("b")], "c") }), "TypeError", true],
  "no error": [() => "gone", "unknown", true],
  "Bun's, which holds the URL": [(_, url) => Object.assign(new TypeError("Unable"), { code: "E_BUN", path: url }), "E_BUN", false],
  "Deno's, which says it": [(_, url) => new TypeError("fetch failed", { cause: new Error(`error sending request for url (${url})`) }), "TypeError", false],
  "Deno's, which had no connection": [(_, url) => new TypeError("fetch failed", { cause: new Error(`error sending request for url (${url}): client error (Connect): tcp connect error: Connection refused (os error 111)`) }), "Connection refused (os error 111)", false],
  "Deno's, of a port that it never calls": [() => new TypeError("Fetch failed: Requests to port 9 are blocked"), "bad port", true],
  "one that says the key": [(_, url, { headers }) => new Error(`hm ${JSON.stringify(headers)}`), "Error", false],
  "one that holds the request": [(_, url, init) => Object.assign(new Error("hm"), { request: new Request(url, { ...init, body: undefined }) }), "Error", false],
  "one that holds its options": [(_, url, init) => Object.assign(new Error("hm"), { a: [{ init }] }), "Error", false],
  "one that tells when asked": [(_, url) => Object.defineProperty(new Error("hm"), "url", { get: () => url, enumerable: true }), "Error", false],
  "one of a circle": [() => { const error = new Error("hm"); error.cause = error; return error; }, "Error", false],
  "one that cannot be looked at": [() => new Proxy(new Error("hm"), { ownKeys: () => { throw new Error("hushhush"); } }), "Error", undefined],
}; // prettier-ignore
test("what is not reached has the error of fetch as its cause, unless that shows a key or a signed URL", async () => {
  const { assets } = await connect().run(REQUEST);
  for (const [what, [make, why, isKept]] of Object.entries(THROWN)) {
    let thrown;
    const fetch = async (url, init) => {
      if (!(url.includes("Signature") || url.includes("/jobs/"))) return globalThis.fetch(url, init);
      thrown = make("ECONNRESET", url, init);
      throw thrown;
    };
    const client = connect({ fetch, defaultHeaders: { "X-Key": "hushhush" }, maxRetries: 0 });
    const error = await errorOf(client.job("job_1"));
    assert(error instanceof NotReached, `${what}: ${error}`);
    assert.deepEqual([error.why, error.isUnsent], [why, / port$|^Connection refused/.test(why)], what);
    const request = anyModel("model_x", { file: new Blob(["a file"]) });
    const failed = await errorOf(client.run(request)); // of the storage
    assert.equal(failed.name, "UploadFailed");
    if (isKept) for (const one of [error, failed]) assert.equal(one.cause?.constructor, thrown.constructor, what);
    if (isKept === false) assert.equal(typeof error.cause.message, "string");
    for (const one of [error, failed]) {
      const shown =
        inspect(one, { depth: 19, showHidden: true, getters: true }) + String(one.stack) + JSON.stringify(one);
      assert.doesNotMatch(shown, SECRET, what);
      assert.doesNotMatch(shown, /Signature=/);
    }
  }
  assert.equal(assets.length, 1);
});

// What fetch gives -> how often a call that costs nothing is tried, and what the error says that is its own, or the cause of the paid one.
const NO_RESPONSES = {
  undefined: () => undefined,
  null: () => null,
  "an object": () => ({}),
  '"a text"': () => "a text",
  "an object ": () => ({ ok: true, status: 200, json: async () => ({}) }),
  "an object  ": () => ({ status: 200, headers: {}, text: async () => "", arrayBuffer: async () => "" }),
};
test("a fetch that gives no response is named, and after a paid request nothing is known", async () => {
  for (const [shown, fetch] of Object.entries(NO_RESPONSES)) {
    let tried = 0;
    const client = connect({ fetch: () => ((tried += 1), fetch()) });
    const why = `fetch gave ${shown.trim()} in place of a Response`;
    for (const act of [() => client.estimate(REQUEST), () => client.job("job_1")])
      assert.deepEqual(await errorOf(act()).then(({ name, why }) => [name, why]), ["NotReached", why]);
    assert.equal(tried, 2);
    const error = await errorOf(client.run(REQUEST));
    assert.deepEqual([error.name, error.cause.why, error.body], ["SubmissionUnknown", why, { prompt: "a cat" }]);
  }
  const { assets } = await connect().run(REQUEST);
  const ofNode = async (url, init) => {
    const response = await globalThis.fetch(url, init);
    return url.includes("Signature") ? Object.defineProperty(response, "body", { value: { on() {} } }) : response;
  };
  const asset = await connect({ fetch: ofNode }).attach(JSON.parse(JSON.stringify(assets[0])));
  assert.match((await errorOf(asset.download())).message, /^the body of what fetch gave is no ReadableStream/);
});

test("a paid request whose response was lost has the error of fetch as its cause", async () => {
  const lost = new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
  const fetch = async (url, init) => {
    if (url.includes("generate")) throw lost;
    return url.includes("?pageSize=100") ? new Response('{"jobs": [{"jobId": "job_1"}]}') : globalThis.fetch(url, init);
  };
  const error = await errorOf(connect({ fetch }).submit(REQUEST));
  assert.deepEqual([error.name, error.candidates], ["SubmissionUnknown", ["job_1"]]);
  assert.deepEqual([error.cause.why, error.cause.cause], ["ECONNRESET", lost]);
});

const left = new Error("user left");
const REASONS = {
  "a reason": [() => AbortSignal.abort(left), "AbortError", "the signal was aborted: user left", (cause) => cause === left],
  "a text": [() => AbortSignal.abort("bye"), "AbortError", "the signal was aborted: bye", (cause) => cause === "bye"],
  "anything": [() => AbortSignal.abort(7), "AbortError", "the signal was aborted", (cause) => cause === 7],
  "none": [() => AbortSignal.abort(), "AbortError", "the signal was aborted", ({ name }) => name === "AbortError"],
  "a timeout": [() => AbortSignal.timeout(1), "TimeoutError", /^the signal was aborted: .*timeout/, ({ name }) => name === "TimeoutError"],
}; // prettier-ignore
test("who aborts finds the reason, everywhere", async () => {
  answer = (call) => (call.includes("generate") ? [200, job({ status: "queued" })] : undefined);
  const waiting = connect({
    fetch: (...call) => (call[0].includes("/jobs/") ? new Promise(() => undefined) : fetch(...call)),
  });
  for (const [what, [make, name, message, isReason]] of Object.entries(REASONS))
    for (const act of [
      (options) => waiting.job("job_1", options),
      (options) => waiting.estimate(REQUEST, options),
      (options) => waiting.run(REQUEST, options),
      (options) => waiting.runMany([REQUEST], options).next(),
    ]) {
      const signal = make();
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
      const late = new AbortController();
      setTimeout(() => late.abort(signal.reason), 40);
      const outcomes = [errorOf(act({ signal }))];
      if (String(act).includes("waiting.job")) outcomes.push(errorOf(act({ signal: late.signal })));
      for (const error of await Promise.all(outcomes)) {
        assert(error instanceof Aborted, `${what}: ${error}`);
        assert.equal(error.name, name);
        typeof message === "string" ? assert.equal(error.message, message) : assert.match(error.message, message);
        assert(isReason(error.cause), what);
      }
    }
  const controller = new AbortController();
  const onProgress = () => controller.abort(left);
  const errors = [];
  const run = async () => {
    const options = { signal: controller.signal, onProgress };
    for await (const { error } of waiting.runMany([REQUEST], options)) errors.push(error);
  };
  errors.push(await errorOf(run()));
  assert.deepEqual(
    errors.map(({ cause, jobId }) => [cause, jobId]),
    [
      [left, "job_1"],
      [left, undefined],
    ],
  );
});

const MOZILLA = { userAgent: "Mozilla/5.0 (X11; Linux x86_64)" };
const PAGES = {
  "a page": [{ window: {}, document: {}, navigator: MOZILLA }, true],
  "a simulated page": [{ window: {}, document: {} }, true],
  "a worker of a page": [{ WorkerGlobalScope: class {}, navigator: MOZILLA }, true],
  "a worker of Cloudflare": [{ WorkerGlobalScope: class {}, navigator: { userAgent: "Cloudflare-Workers" } }, false, "workers"],
  "an old worker": [{ WorkerGlobalScope: class {}, navigator: undefined }, false],
  "a worker of Deno": [{ WorkerGlobalScope: class {}, navigator: { userAgent: "Deno/2.9" }, Deno: { version: { deno: "2.9.6" } } }, false, "deno 2.9.6"],
  "Deno before 2": [{ window: {}, Deno: { version: { deno: "1.46.3" } } }, false, "deno 1.46.3"],
  "Bun": [{ Bun: { version: "1.4.5" } }, false, "bun 1.4.5"],
  "a phone": [{ window: {}, process: undefined, navigator: { product: "ReactNative" } }, false, ""],
}; // prettier-ignore
const WITH_KEY = {
  "a key": { ...KEYS },
  "a token": { token: "KEYKEYKEY" },
  "a header": { defaultHeaders: { authorization: "Bearer KEYKEYKEY" } },
};
test("a key in a page is refused, unless one insists", async () => {
  const baseUrl = `${origin}/v1`;
  for (const [where, [globals, isPage, runtime]] of Object.entries(PAGES))
    await having(globalThis, globals, async () => {
      for (const [what, options] of Object.entries(WITH_KEY)) {
        const used = new Client({ baseUrl, logLevel: "off", ...options }).jobs();
        if (!isPage) assert.deepEqual(await used, [], where);
        else {
          const error = await errorOf(used);
          assert.equal(error.name, "ClientError", `${what} in ${where}: ${error}`);
          assert.match(error.message, /in a page.*withoutKey: true.*dangerouslyAllowBrowser: true/s);
          await new Client({ baseUrl, dangerouslyAllowBrowser: true, ...options }).jobs();
        }
      }
      await new Client({ baseUrl, withoutKey: true }).jobs();
      await new Client({ baseUrl, withoutKey: true, defaultHeaders: { Authorization: "of a session" } }).jobs();
      const agent = calls.at(-1).headers["user-agent"];
      if (runtime) assert(agent.endsWith(` (${runtime})`), `${where}: ${agent}`);
      if (isPage || runtime === "") assert.doesNotMatch(agent, /scenario/);
      if (isPage)
        assert.match(
          (await errorOf(new Client({ baseUrl }).jobs())).message,
          /no API key, and none belongs into a page/,
        );
    });
  await having(process.env, { SCENARIO_SDK_API_KEY: "a", SCENARIO_SDK_API_SECRET: "b" }, () =>
    having(globalThis, PAGES["a page"][0], async () =>
      assert.match((await errorOf(new Client({ baseUrl }).jobs())).message, /in a page/),
    ),
  );
});
