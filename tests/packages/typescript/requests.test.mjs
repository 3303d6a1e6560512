import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { sValidator } from "@hono/standard-validator";
import { initTRPC } from "@trpc/server";
import { Hono } from "hono";

import { anyModel, Client, InvalidRequest, models, UnknownModel } from "scenario-models";
import { hardNames } from "scenario-models/models/hard-names";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { values30 } from "scenario-models/models/values-3.0";
import { syncLipsyncV2 as alone } from "scenario-models/models/sync-lipsync-v2";
import { loadValidator, validate } from "scenario-models/validators";
import { validate as validateLipsync } from "scenario-models/validators/sync-lipsync-v2";
import { validate as validateValues } from "scenario-models/validators/values-3.0";

const FILES = { video: "asset_1", audio: "asset_2" };
const FILE = "an asset id, https URL or data URL";
const LOCAL = "for a local file give a";
const NESTED = JSON.parse("[".repeat(300) + "]".repeat(300));

test("a request is a checked, frozen value", () => {
  const video = new Blob(["a"]);
  const request = syncLipsyncV2({ video, audio: "asset_2", syncMode: "bounce" });
  assert.equal(request.modelId, "model_sync-lipsync-v2");
  assert.deepEqual(request.body(), { video, audio: "asset_2", syncMode: "bounce" });
  assert.throws(() => (request.parameters.syncMode = "loop"), TypeError);
  assert.throws(() => (request.modelId = "other"), TypeError);
  const tags = ["asset_1"];
  const list = values30({ files: tags });
  tags.push("asset_2");
  assert.deepEqual(list.body(), { mode: "fast", files: ["asset_1"] }); // the default of a required parameter is sent
  assert.throws(() => list.parameters.files.push("asset_2"), TypeError);
});

test("what is undefined is not there", () => {
  assert.deepEqual(syncLipsyncV2({ ...FILES, syncMode: undefined }).body(), FILES);
  assert.deepEqual(values30({ mode: undefined, files: [] }).body(), { mode: "fast", files: [] });
  assert.deepEqual(validateLipsync({ ...FILES, other: undefined }), []);
  assert.equal(validateLipsync({ ...FILES, video: undefined })[0].code, "required");
});

test("a newer service can be asked for more", () => {
  const request = syncLipsyncV2(FILES);
  const newer = request.unlisted({ syncMode: "new" }).unlisted({ other: 3 });
  assert.deepEqual(newer.body(), { ...FILES, syncMode: "new", other: 3 });
  assert.deepEqual(request.body(), FILES);
  assert.deepEqual(anyModel("model_new", { prompt: "a cat" }).body(), { prompt: "a cat" });
});

const WRONG = {
  "a word that is no choice": [{ syncMode: "lop" }, "/syncMode", "enum", /did you mean "loop"/],
  "text for a number": [{ temperature: "0.5" }, "/temperature", "type", /"0.5" is not a number/],
  "a boolean for a number": [{ temperature: true }, "/temperature", "type", /true is not a number/],
  null: [{ temperature: null }, "/temperature", "type", /null is not a number/],
  NaN: [{ temperature: NaN }, "/temperature", "type", /NaN is blank; fill it in, or leave it out/],
  "a big integer": [{ temperature: 1n }, "/temperature", "type", /bigint is not a number/],
  "too small": [{ temperature: -0.1 }, "/temperature", "minimum", /-0.1 is below 0/],
  "too large": [{ temperature: 1.1 }, "/temperature", "maximum", /1.1 is above 1/],
  "a name that is none": [{ syncmode: "loop" }, "/syncmode", "unknown", /did you mean "syncMode"/],
  "a path as text": [{ video: "talk.mp4" }, "/video", "type", /give a Blob or bytes/],
  "a file where none is wanted": [{ syncMode: new Blob(["a"]) }, "/syncMode", "type", /is not a string/],
  http: [{ video: "http://example.com/a.mp4?sign=secret" }, "/video", "type", /https URL/],
  __proto__: [JSON.parse('{"__proto__": {"video": "asset_1"}}'), "/__proto__", "unknown", /no parameter/],
  "a name that every object has": [{ constructor: 1 }, "/constructor", "unknown", /no parameter/],
  "odd letters in a name": [{ "a/b~": 1 }, "/a~1b~0", "unknown", /"a\/b~"/],
};

