import assert from "node:assert/strict";
import { test } from "node:test";

import { sValidator } from "@hono/standard-validator";
import { FormApi } from "@tanstack/form-core";
import { initTRPC } from "@trpc/server";
import { Hono } from "hono";

import { anyModel, hardNames, InvalidRequest, models, syncLipsyncV2, UnknownModel, values30 } from "scenario-models";
import { syncLipsyncV2 as alone } from "scenario-models/models/sync-lipsync-v2";
import { loadValidator, validate } from "scenario-models/validators";
import { validate as validateLipsync } from "scenario-models/validators/sync-lipsync-v2";

const FILES = { video: "asset_1", audio: "asset_2" };

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
  NaN: [{ temperature: NaN }, "/temperature", "type", /NaN is not a number/],
  "a big integer": [{ temperature: 1n }, "/temperature", "type", /bigint is not a number/],
  "too small": [{ temperature: -0.1 }, "/temperature", "minimum", /-0.1 is below 0/],
  "too large": [{ temperature: 1.1 }, "/temperature", "maximum", /1.1 is above 1/],
  "a name that is none": [{ syncmode: "loop" }, "/syncmode", "unknown", /did you mean "syncMode"/],
  "a path as text": [{ video: "talk.mp4" }, "/video", "type", /give a Blob or bytes/],
  "a file where none is wanted": [{ syncMode: new Blob(["a"]) }, "/syncMode", "type", /is not a string/],
  http: [{ video: "http://example.com/a.mp4?sign=secret" }, "/video", "type", /https address/],
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
      { message: "2 is above 1", path: ["temperature"] },
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
  await assert.rejects(caller.check({ ...FILES, temperature: 2 }), { code: "BAD_REQUEST", message: "2 is above 1" });
});

test("and so do forms of TanStack", async () => {
  const form = new FormApi({ defaultValues: { ...FILES, temperature: 2 }, validators: { onSubmit: validateLipsync } });
  form.mount();
  await form.handleSubmit();
  assert.deepEqual(form.state.errors, [{ temperature: [{ message: "2 is above 1", path: ["temperature"] }] }]);
});
