/** The facts about parameters, and a form that is built from them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { JSDOM } from "jsdom";
import { models, UnknownModel } from "scenario-models";
import { loadParameters } from "scenario-models/parameters";
import { parameters as described } from "scenario-models/parameters/described";
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
};

test("what the vendor says of a parameter is data", () => {
  const { schema, ...video } = INFO.video;
  const file = { type: "file", types: ["string"], isFile: true };
  const said = { kind: "video", label: "Source clip", group: "Basics", changesPrice: true, isRequired: true };
  assert.deepEqual(video, { ...SAYS_NOTHING, name: "video", ...file, ...said });
  assert.equal(schema["x-label"], "Source clip");
  const { schema: _, ...images } = INFO.images;
  const rules = { requiredWith: ["mask"], requiredUnless: [[["prompt"]]], rules: { maxItems: 10 } };
  assert.deepEqual(images, {
    ...SAYS_NOTHING,
    name: "images",
    type: "file_array",
    types: ["array"],
    isFile: true,
    kind: "image",
    ...rules,
  });
  const { description, hint, placeholder, label } = INFO.prompt;
  assert.deepEqual([description, hint, placeholder, label], ["What it shows.", "Be brief.", "A cat", "Prompt"]);
  assert.deepEqual(INFO.quality.choices, [
    { value: "standard", label: "Standard" },
    { value: "detailed", label: "HD */" },
  ]);
  assert.deepEqual(
    INFO.seconds.choices.map(({ label }) => label),
    ["Auto", "4", "8"],
  );
  assert.equal(INFO.seconds.default, -1);
  assert.equal(INFO.tiled.default, false);
  assert.equal(INFO.steps.schema["x-step"], 1);
  assert.equal(INFO.scan.kind, 'li"dar*/ @x');
  const { schema: odd, ...rest } = INFO.odd; // annotations of the wrong type
  assert.deepEqual(rest, { ...SAYS_NOTHING, name: "odd", type: "string", types: ["string"] });
  assert.equal(odd["x-kind"], 3);
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
  const control = form.elements[one.name];
  const isFile = control.type === "file";
  const files = isFile ? [new window.File(["a"], "a.bin")] : [];
  if (isFile)
    Object.defineProperty(control, "files", { value: files, configurable: true }); // what only a person can
  else if (control.tagName === "SELECT")
    for (const option of control.options)
      option.selected = option.value === JSON.stringify(control.multiple ? value[0] : value);
  else if (control.type === "checkbox") control.checked = value;
  else control.value = typeof value === "string" && one.types[0] === "string" ? value : JSON.stringify(value);
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
    assert.deepEqual(validate(asSent(readForm(form, parameters))), [], id);

    for (const one of parameters)
      for (const [rule, by] of [
        ["minimum", -1],
        ["maximum", 1],
      ]) {
        const control = form.elements[one.name];
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
