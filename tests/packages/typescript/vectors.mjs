/**
 * Say where judges disagree with vectors, and which mutants of a judge no vector notices.
 *
 * Reads from the standard input, as JSON, for each model the `path` of its compiled judge, its `spec`, its `vectors` (the payload
 * of some is the `text` of JSON), and its `mutants`: the judge, changed.
 */

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const models = JSON.parse(Buffer.concat(chunks).toString());
function restore({ name, text, payload = JSON.parse(text), instead = {}, problems }) {
  for (const [pointer, said] of Object.entries(instead)) {
    const keys = pointer
      .split("/")
      .slice(1)
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    const last = keys.pop();
    keys.reduce((place, key) => place[key], payload)[last] = meant(said);
  }
  const isJson = !Object.values(instead).some((said) => "number" in said);
  const size = JSON.stringify(payload).length;
  return {
    name,
    payload,
    size,
    isJson,
    expected: JSON.stringify(problems.map(({ pointer, code }) => [pointer, code])),
  };
}

/** Give payloads that inherit something: to a validator, they are as if they had nothing in its place. */
function* inheriting({ names }, vectors) {
  const without = {};
  yield ["an unknown name", Object.create({ [[...names].join("_") + "_"]: 0 }), without];
  const wrong = Symbol("of no type");
  let before = [...names].at(-1);
  for (const name of names) {
    yield [name, Object.create({ [name]: wrong }), without];
    yield [`${name}, beside nothing`, Object.create({ [name]: wrong }, { [before]: NOTHING }), without];
    before = name;
  }
  for (const { name, payload, size } of vectors) {
    if (size > MAX_INHERITED) continue;
    for (const [inherits, bare] of inside(payload)) yield [name, inherits, bare];
  }
}

const NOTHING = { value: undefined, enumerable: true };
const MAX_INHERITED = 500; // characters of a payload that is tried with each of its objects inherited

/** Give a value with one of the objects inside it inherited, and with an empty one instead. */
function* inside(value) {
  if (typeof value !== "object" || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    const others = isRecord(one) ? [[Object.create(one), {}], ...inside(one)] : inside(one);
    for (const pair of others)
      yield pair.map((other) => Object.assign(Array.isArray(value) ? [...value] : { ...value }, { [key]: other }));
  }
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function meant(said) {
  if ("number" in said) return Number(said.number);
  return "text" in said ? said.text.repeat(said.times) : Array(said.times).fill(said.item);
}

function found(judge, { payload }) {
  return JSON.stringify(judge(payload).map(({ pointer, code }) => [pointer, code]));
}

function isNoticed(judge, vector) {
  try {
    return found(judge, vector) !== vector.expected;
  } catch {
    return true;
  }
}

const IMPORT = /^import (.+) from "(.+)";$/gm;

/** Return what makes a judge of its source; what it imports is as it is for the judge itself. */
async function loader(url, source) {
  const given = {};
  for (const [, what, path] of source.matchAll(IMPORT)) {
    const loaded = await import(new URL(path, url));
    if (what.startsWith("* as ")) given[what.slice(5)] = loaded;
    else Object.assign(given, loaded);
  }
  const own = [...source.matchAll(/^export (?:const|function) (\w+)/gm)].map(([, name]) => name);
  for (const name of own) delete given[name];
  return (changed) => {
    const body = changed
      .replace(IMPORT, "")
      .replace("export const judge =", "return")
      .replace(/^export /gm, "");
    return new Function(...Object.keys(given), body)(...Object.values(given));
  };
}

/** Make ajv: it is not to see what every object inherits, and to say of decimals what they are, where by itself it divides floats. */
function makeAjv(isMultiple) {
  const ajv = new Ajv2020({ strict: false, ownProperties: true });
  ajv.removeKeyword("multipleOf");
  ajv.addKeyword({ keyword: "multipleOf", type: "number", validate: (step, value) => isMultiple(value, step) });
  for (const { spec } of Object.values(models)) ajv.addSchema(spec);
  return ajv;
}

const MAX_DEPTH = 100; // ajv follows references as deep as they go
const disagreements = [];
const alive = {};
let ajv;
for (const [model, { path, spec, vectors, mutants }] of Object.entries(models)) {
  const url = pathToFileURL(path);
  const { judge } = await import(url);
  const { isMultiple } = await import(new URL("../values.js", url));
  ajv ??= makeAjv(isMultiple);
  const reference = ajv.getSchema(spec.$id);
  const restored = vectors.map(restore);
  for (const [name, payload, bare] of mutants.length ? [...inheriting(judge, restored)] : []) {
    const expected = found(judge, { payload: bare });
    restored.push({
      name: `${name}, inherited`,
      payload,
      size: JSON.stringify(payload).length,
      isJson: false,
      expected,
    });
  }
  for (const vector of restored) {
    const problems = found(judge, vector);
    if (problems !== vector.expected)
      disagreements.push([model, vector.name, problems.slice(0, 500), vector.expected.slice(0, 500)]);
    const isDeep = JSON.parse(vector.expected).some(([pointer]) => pointer.split("/").length > MAX_DEPTH + 1);
    if (vector.isJson && !isDeep && reference(vector.payload) !== (vector.expected === "[]")) {
      disagreements.push([model, vector.name, "ajv", vector.expected.slice(0, 500)]);
    }
  }
  restored.sort((one, other) => one.size - other.size); // the cheapest first
  const load = await loader(url, readFileSync(path, "utf8"));
  alive[model] = mutants
    .filter(([, source]) => {
      const mutant = load(source);
      return !restored.some((vector) => isNoticed(mutant, vector));
    })
    .map(([change]) => change);
}
process.stdout.write(JSON.stringify({ disagreements, alive }));
