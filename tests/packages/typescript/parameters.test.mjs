/** The facts about parameters, and a form that is built from them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Ajv2020 } from "ajv/dist/2020.js";
import { JSDOM } from "jsdom";
import { models, UnknownModel } from "scenario-models";
import { loadParameters } from "scenario-models/parameters";
import { parameters as described } from "scenario-models/parameters/described";
import { loadSchema } from "scenario-models/schemas";
import * as schemas from "scenario-models/schemas/described";
import { loadValidator } from "scenario-models/validators";

import { buildForm, readForm } from "./form.mjs";

const { window } = new JSDOM();
const { document } = window;
const INFO = Object.fromEntries(described.map((one) => [one.name, one]));
const SAYS_NOTHING = {
  isFile: false,
  isRequired: false,
  requiredWith: [],
  requiredUnless: [],
  choices: [],
  rules: {},
  changesPrice: false,
  annotations: {},
};

/** What is said of some parameters, but their schemas and what is as in `SAYS_NOTHING`. */
const SAID = {
  video: {
    type: "file",
    isFile: true,
    isRequired: true,
    kind: "video",
    label: "Source clip",
    group: "Basics",
    changesPrice: true,
  },
  images: {
    type: "file_array",
    jsonTypes: ["array"],
    isFile: true,
    kind: "image",
    requiredWith: ["mask"],
    requiredUnless: [[["prompt"]]],
    rules: { maxItems: 10 },
    items: { type: "string", isFile: true, kind: "image" },
  },
  mask: { type: "file", isFile: true, kind: "image", annotations: { "x-mask-from": "images" } },
  scan: { type: "file", isFile: true, kind: 'li"dar*/ @x' },
  prompt: {
    label: "Prompt",
    description: "What it shows.",
    hint: "Be brief.",
    rules: { maxLength: 32000 },
    annotations: { "x-placeholder": "A cat" },
  },
  quality: {
    isRequired: true,
    default: "standard",
    label: "Level of detail",
    changesPrice: true,
    choices: [
      { value: "standard", label: "Standard" },
      { value: "detailed", label: "HD */" },
    ],
  },
  seconds: {
    type: "integer",
    default: -1,
    choices: [
      { value: -1, label: "Auto" },
      { value: 4, label: "4" },
      { value: 8, label: "8" },
    ],
  },
  steps: {
    type: "integer",
    default: 28,
    group: "Advanced",
    rules: { minimum: 1, maximum: 50 },
    annotations: { "x-step": 1 },
  },
  sizes: {
    type: "any",
    jsonTypes: [],
    choices: [
      { value: 1e20, label: "Big" },
      { value: 1, label: "One" },
      { value: 1e21, label: "Huge" },
      { value: 1e-6, label: "Small" },
      { value: 1e-7, label: "Tiny" },
    ],
  },
  tiled: {
    type: "boolean",
    default: false,
    choices: [
      { value: true, label: "Yes" },
      { value: false, label: "false" },
    ],
  },
  flags: {
    type: "array of boolean",
    jsonTypes: ["array"],
    items: {
      type: "boolean",
      choices: [
        { value: true, label: "true" },
        { value: false, label: "No" },
      ],
    },
  },
  named: { annotations: { "x-labels": { a: "A 1" } } },
  shots: {
    type: "array of object",
    jsonTypes: ["array"],
    annotations: { "x-required-if": { ifDefined: ["images", "mask"] } },
    items: {
      type: "object",
      properties: [
        { name: "prompt", isRequired: true, label: "Line", rules: { minLength: 1 } },
        { name: "constructor", type: "integer" },
        {
          name: "frames",
          type: "file_array",
          jsonTypes: ["array"],
          isFile: true,
          kind: "image",
          items: { type: "string", isFile: true, kind: "image" },
        },
        { name: "any", type: "file", isFile: true },
      ],
    },
  },
  odd: {
    annotations: {
      "x-kind": 3,
      "x-label": ["a"],
      "x-labels": "text",
      "x-cost": "yes",
      "x-group": false,
      "x-model-types": ["a", 1, null],
      "x-more": JSON.parse('{"__proto__": {"a": [null]}}'),
    },
  },
};

const complete = (name, { type = "string", items, properties = [], ...said }) => ({
  ...SAYS_NOTHING,
  name,
  type,
  jsonTypes: [type === "file" ? "string" : type],
  ...(items && { items: complete(name, items) }),
  properties: properties.map((one) => complete(one.name, one)),
  ...said,
});

const withoutSchemas = ({ schema, items, properties, ...rest }) => ({
  ...rest,
  ...(items && { items: withoutSchemas(items) }),
  properties: properties.map(withoutSchemas),
});

for (const [name, said] of Object.entries(SAID))
  test(`what the vendor says of a parameter is data: ${name}`, () => {
    assert.deepEqual(withoutSchemas(INFO[name]), complete(name, said));
  });

test("they are found by the id of a model", async () => {
  assert.equal(await loadParameters("model_described"), described);
  await assert.rejects(
    loadParameters("model_describe"),
    (error) => error instanceof UnknownModel && /did you mean/.test(error.message),
  );
});

/** Fill in a control as a person does; a file is chosen. */
function fill(form, one, value) {
  const control = form.elements.namedItem(one.name);
  const isFile = control.type === "file";
  const files = isFile ? [new window.File(["a"], "a.bin")] : [];
  if (isFile)
    Object.defineProperty(control, "files", { value: files, configurable: true }); // what only a person can
  else if (control.tagName === "SELECT")
    for (const option of control.options)
      option.selected = option.value === JSON.stringify(control.multiple ? value[0] : value);
  else if (control.type === "checkbox") control.checked = value;
  else control.value = typeof value === "string" && one.jsonTypes[0] === "string" ? value : JSON.stringify(value);
  control.dispatchEvent(new window.Event("input", { bubbles: true }));
}

