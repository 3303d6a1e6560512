/**
 * Say where validators disagree with vectors, and which mutants of a validator no vector notices.
 *
 * Reads from the standard input, as JSON, for each model its `spec`, its `vectors`, and its `mutants`: compiled validators, changed.
 */

import { Ajv2020 } from "ajv/dist/2020.js";
import { loadValidator } from "scenario-models/validators";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const models = JSON.parse(Buffer.concat(chunks).toString());
// The functions that the validators share, which the package does not export.
const entry = new URL(import.meta.resolve("scenario-models/validators"));
const check = await import(new URL("problems.js", entry));

function restore({ name, payload, instead = {}, problems }) {
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

function meant(said) {
  if ("number" in said) return Number(said.number);
  return "text" in said ? said.text.repeat(said.times) : Array(said.times).fill(said.item);
}

function found(validate, { payload }) {
  return JSON.stringify(validate(payload).map(({ pointer, code }) => [pointer, code]));
}

function isNoticed(validate, vector) {
  try {
    return found(validate, vector) !== vector.expected;
  } catch {
    return true;
  }
}

function load(source) {
  const body = source.replace(/^import .+$/gm, "").replace("export const validate =", "return");
  return new Function("check", body)(check);
}

const disagreements = [];
const alive = {};
for (const [model, { spec, vectors, mutants }] of Object.entries(models)) {
  const validate = await loadValidator(model);
  const reference = new Ajv2020({ strict: false }).compile(spec);
  const restored = vectors.map(restore);
  for (const vector of restored) {
    const problems = found(validate, vector);
    if (problems !== vector.expected) disagreements.push([model, vector.name, problems, vector.expected]);
    if (vector.isJson && reference(vector.payload) !== (vector.expected === "[]")) {
      disagreements.push([model, vector.name, "ajv", vector.expected]);
    }
  }
  restored.sort((one, other) => one.size - other.size); // the cheapest first
  alive[model] = mutants
    .filter(([, source]) => {
      const mutant = load(source);
      return !restored.some((vector) => isNoticed(mutant, vector));
    })
    .map(([change]) => change);
}
process.stdout.write(JSON.stringify({ disagreements, alive }));
