/** What a form's validator says of parameters, which is what a request says; in real libraries of forms, with real inputs. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { standardSchemaResolver } from "@hookform/resolvers/standard-schema";
import { sValidator } from "@hono/standard-validator";
import { FieldApi, FormApi } from "@tanstack/form-core";
import { Hono } from "hono";
import { JSDOM } from "jsdom";
import { createFormControl } from "react-hook-form";

import { InvalidRequest } from "scenario-models";
import { check as checkDescribed, described } from "scenario-models/models/described";
import { check, syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { check as checkValues, values30 } from "scenario-models/models/values-3.0";

const { window } = new JSDOM();
const FILES = { video: "asset_1", audio: "asset_2" };
const talk = new File(["a"], "talk.mp4", { type: "video/mp4" });
const picture = new window.File(["b"], "cat.png", { type: "image/png" }); // of another realm

/** Choose files in a real file input. */
function choose(...files) {
  const input = window.document.createElement("input");
  input.type = "file";
  const list = Object.assign(Object.create(window.FileList.prototype), { item: (index) => files[index] ?? null });
  Object.defineProperty(list, "length", { value: files.length });
  files.forEach((file, index) => (list[index] = file));
  Object.defineProperty(input, "files", { value: list, configurable: true }); // what only a person can
  return input;
}

const list = (...files) => choose(...files).files;
const plain = (...files) => ({ length: files.length, item: (index) => files[index] ?? null }); // of no class that is known

const MODELS = {
  lipsync: [check, syncLipsyncV2, FILES],
  described: [checkDescribed, described, { video: "asset_1", prompt: "a cat", quality: "standard" }],
  values: [checkValues, values30, { files: ["asset_1"], mode: "fast" }],
};
const FILE = "an asset id, https URL or data URL; for a local file give a Blob or bytes";

/** Model, what is given, and what is said of it: pointer, code and message; or what the body then has. */
const GIVEN = {
  "an empty form": [
    "lipsync",
    { video: undefined, audio: undefined },
    [
      ["/video", "required", "video is required"],
      ["/audio", "required", "audio is required"],
    ],
  ],
  "a path as text": ["lipsync", { video: "talk.mp4" }, [["/video", "type", `"talk.mp4" is not ${FILE}`]]],
  "a blank text for a file": ["lipsync", { audio: "" }, [["/audio", "required", "audio is required"]]],
  "a file": ["lipsync", { video: talk }, { video: talk }],
  "a list of one file for a file": ["lipsync", { video: list(talk) }, { video: talk }],
  "a list that is none of a browser": ["lipsync", { video: plain(talk) }, { video: talk }],
  "an empty list for a file": ["lipsync", { video: list() }, [["/video", "required", "video is required"]]],
  "an unchosen file of FormData": [
    "lipsync",
    { video: new File([], "") },
    [["/video", "required", "video is required"]],
  ],
  "a list of two for a file": [
    "lipsync",
    { video: list(talk, talk) },
    [["/video", "type", "an array of 2 is not one file; give one of them"]],
  ],
  "an object for a file": ["lipsync", { video: { name: "a" } }, [["/video", "type", `an object is not ${FILE}`]]],
  "null for a file": ["lipsync", { video: null }, [["/video", "type", `null is not ${FILE}`]]],
  "a blank number that may be left out": [
    "lipsync",
    { temperature: NaN },
    [["/temperature", "type", "NaN is blank; fill it in, or leave it out (undefined)"]],
  ],
  "a blank text for a number": [
    "lipsync",
    { temperature: "" },
    [["/temperature", "type", '"" is blank; fill it in, or leave it out (undefined)']],
  ],
  "a blank choice": [
    "lipsync",
    { syncMode: "" },
    [["/syncMode", "enum", '"" is blank; fill it in, or leave it out (undefined)']],
  ],
  "a list where no file is wanted": [
    "lipsync",
    { syncMode: list(talk) },
    [["/syncMode", "type", "an array is not a string"]],
  ],
  "a blank choice that has a default": [
    "described",
    { quality: "" },
    [["/quality", "required", "quality is required"]],
  ],
  "a list for an array of files": ["described", { images: list(picture, talk) }, { images: [picture, talk] }],
  "a list of one for an array": ["described", { images: list(picture) }, { images: [picture] }],
  "an empty list that may be left out": ["described", { images: list() }, {}],
  "a blank file that others need": [
    "described",
    { images: list(), mask: "asset_2" },
    [["/images", "required", "images is required"]],
  ],
  "a list in an object": [
    "described",
    { shots: [{ prompt: "a", frames: list(picture), any: list(talk) }] },
    { shots: [{ prompt: "a", frames: [picture], any: talk }] },
  ],
  "a blank in an object": [
    "described",
    { shots: [{ prompt: "" }] },
    [["/shots/0/prompt", "required", "prompt is required"]],
  ],
  "a blank text that the rules allow": ["described", { prompt: "" }, { prompt: "" }],
  "an empty list where an array must be": ["values", { files: list() }, [["/files", "required", "files is required"]]],
  "a blank in an array": ["values", { files: [""] }, [["/files/0", "type", `"" is not ${FILE}`]]],
  "a list in an array": ["values", { files: [list(talk), "asset_2"] }, { files: [talk, "asset_2"] }],
};