/** Make a value that keeps the rules of a schema. */
function valueOf({
  type,
  minimum,
  maximum,
  minItems = 1,
  minLength = 1,
  items = {},
  enum: choices,
  properties,
  required = [],
}) {
  if (choices) return choices[0];
  const [kind] = [type].flat();
  if (kind === "array") return Array(minItems).fill(valueOf(items));
  if (kind === "object") return Object.fromEntries(required.map((name) => [name, valueOf(properties[name])]));
  if (kind === "boolean") return true;
  return kind === "number" || kind === "integer" ? (minimum ?? Math.min(maximum ?? 1, 1)) : "x".repeat(minLength);
}

const asSent = (payload) =>
  JSON.parse(JSON.stringify(payload, (_, value) => (value instanceof window.File ? "asset_1" : value)));

test("a form that is built from them gives a right request for each model, and refuses what breaks a rule", async () => {
  let refused = 0;
  for (const { id } of models) {
    const parameters = await loadParameters(id);
    const validate = await loadValidator(id);
    assert.deepEqual(new Set(parameters.map(({ name }) => name)), validate.names);
    const form = buildForm(document, parameters);
    assert.equal(form.elements.length, parameters.length + form.querySelectorAll("fieldset").length);
    const needed = new Set(
      validate(readForm(form, parameters))
        .filter(({ code }) => code === "required")
        .map(({ pointer }) => pointer.slice(1)),
    );
    assert.deepEqual(new Set([...form.querySelectorAll(":required:invalid")].map(({ name }) => name)), needed, id);

    for (const one of parameters) fill(form, one, valueOf(one.schema));
    const payload = asSent(readForm(form, parameters));
    assert.deepEqual(validate(payload), [], id);
    const ajv = new Ajv2020({ strictTypes: false, ownProperties: true }); // else strict; a parameter may be called "constructor"
    const isValid = ajv.compile(await loadSchema(id));
    assert.deepEqual([isValid(payload), isValid({ ...payload, "x-more": 1 })], [true, false], id);

    for (const one of parameters)
      for (const [rule, by] of [
        ["minimum", -1],
        ["maximum", 1],
      ]) {
        const control = form.elements.namedItem(one.name);
        if (control.type !== "number" || one.rules[rule] === undefined) continue;
        fill(form, one, one.rules[rule] + by * Math.max(1, Math.abs(one.rules[rule])));
        assert.equal(control.checkValidity(), false, `${id} ${one.name}`);
        assert.equal(validate(asSent(readForm(form, parameters)))[0].code, rule);
        fill(form, one, valueOf(one.schema));
        refused++;
      }
  }
  assert(refused > 50, refused);
});

test("a schema of a model or of a parameter is JSON Schema alone", async () => {
  const { schema, ...rest } = schemas;
  assert.deepEqual(rest, {});
  assert.equal(await loadSchema("model_described"), schema);
  const { images, prompt, shots, video } = schema.properties;
  assert.deepEqual(
    [video, images],
    [
      { title: "Source clip", type: "string" },
      { type: "array", items: { type: "string" }, maxItems: 10 },
    ],
  );
  assert.deepEqual(prompt, { title: "Prompt", type: "string", maxLength: 32000, description: "What it shows." });
  assert.deepEqual(shots.items.properties.prompt, { title: "Line", type: "string", minLength: 1 });
  assert.doesNotMatch(JSON.stringify(schema), /"x-/);
  assert.deepEqual(Object.fromEntries(described.map((one) => [one.name, one.schema])), schema.properties);
  await assert.rejects(loadSchema("model_describe"), UnknownModel);
});

test("what is loaded cannot be changed, since all share it", async () => {
  const all = [await loadParameters("model_described"), await loadSchema("model_described")];
  for (const one of all) {
    if (typeof one !== "object" || one === null) continue;
    assert(Object.isFrozen(one), JSON.stringify(one));
    all.push(...Object.values(one));
  }
  assert(all.length > 500, all.length);
});

test("it groups, names and explains its controls, and asks for what is required with others", () => {
  const form = buildForm(document, described);
  assert.deepEqual(
    [...form.querySelectorAll("legend")].map(({ textContent }) => textContent),
    ["Basics", "Advanced"],
  );
  const labels = [...form.querySelectorAll("label")].map((label) => label.firstChild.textContent);
  assert.deepEqual(labels.slice(0, 1), ["Source clip (changes the price)"]);
  const { images, mask, prompt, quality, seconds, steps, video } = form.elements;
  assert.deepEqual(
    [...quality.options].map(({ text, value }) => [text, value]),
    [
      ["", ""],
      ["Standard", '"standard"'],
      ["HD */", '"detailed"'],
    ],
  );
  assert.deepEqual([quality.value, seconds.selectedOptions[0].text, steps.value], ['"standard"', "Auto", "28"]);
  assert.deepEqual([video.accept, images.accept, images.multiple, mask.multiple], ["video/*", "image/*", true, false]);
  assert.deepEqual([prompt.placeholder, prompt.maxLength, prompt.parentNode.title], ["A cat", 32000, "Be brief."]);
  assert.deepEqual([images.required, mask.required, video.required], [true, false, true]);
  fill(form, INFO.prompt, "a cat");
  assert.equal(images.required, false);
  fill(form, INFO.mask);
  assert.equal(images.required, true);
});