for (const [name, [change, pointer, code, message]] of Object.entries(WRONG)) {
  test(`refused when it is made: ${name}`, () => {
    const parameters = Object.defineProperties({ ...FILES }, Object.getOwnPropertyDescriptors(change));
    assert.throws(
      () => syncLipsyncV2(parameters),
      (error) => {
        assert(error instanceof InvalidRequest);
        assert.equal(error.name, "InvalidRequest");
        assert.deepEqual(
          error.problems.map((one) => [one.pointer, one.code]),
          [[pointer, code]],
        );
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  });
}

test("what an object inherits is not its own", () => {
  assert.deepEqual(
    validateLipsync(Object.create(FILES)).map((one) => one.code),
    ["required", "required"],
  );
  for (const isEnumerable of [true, false]) {
    const inherited = { value: "asset_1", enumerable: isEnumerable, configurable: true };
    Object.defineProperty(Object.prototype, "video", inherited);
    try {
      const found = validateLipsync({ audio: "asset_2", syncMode: undefined }); // as many as it has itself
      assert.deepEqual(
        found.map(({ pointer, code }) => [pointer, code]),
        [["/video", "required"]],
      );
    } finally {
      delete Object.prototype.video;
    }
  }
  const hidden = Object.defineProperty({ video: "asset_1" }, "audio", { value: "asset_2" });
  assert.deepEqual(validateLipsync(hidden), []);
  for (const payload of [null, undefined, [], "x", 1, true, NaN, () => 1])
    assert.deepEqual(
      validateLipsync(payload).map((one) => [one.pointer, one.code]),
      [["", "type"]],
    );
  assert.throws(() => syncLipsyncV2(null), InvalidRequest);
  assert.throws(() => syncLipsyncV2("x"), InvalidRequest);
});

test("every problem is said at once, in order", () => {
  const payload = { syncMode: "lop", temperature: Infinity, audio: 1, sync_mode: 1 };
  assert.deepEqual(validateLipsync(payload), [
    { pointer: "/video", code: "required", message: "video is required" },
    { pointer: "/audio", code: "type", message: "1 is not a string" },
    {
      pointer: "/syncMode",
      code: "enum",
      message: '"lop" is none of "loop", "bounce", "cut_off", "silence", "remap"; did you mean "loop"?',
    },
    { pointer: "/temperature", code: "type", message: "Infinity is not a number" },
    { pointer: "/sync_mode", code: "unknown", message: 'there is no parameter "sync_mode"; did you mean "syncMode"?' },
  ]);
});

test("a problem is plain data", () => {
  const message = '"lop" is none of "loop", "bounce", "cut_off", "silence", "remap"; did you mean "loop"?';
  const plain = { pointer: "/syncMode", code: "enum", message };
  const [problem] = validateLipsync({ ...FILES, syncMode: "lop" });
  assert.deepEqual(problem, plain);
  assert.equal(JSON.stringify(problem), JSON.stringify(plain));
  assert.deepEqual(structuredClone(problem), plain);
  assert.deepEqual({ ...problem }, plain);
  assert.deepEqual(Object.entries(problem), Object.entries(plain));
  assert.equal(inspect(problem), inspect(plain));
  assert.deepEqual(Object.getOwnPropertyDescriptors(problem), Object.getOwnPropertyDescriptors(plain));
  const { issues } = validateLipsync["~standard"].validate({ ...FILES, syncMode: "lop" });
  assert.equal(JSON.stringify(issues), JSON.stringify([{ message: `syncMode: ${message}`, path: ["syncMode"] }]));
  assert.deepEqual(structuredClone(issues), [{ message: `syncMode: ${message}`, path: ["syncMode"] }]);
});

test("of many problems the first twenty tell all", () => {
  const names = Object.fromEntries(Array.from({ length: 15 }, (_, index) => [`mod${index}`, 0]));
  const payload = { files: [], mode: "fast", maps: Array(30).fill("normel"), ...names };
  const messages = validateValues(payload).map(({ message }) => message);
  const full = '"normel" is none of "basecolor", "normal"; did you mean "normal"?';
  const brief = '"normel" is none of the choices';
  assert.deepEqual(messages.slice(0, 31), [
    ...Array(20).fill(full),
    ...Array(10).fill(brief),
    'there is no parameter "mod0"',
  ]);
  const { issues } = validateValues["~standard"].validate(payload);
  assert.deepEqual(
    issues.map(({ message }) => message),
    messages.map((message, index) => (index < 30 ? `maps[${index}]: ${message}` : message)),
  );
  assert.throws(
    () => values30(payload),
    ({ message, stack }) =>
      message.split("; /").length === 20 && message.endsWith("; and 25 more") && stack.includes(message),
  );
});

test("a problem keeps nothing of a payload but what it shows", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc");
  const watched = [];
  const problems = (() => {
    const payload = { files: [[1], {}, { a: [] }], mode: { b: 1 }, maps: [["c"]], unknown: { d: {} } };
    watched.push(...[payload, ...Object.values(payload), ...payload.files].map((value) => new WeakRef(value)));
    return validateValues(payload);
  })();
  return new Promise(setImmediate).then(() => {
    collect();
    assert.deepEqual(watched.map((one) => one.deref()).filter(Boolean), []);
    assert.deepEqual(
      problems.map(({ message }) => message),
      [
        "an object is not a string",
        "an array is not a string",
        "an object is not a string",
        "an object is not a string",
        "an array is not a string",
        'there is no parameter "unknown"',
      ],
    );
  });
});

const SHOWN = {
  "a long text": ["x".repeat(1e6), `"${"x".repeat(58)}…`],
  "an address": ["https://a.b/c?sign=secret", '"https://a.b/c?…"'],
  "an address among words": ["see HTTP://a.b#c, or <https://d.e?f> g", '"see HTTP://a.b?… or <https://d.e?…> g"'],
  "a long signature": ["https://a.b/c?" + "s".repeat(1e6), '"https://a.b/c?…"'],
  "an address that is not encoded": ["https://a.b/c's d?sign=secret", '"https://a.b/c\'s d?…"'],
  "two in each other": ["https://a.b/http:?c", '"https://a.b/http:?…"'],
  "half a pair": ["\ud800", '"\\ud800"'],
  "an array": [[1, 2], "an array"],
  "an object": [{ a: 1 }, "an object"],
  "a date": [new Date(), "an object (Date)"],
  "an object of a class": [new (class Point {})(), "an object (Point)"],
  infinity: [Infinity, "Infinity"],
  "a function": [() => 1, "function"],
  "a symbol": [Symbol("x"), "symbol"],
  "a big integer": [10n ** 5000n, "bigint"],
  true: [true, "true"],
  null: [null, "null"],
};

for (const [name, [value, shown]] of Object.entries(SHOWN)) {
  test(`a message shows little of ${name}`, () => {
    const [problem] = validateLipsync({ ...FILES, temperature: value });
    assert.deepEqual(problem, { pointer: "/temperature", code: "type", message: `${shown} is not a number` });
  });
}

class Point {
  x = 1;
}
const throwing = (names) => {
  const boom = () => {
    throw new Error("boom");
  };
  return Object.fromEntries(names.map((name) => [name, boom]));
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();

/** What is neither JSON nor a file: as what messages show it, and what they say to do; or where it cannot be read. */
const FOREIGN = {
  "a Date": [new Date(), "an object (Date)", "give a Blob or bytes"],
  "a Map": [new Map(), "an object (Map)", "give a Blob or bytes"],
  "a Set": [new Set(), "an object (Set)", "give a Blob or bytes"],
  "a URL": [new URL("https://a.b/?sign=secret"), "an object (URL)", "give a Blob or bytes"],
  "an object of a class": [new Point(), "an object (Point)", "give a Blob or bytes"],
  "a text in an object": [new String("asset_1"), "an object (String)", "give a Blob or bytes"],
  "a function": [() => 1, "function", "give a Blob or bytes"],
  "a symbol": [Symbol("x"), "symbol", "give a Blob or bytes"],
  "a big integer": [1n, "bigint", "give a Blob or bytes"],
  "a Promise": [Promise.resolve("asset_1"), "an object (Promise)", "await it"],
  "a Response": [new Response("a"), "an object (Response)", "give its blob()"],
  "the JSON of a Buffer": [
    JSON.parse(JSON.stringify(Buffer.from("a"))),
    "an object",
    "give bytes, such as Buffer.from(it.data)",
  ],
  "the JSON of an asset": [{ id: "asset_1", kind: "video" }, "an object", "give its id"],
  "a job": [{ id: "job_1", isOver: true }, "an object", "wait for its result, and give an asset of that"],
  "a result": [{ job: {}, assets: [] }, "an object", "give one of its assets, such as result.assets[0]"],
  "a getter that throws": [{ get a() { throw new Error("boom"); } }, "/a"], // prettier-ignore
  "a proxy that throws": [new Proxy({}, throwing(["get"])), ""],
  "a proxy that always throws": [new Proxy({}, throwing(["get", "has", "getPrototypeOf", "ownKeys"])), ""],
  "a proxy that throws late": [new Proxy(new Point(), throwing(["has"])), ""],
  "a proxy that is revoked": [revoked.proxy, ""],
};
const isPlain = (value) => Object.getPrototypeOf(Object(value)) === Object.prototype;

for (const [name, [value, shown, hint]] of Object.entries(FOREIGN)) {
  test(`${name} is refused by name`, async () => {
    const problemsOf = (make) => {
      try {
        make();
      } catch (error) {
        assert(error instanceof InvalidRequest, String(error));
        return error.problems.map(({ pointer, code, message }) => `${code} ${pointer}: ${message}`);
      }
    };
    const asFile = problemsOf(() => syncLipsyncV2({ ...FILES, video: value }));
    const unread = `type /video${shown}: it cannot be read: `;
    if (hint) assert.deepEqual(asFile, [`type /video: ${shown} is not ${FILE}; ${hint.replace(/^give a/, LOCAL)}`]);
    else assert(asFile.length === 1 && asFile[0].startsWith(unread), asFile.join());
    if (hint)
      assert.deepEqual(
        problemsOf(() => values30({ files: [value] })),
        [asFile[0].replace("video", "files/0")],
      );
    const asNumber = problemsOf(() => syncLipsyncV2({ ...FILES, temperature: value }));
    assert.match(asNumber.join(), /^type \/temperature(\/a)?: (it cannot be read: |.* is not a number$)/);
    assert.doesNotMatch(asFile + asNumber, /secret/);
    const client = new Client({ baseUrl: "http://127.0.0.1:9", apiKey: "a", apiSecret: "b" });
    const anyway = async () => client.run(anyModel("model_x", { list: [value] }));
    const isJson = hint && isPlain(value);
    if (!isJson)
      await assert.rejects(anyway, /^InvalidRequest: model_x: \/list\/0(\/a)?: .*( is not JSON; give |cannot be read)/);
  });
}

test("parameters as a whole may be of a class, but not of one that has none", () => {
  assert.deepEqual(syncLipsyncV2(Object.assign(new Point(), { x: undefined, ...FILES })).body(), FILES);
  assert.throws(
    () => syncLipsyncV2(Promise.resolve(FILES)),
    /: \/: an object \(Promise\) has no parameters; await it$/,
  );
  for (const wrong of [new Map(), new FormData(), new Date(), new Blob(["a"])])
    assert.throws(() => syncLipsyncV2(wrong), /: \/: an object \(\w+\) has no parameters$/);
});

test("what is said of an invalid request is short and holds no signature", () => {
  const names = { "https://a.b/c?sign=secret": 0, ["x".repeat(1e6)]: 0 };
  assert.throws(
    () => syncLipsyncV2({ ...FILES, ...names }),
    ({ message }) => {
      assert.ok(message.length < 2000);
      return !message.includes("secret");
    },
  );
  const request = () => anyModel("https://a.b/c?sign=secret", { a: NESTED });
  assert.throws(request, { message: "https://a.b/c?…: /a: it is nested too deeply" });
});

test("there may be more problems than arguments of a call", () => {
  const names = Object.fromEntries(Array.from({ length: 200_000 }, (_, index) => [`n${index}`, 0]));
  assert.equal(validateLipsync({ ...FILES, ...names }).length, 200_000);
  assert.throws(() => syncLipsyncV2({ ...FILES, ...names }), /and 199980 more$/);
});

test("what is nested deeply is taken or refused", () => {
  let deep = 0;
  for (let depth = 0; depth < 100_000; depth++) deep = depth % 2 ? [deep] : { a: deep };
  const circle = { list: [1, {}] };
  circle.list[1].back = circle;
  for (const [value, why] of [
    [deep, /: \/\w+: it is nested too deeply$/],
    [circle, /: \/\w+\/list\/1\/back: it contains itself; leave it out$/],
  ]) {
    assert.equal(validateLipsync({ ...FILES, video: value }).length, 1);
    const refused = (error) => error instanceof InvalidRequest && why.test(error.message);
    assert.throws(() => syncLipsyncV2({ ...FILES, video: value }), refused);
    assert.throws(() => anyModel("model_x", { a: value }), refused);
    assert.throws(() => syncLipsyncV2(FILES).unlisted({ a: value }), refused);
  }
  let shallow = 0;
  for (let depth = 0; depth < 150; depth++) shallow = depth % 2 ? [shallow] : { a: shallow };
  assert.deepEqual(anyModel("model_x", { a: shallow }).body(), { a: shallow });
});

test("the message of an error is worked out when it is read, and then is its own", async () => {
  const error = await validate("model_sync-lipsync-v", {}).catch((error) => error);
  assert.equal(Object.getOwnPropertyDescriptor(error, "message").value, undefined);
  assert.match(
    error.stack,
    /^UnknownModel: there is no model "model_sync-lipsync-v"; did you mean "model_sync-lipsync-v2"/,
  );
  assert.equal(structuredClone(error).message, error.message);
  error.message = "mine";
  assert.equal(String(error), "UnknownModel: mine");
  const long = await validate("x".repeat(1e6), {}).catch((error) => error);
  assert.ok(long.message.length < 100);
});

test("files stand in lists, too", () => {
  assert.deepEqual(values30({ files: [new Uint8Array(3), "https://a.b/c"] }).body().files.length, 2);
  assert.throws(
    () => values30({ files: ["asset_1", "talk.mp4"] }),
    (error) => error.problems[0].pointer === "/files/1",
  );
  assert.equal(hardNames({ class: "a", "3d": "4k" }).body()["3d"], "4k");
});

test("a model is found by its id", async () => {
  assert.equal(alone, syncLipsyncV2);
  const info = models.find(({ id }) => id === "model_sync-lipsync-v2");
  assert.deepEqual(info, {
    id: "model_sync-lipsync-v2",
    functionName: "syncLipsyncV2",
    module: "sync-lipsync-v2",
    title: "Sync Lipsync v2",
    provider: "Sync Labs",
    capabilities: ["video2video"],
  });
  for (const { id } of models) assert.equal(typeof (await loadValidator(id)), "function");
  assert.deepEqual(await validate("model_sync-lipsync-v2", FILES), []);
  await assert.rejects(
    validate("model_sync-lipsync-v", {}),
    (error) => error instanceof UnknownModel && /did you mean "model_sync-lipsync-v/.test(error.message),
  );
});

test("a validator is a Standard Schema, which Hono takes", async () => {
  assert.deepEqual(validateLipsync["~standard"].validate({ ...FILES, "a/b": 1, temperature: 2 }), {
    issues: [
      { message: "temperature: 2 is above 1", path: ["temperature"] },
      { message: 'there is no parameter "a/b"', path: ["a/b"] },
    ],
  });
  assert.deepEqual(validateLipsync["~standard"].validate(FILES), { value: FILES });
  const app = new Hono().post("/", sValidator("json", validateLipsync), (context) =>
    context.json(context.req.valid("json")),
  );
  const post = (body) =>
    app.request("/", { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
  assert.deepEqual(await (await post(FILES)).json(), FILES);
  const refused = await post({ ...FILES, temperature: 2 });
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /2 is above 1/);
});

test("and so does tRPC", async () => {
  const { router, procedure, createCallerFactory } = initTRPC.create();
  const caller = createCallerFactory(
    router({ check: procedure.input(validateLipsync).query(({ input }) => input.video) }),
  )({});
  assert.equal(await caller.check(FILES), "asset_1");
  await assert.rejects(caller.check({ ...FILES, temperature: 2 }), {
    code: "BAD_REQUEST",
    message: "temperature: 2 is above 1",
  });
});
