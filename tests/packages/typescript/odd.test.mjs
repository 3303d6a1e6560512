/** A service that behaves oddly, over a real socket: what the sandbox has no fault for. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { anyModel, ApiError, Client, SubmissionUnknown } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

import { drive, fetch } from "./stepped.mjs";

const REQUEST = syncLipsyncV2({ video: "asset_1", audio: "asset_2" });
const MODEL = "model_sync-lipsync-v2";
const DAY = 86_400_000;

process.env.TZ = "Asia/Tokyo"; // where a date without a zone is another one than in UTC

/** A service that keeps jobs; `submit` answers a submission, `shift` sets its clock, `lag` that of its jobs, `show` changes what is listed. */
async function serve(
  { submit, shift = 0, lag = 0, show = (job) => job, page = 2, date = true, token = String, arrange = (jobs) => jobs },
  use,
) {
  const jobs = [];
  let submissions = 0;
  const make = (ago = lag, input = { modelId: MODEL, ...REQUEST.body() }) => {
    const createdAt = new Date(Date.now() + shift - ago).toISOString();
    jobs.push({ jobId: `job_${jobs.length}`, status: "success", createdAt, metadata: { input, assetIds: [] } });
    return jobs.at(-1);
  };
  const server = createServer((request, response) => {
    response.sendDate = false;
    const now = new Date(Date.now() + shift).toUTCString();
    if (date) response.setHeader("Date", date === true ? now : date(now));
    const { pathname, searchParams } = new URL(request.url, "http://a");
    request.resume().on("end", () => {
      const say = (body, status = 200) => response.writeHead(status).end(JSON.stringify(body));
      if (request.method === "POST") return submit({ number: ++submissions, make, say, request, response });
      if (pathname !== "/jobs") return say({ job: jobs.find(({ jobId }) => pathname.endsWith(jobId)) });
      const after = Date.parse(searchParams.get("createdAfter") ?? 0);
      const found = arrange(jobs.filter(({ createdAt }) => Date.parse(createdAt) > after).map(show));
      const start = Number(searchParams.get("paginationToken") ?? 0);
      const more = start + page < found.length ? { nextPaginationToken: token(start + page) } : {};
      say({ jobs: found.slice(start, start + page), ...more });
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const baseUrl = `http://127.0.0.1:${server.address().port}`;
    const client = new Client({ baseUrl, apiKey: "a", apiSecret: "b", fetch });
    const result = await drive(use(client, make, baseUrl)).catch((error) => error);
    return { result, jobs, submissions };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

const dropAfter = ({ number, make, say, response }) => {
  const job = make();
  number === 1 ? response.destroy() : say({ job });
};
const dropBefore = ({ number, make, say, response }) => (number === 1 ? response.destroy() : say({ job: make() }));
const answerWith =
  (status) =>
  ({ response }) =>
    response.writeHead(status, { Location: "http://127.0.0.1:9/" }).end("no JSON");

for (const shift of [DAY, -DAY * 365, 0]) {
  test(`a lost job is found where the service's clock is off by ${shift / DAY} days`, async () => {
    const { result, submissions, jobs } = await serve({ submit: dropAfter, shift }, (client, make) => {
      for (let ago = 1; ago < 6; ago++) make(ago * DAY); // equal jobs of other days
      return client.submit(REQUEST);
    });
    assert.deepEqual([result.id, submissions, jobs.length], ["job_5", 1, 6]);
  });
}

for (const modelId of ["model_x", "model_y"]) {
  test(`a lost job is found where its request names a model: ${modelId}`, async () => {
    const request = anyModel("model_x", { modelId, prompt: "a cat" });
    const submit = ({ make, response }) => make(0, request.body()) && response.destroy();
    const { result, submissions } = await serve({ submit }, (client) => client.submit(request));
    assert.deepEqual([result.id, submissions], ["job_0", 1]);
  });
}

test("nothing is sent again where the service leaves out what is null", async () => {
  const request = anyModel(MODEL, { ...REQUEST.body(), prompt: null });
  const { result, submissions } = await serve({ submit: dropAfter }, (client) => client.submit(request));
  assert(result instanceof SubmissionUnknown, String(result));
  assert.equal(submissions, 1);
});

test("a connection that broke because a host was gone may have brought a request there", async () => {
  const cause = { code: "EHOSTUNREACH", syscall: "read" }; // what Linux says at last of one that was open
  const submit = ({ make, say }) => say({ job: make() });
  const { result, submissions } = await serve({ submit }, (_, __, baseUrl) => {
    const lose = async (...call) => {
      const answer = await fetch(...call);
      if (call[1].method === "POST") throw new TypeError("fetch failed", { cause });
      return answer;
    };
    return new Client({ baseUrl, apiKey: "a", apiSecret: "b", fetch: lose }).submit(REQUEST);
  });
  assert.deepEqual([result.id, submissions], ["job_0", 1]);
});

test("a lost job is found that moves to a page which was read", async () => {
  let looks = 0;
  const others = [1, 2].map((number) => ({ jobId: `job_other${number}`, createdAt: "2999-01-01T00:00:00Z" }));
  const arrange = (jobs) => (++looks < 3 ? [...others, ...jobs] : [...jobs, ...others]);
  const { result, submissions } = await serve(
    { submit: dropAfter, arrange },
    (_, __, baseUrl) => new Client({ baseUrl, apiKey: "a", apiSecret: "b", fetch, settle: 0 }).submit(REQUEST), // so that there is one look
  );
  assert.deepEqual([result.id, submissions], ["job_0", 1]);
});

test("a job that was not made is submitted again", async () => {
  const { result, submissions } = await serve({ submit: dropBefore }, (client) => client.submit(REQUEST));
  assert.deepEqual([result.id, submissions], ["job_0", 2]);
});

test("other jobs are not taken up", async () => {
  const { result, submissions } = await serve({ submit: dropBefore }, (client, make) => {
    make(0, { modelId: "model_other", ...REQUEST.body() });
    make(0, { modelId: MODEL, ...REQUEST.body(), video: "asset_9" });
    return client.submit(REQUEST);
  });
  assert.deepEqual([result.id, submissions], ["job_2", 2]);
});

const withDefaults = (job) => ({ ...job, metadata: { input: { ...job.metadata.input, temperature: 0.5 } } });

const UNKNOWN = {
  "there is a job with more input than was sent": { submit: dropAfter, show: withDefaults },
  "there is one, dated by another clock": { submit: dropAfter, lag: 10_000, show: withDefaults },
  "the jobs have neither dates nor an input": {
    submit: dropAfter,
    show: (job) => ({ ...job, createdAt: "today", metadata: {} }),
  },
  "the jobs do not say what they run": { submit: dropAfter, show: (job) => ({ ...job, metadata: {} }) },
  "the service does not tell its time": { submit: dropAfter, date: false },
  "the service tells its time without a zone": { submit: dropAfter, date: (now) => now.replace(" GMT", "") },
  "the next page of the list cannot be asked for": { submit: dropAfter, page: 0, token: Number },
  "the lists never end": { submit: dropAfter, page: 0 },
  "the list is none": { submit: dropAfter, show: () => 7 },
  "a job in the list has no id": { submit: dropAfter, show: (job) => ({ ...job, jobId: "old/job 2" }) },
  "the jobs have no dates": { submit: dropAfter, show: (job) => ({ ...job, createdAt: "today" }) },
  "the jobs have dates without a zone": {
    submit: dropAfter,
    show: (job) => ({ ...job, createdAt: job.createdAt.replace("Z", "") }),
  },
  "the jobs have dates without a time": {
    submit: dropAfter,
    show: (job) => ({ ...job, createdAt: job.createdAt.slice(0, 10) }),
  },
};
for (const [why, service] of Object.entries(UNKNOWN)) {
  test(`nothing is sent again where ${why}`, async () => {
    const { result, submissions } = await serve(service, (client) => client.submit(REQUEST));
    assert(result instanceof SubmissionUnknown, String(result));
    assert.equal(submissions, 1);
  });
}

test("no job is taken up twice", async () => {
  const submit = ({ number, make, say, response }) => {
    const job = make();
    number <= 2 ? response.destroy() : say({ job });
  };
  const { result, submissions, jobs } = await serve({ submit }, (client) =>
    Promise.all([client.submit(REQUEST), client.submit(REQUEST)]),
  );
  assert.deepEqual(result.map(({ id }) => id).sort(), ["job_0", "job_1"]);
  assert.deepEqual([submissions, jobs.length], [2, 2]);
});

test("a redirect is not followed: it would take the key elsewhere", async () => {
  const { result, submissions } = await serve({ submit: answerWith(307) }, (client) => client.submit(REQUEST));
  assert(result instanceof ApiError);
  assert.deepEqual([result.status, submissions], [307, 1]);
});

// What Retry-After says (a number of seconds from now as a date) -> how long the pause is, in seconds; with what the machine takes.
const BACKOFF = [0.25, 2];
const LIMITS = new Map([
  ["7", [7, 9]],
  ["2.5", [2.5, 4.5]],
  [30, [15, 32]],
  ...[-30, "soon", "7 soon", "-7", "0", ""].map((asked) => [asked, BACKOFF]),
]);
for (const [asked, [least, most]] of LIMITS) {
  test(`a pause is as long as the service asks for: ${asked}`, async () => {
    const when = typeof asked === "number" ? new Date(Date.now() + 1000 * asked).toUTCString() : asked;
    const submit = ({ number, make, say, response }) =>
      number === 1 ? response.writeHead(429, { "Retry-After": when }).end() : say({ job: make() });
    const begin = performance.now();
    const { submissions } = await serve({ submit }, (client) => client.submit(REQUEST));
    const seconds = (performance.now() - begin) / 1000;
    assert.deepEqual([submissions, seconds >= least, seconds <= most], [2, true, true], `${seconds} s`);
  });
}

test("a rate that is too high is no lost response", async () => {
  const submit = ({ number, make, say, response }) =>
    number === 1 ? say({}, 429) : number === 2 ? response.destroy() : say({ job: make() });
  const { result, submissions } = await serve({ submit }, (client) => client.submit(REQUEST));
  assert.deepEqual([result.id, submissions], ["job_0", 3]);
});

for (const status of [302, 303]) {
  test(`a job that answers ${status} is found`, async () => {
    const submit = ({ make, response }) => response.writeHead(status, { Location: `/jobs/${make().jobId}` }).end();
    const { result, submissions } = await serve({ submit }, (client) => client.submit(REQUEST));
    assert.deepEqual([result.id, submissions], ["job_0", 1]);
  });
}

for (const status of [400, 409, 425]) {
  test(`what is refused with ${status} is not sent again`, async () => {
    const { result, submissions } = await serve({ submit: answerWith(status) }, (client) => client.submit(REQUEST));
    assert.deepEqual([result.status, submissions], [status, 1]);
  });
}

// A status -> how often a call that costs nothing is sent, if it is answered so once.
const SENT = [400, 401, 403, 404, 409, 499].map((status) => [status, 1]);
for (const [status, sent] of [...SENT, ...[408, 429, 500, 501, 503, 504].map((status) => [status, 2])]) {
  test(`what costs nothing is sent ${sent === 1 ? "once" : "again"} where it is answered with ${status}`, async () => {
    const submit = ({ number, say }) => (number === 1 ? say({}, status) : say({ creativeUnitsCost: 1 }));
    const { result, submissions } = await serve({ submit }, (client) => client.estimate(REQUEST));
    assert.deepEqual([result.cost ?? result.status, submissions], [sent === 1 ? status : 1, sent]);
  });
}

test("where the service lists the input in another form, a request is sent twice at most", async () => {
  const lost = ({ make, response }) => make() && response.destroy();
  const show = (job) => ({ ...job, metadata: { input: { ...job.metadata.input, video: { assetId: "asset_1" } } } });
  const upload = { jobId: "job_upload", createdAt: new Date(Date.now() - 30_000).toISOString() };
  const arrange = (jobs) => [upload, ...jobs]; // what is older, and has no input, is not it
  const { result, submissions } = await serve({ submit: lost, show, arrange }, (client) => client.submit(REQUEST));
  assert(result instanceof SubmissionUnknown, String(result));
  assert.equal(submissions, 2);
  const seen = ({ number, make, say, response }) => {
    const job = make();
    number === 1 ? say({ job: show(job) }) : response.destroy();
  };
  const after = await serve({ submit: seen, show }, async (client) => {
    await client.submit(REQUEST);
    return client.submit(syncLipsyncV2({ ...REQUEST.parameters, temperature: 1 }));
  });
  assert(after.result instanceof SubmissionUnknown, String(after.result));
  assert.equal(after.submissions, 2); // one for each: the first has shown how the service lists
});

test("where it was seen that the service lists what was sent, a request is sent again until it arrives", async () => {
  const submit = ({ number, make, say, response }) =>
    number === 1 || number > 3 ? say({ job: make() }) : response.destroy();
  const { result, submissions } = await serve({ submit }, async (client) => {
    await client.submit(REQUEST);
    return client.submit(syncLipsyncV2({ ...REQUEST.parameters, temperature: 1 }));
  });
  assert.deepEqual([result.id, submissions], ["job_1", 4]);
});

test("a response without the input does not say how the service lists it", async () => {
  const submit = ({ number, make, say, response }) =>
    number === 2 ? response.destroy() : say({ job: { ...make(), metadata: {} } });
  const { result, submissions } = await serve({ submit }, async (client) => {
    await client.submit(REQUEST);
    return client.submit(syncLipsyncV2({ ...REQUEST.parameters, temperature: 1 }));
  });
  assert.deepEqual([result.id, submissions], ["job_1", 3]);
});

test("a key that the service repeats is not shown", async () => {
  const submit = ({ say, request }) =>
    say({ reason: `no such key: ${request.headers.authorization}, of KEYKEYKEY` }, 401);
  const { result } = await serve({ submit }, (_, __, baseUrl) =>
    new Client({ baseUrl, apiKey: "KEYKEYKEY", apiSecret: "SECSECSEC", fetch }).submit(REQUEST),
  );
  assert.equal(result.reason, "no such key: Basic …, of …");
});

test("an aborted signal submits nothing, and many requests neither", async () => {
  const { submissions, result } = await serve({ submit: dropAfter }, async (client) => {
    const signal = AbortSignal.abort();
    const errors = [await client.submit(REQUEST, { signal }).catch(({ name }) => name)];
    const run = async () => {
      for await (const { error } of client.runMany([REQUEST, REQUEST], { signal })) errors.push(error.name);
    };
    errors.push(await run().catch(({ name }) => name));
    return errors;
  });
  assert.deepEqual([result, submissions], [["AbortError", "AbortError"], 0]);
});

// The timeout of a call -> after how long it is given up, all in seconds; with what the machine takes.
const GIVEN_UP = new Map([
  [0.1, [1, 3]], // once
  [30, [30, 32]],
  [3600, [360 + 7.75, 360 + 12]], // six times, after a minute each
]);
test("a call that is not answered has at least a second, and at most a minute for each attempt", async () => {
  const wait = (_, { signal }) => new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal)));
  const client = new Client({ baseUrl: "http://127.0.0.1:9", apiKey: "a", apiSecret: "b", fetch: wait });
  for (const [timeout, [least, most]] of GIVEN_UP) {
    const begin = performance.now();
    const error = await drive(client.jobs(1, { timeout: 1000 * timeout })).catch((error) => error);
    const seconds = (performance.now() - begin) / 1000;
    assert.match(error.message, /timed out/);
    assert.deepEqual([seconds >= least, seconds <= most], [true, true], `${timeout} s: ${seconds} s`);
  }
});

test("a source that breaks is said to, after the outcomes of what runs", async () => {
  const submit = ({ make, say }) => say({ job: make() });
  async function* source() {
    yield REQUEST;
    yield anyModel("model_x", {});
    throw new Error("the source broke");
  }
  const { result } = await serve({ submit }, async (client) => {
    const found = [];
    const run = async () => {
      for await (const { result } of client.runMany(source())) found.push(result.job.id);
    };
    found.push(await run().catch(({ message }) => message));
    return found;
  });
  assert.deepEqual([...result.slice(0, 2).sort(), result[2]], ["job_0", "job_1", "the source broke"]);
});

test("one job that cannot be read does not hide the others", async () => {
  const { result } = await serve(
    { submit: dropAfter, page: 9, show: (job) => (job.jobId === "job_1" ? 7 : job) },
    (client, make) => {
      for (let number = 0; number < 3; number++) make();
      return client.jobs();
    },
  );
  assert.deepEqual(
    result.map(({ id }) => id),
    ["job_0", "job_2"],
  );
});

test("words of the service are shown in one line, without signatures", async () => {
  const submit = ({ say }) => say({ reason: "see\u001b[31m\nhttps://a.b/c?Signature=x", trace_id: 7 }, 400);
  const { result } = await serve({ submit }, (client) => client.submit(REQUEST));
  assert.equal(result.reason, "see [31m https://a.b/c?…");
});