for (const [name, [model, given, expected]] of Object.entries(GIVEN))
  test(`a form and a request agree: ${name}`, () => {
    const [check, make, base] = MODELS[model];
    const parameters = { ...base, ...given };
    const found = check(parameters);
    const { issues, value } = check["~standard"].validate(parameters);
    if (Array.isArray(expected)) {
      assert.deepEqual(
        found.map(({ pointer, code, message }) => [pointer, code, message]),
        expected,
      );
      assert.throws(
        () => make(parameters),
        (error) => error instanceof InvalidRequest && assert.deepEqual(error.problems, found) === undefined,
      );
      assert.equal(issues.length, expected.length);
    } else {
      assert.deepEqual([found, value], [[], parameters]);
      assert.deepEqual(make(parameters).body(), { ...base, ...expected });
    }
  });

const thrower = {
  get video() {
    throw new Error("no");
  },
};
const revoked = Proxy.revocable({}, {});
revoked.revoke();
const circle = { ...FILES };
circle.video = circle;

for (const [name, given] of Object.entries({
  nothing: undefined,
  null: null,
  "a text": "x",
  "an array": [FILES],
  "a getter that throws": thrower,
  "a revoked proxy": revoked.proxy,
  "a revoked proxy inside": { ...FILES, video: revoked.proxy },
  "a circle": circle,
  "a symbol": { ...FILES, temperature: Symbol("a") },
  "a list that lies": { ...FILES, video: { length: 1e9, item: () => assert.fail("no") } },
  "a list without a length": { ...FILES, video: { length: -1, item: () => null } },
}))
  test(`a check never throws, also of ${name}`, () => {
    assert(check(given).length > 0);
    assert(check["~standard"].validate(given).issues.length > 0);
    assert.throws(() => syncLipsyncV2(given));
  });

test("issues name what they are about, since some libraries show nothing else", () => {
  const { issues } = checkDescribed["~standard"].validate({
    shots: [{ prompt: "a" }, { constructor: 0.5, more: 1 }],
    quality: "standart",
    sample: 1,
  });
  assert.deepEqual(
    issues.map(({ path, message }) => [path, message]),
    [
      [["video"], "video is required"],
      [["images"], "images is required"],
      [["quality"], 'quality: "standart" is none of "standard", "detailed"; did you mean "standard"?'],
      [["shots", 1, "prompt"], "shots[1].prompt is required"],
      [["shots", 1, "constructor"], "shots[1].constructor: 0.5 is not an integer"],
      [["shots", 1, "more"], 'shots[1]: there is no parameter "more"'],
      [["sample"], 'there is no parameter "sample"'],
    ],
  );
});

test("forms of TanStack take it", async () => {
  const submitted = [];
  const form = new FormApi({
    defaultValues: { video: undefined, audio: "asset_2", temperature: 2 },
    validators: { onSubmit: check },
    onSubmit: ({ value }) => submitted.push(syncLipsyncV2(value).body()),
  });
  form.mount();
  await form.handleSubmit();
  assert.deepEqual(form.state.errors, [
    {
      video: [{ message: "video is required", path: ["video"] }],
      temperature: [{ message: "temperature: 2 is above 1", path: ["temperature"] }],
    },
  ]);
  for (const [name, value] of Object.entries({ video: talk, temperature: undefined })) {
    const field = new FieldApi({ form, name });
    field.mount();
    field.handleChange(value);
  }
  await form.handleSubmit();
  assert.deepEqual(submitted, [{ video: talk, audio: "asset_2" }]);
});

test("and so does react-hook-form, with inputs of a page", async () => {
  const { document } = window;
  const form = createFormControl({ resolver: standardSchemaResolver(check) });
  const inputs = { video: choose(), audio: choose(talk), temperature: document.createElement("input") };
  inputs.temperature.type = "number";
  const root = document.body.appendChild(document.createElement("form"));
  const options = { temperature: { valueAsNumber: true } };
  for (const [name, input] of Object.entries(inputs)) {
    root.append(Object.assign(input, { name }));
    form.register(name, options[name]).ref(input);
  }
  const submit = async () => {
    let body, said;
    const keep = (errors) => (said = Object.entries(errors).map(([name, { message }]) => [name, message]));
    await form.handleSubmit((values) => (body = syncLipsyncV2(values).body()), keep)();
    return said ?? body;
  };
  assert.deepEqual(await submit(), [
    ["video", "video is required"],
    ["temperature", "temperature: NaN is blank; fill it in, or leave it out (undefined)"],
  ]);
  form.register("temperature", {
    setValueAs: (value) => (value === "" ? undefined : Number(value)),
    valueAsNumber: false,
  });
  form.setValue("temperature", undefined);
  Object.defineProperty(inputs.video, "files", { value: list(picture) });
  await form.register("video").onChange({ target: inputs.video, type: "change" });
  const { video, audio, ...rest } = await submit();
  assert.deepEqual([video, audio], [picture, talk]);
  assert.deepEqual(rest, {});
});

test("and so does Hono, with FormData", async () => {
  const app = new Hono().post("/", sValidator("form", check), async (context) =>
    context.json(syncLipsyncV2(context.req.valid("form")).body().video.name),
  );
  const post = (video) => {
    const body = new FormData();
    body.set("video", video);
    body.set("audio", "asset_2");
    return app.request("/", { method: "POST", body });
  };
  assert.equal(await (await post(talk)).json(), "talk.mp4");
  const refused = await post(new File([], ""));
  assert.equal(refused.status, 400);
  assert.match(await refused.text(), /video is required/);
});
