// Validate payloads by the validators of one contestant in JavaScript: which places they name, or how long they take.
//
// It runs beside the npm packages of the peers, and has the parameters of `models.py` once more where a contestant takes no JSON Schema.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [contestant, file] = process.argv.slice(2); // or "places", of all
const task = JSON.parse(readFileSync(file, "utf8"));
const BATCHES = 5;
const COPIES = 16; // of a payload, so that it is not one object that is always in the processor's cache
const LARGE = 100_000; // characters: of such a payload there is one, since whether sixteen are in the cache would depend on how many names it has

const specOf = (model) => JSON.parse(readFileSync(`${task.specs}/measured-${model}.json`, "utf8"));
const MODELS = ["6", "12", "20"];
const modelOf = (payload) => payload.split(",")[0]; // which its name begins with
const pointer = (path) => path.map((part) => `/${String(part)}`).join("");

const STYLES = ["photo", "drawing", "painting", "pixels", "comic", "render", "sketch", "poster"];
const SCHEDULERS = ["ddim", "euler", "euler-a", "heun", "lms", "pndm"];

async function zod(model) {
  const z = await import("zod");
  const six = {
    prompt: z.string().min(1).max(2000),
    image: z.string(),
    mode: z.enum(["fast", "balanced", "best"]).optional(),
    strength: z.number().min(0).max(1).optional(),
    tile: z.boolean().optional(),
    references: z.array(z.string()).min(1).max(4).optional(),
  };
  const twelve = {
    ...six,
    negativePrompt: z.string().max(2000).optional(),
    width: z.number().min(256).max(2048).optional(),
    height: z.number().min(256).max(2048).optional(),
    style: z.enum(STYLES).optional(),
    seed: z.number().min(0).max(2147483647).optional(),
    guidance: z.number().min(1).max(20).optional(),
  };
  const twenty = {
    ...twelve,
    scheduler: z.enum(SCHEDULERS).optional(),
    steps: z.number().min(1).max(50).optional(),
    mask: z.string().optional(),
    maskStrength: z.number().min(0).max(1).optional(),
    outputFormat: z.enum(["png", "jpeg", "webp"]).optional(),
    upscale: z.boolean().optional(),
    webhook: z.string().max(200).optional(),
    tags: z.array(z.string()).max(8).optional(),
  };
  return z.strictObject({ 6: six, 12: twelve, 20: twenty }[model]);
}

async function valibot(model) {
  const v = await import("valibot");
  const bounds = (least, most) => v.optional(v.pipe(v.number(), v.minValue(least), v.maxValue(most)));
  const six = {
    prompt: v.pipe(v.string(), v.minLength(1), v.maxLength(2000)),
    image: v.string(),
    mode: v.optional(v.picklist(["fast", "balanced", "best"])),
    strength: bounds(0, 1),
    tile: v.optional(v.boolean()),
    references: v.optional(v.pipe(v.array(v.string()), v.minLength(1), v.maxLength(4))),
  };
  const twelve = {
    ...six,
    negativePrompt: v.optional(v.pipe(v.string(), v.maxLength(2000))),
    width: bounds(256, 2048),
    height: bounds(256, 2048),
    style: v.optional(v.picklist(STYLES)),
    seed: bounds(0, 2147483647),
    guidance: bounds(1, 20),
  };
  const twenty = {
    ...twelve,
    scheduler: v.optional(v.picklist(SCHEDULERS)),
    steps: bounds(1, 50),
    mask: v.optional(v.string()),
    maskStrength: bounds(0, 1),
    outputFormat: v.optional(v.picklist(["png", "jpeg", "webp"])),
    upscale: v.optional(v.boolean()),
    webhook: v.optional(v.pipe(v.string(), v.maxLength(200))),
    tags: v.optional(v.pipe(v.array(v.string()), v.maxLength(8))),
  };
  return { schema: v.strictObject({ 6: six, 12: twelve, 20: twenty }[model]), safeParse: v.safeParse };
}

async function arktype(model) {
  const { type } = await import("arktype");
  const six = {
    "+": "reject",
    prompt: "1 <= string <= 2000",
    image: "string",
    "mode?": "'fast' | 'balanced' | 'best'",
    "strength?": "0 <= number <= 1",
    "tile?": "boolean",
    "references?": "1 <= string[] <= 4",
  };
  const twelve = {
    ...six,
    "negativePrompt?": "string <= 2000",
    "width?": "256 <= number <= 2048",
    "height?": "256 <= number <= 2048",
    "style?": STYLES.map((style) => `'${style}'`).join(" | "),
    "seed?": "0 <= number <= 2147483647",
    "guidance?": "1 <= number <= 20",
  };
  const twenty = {
    ...twelve,
    "scheduler?": SCHEDULERS.map((scheduler) => `'${scheduler}'`).join(" | "),
    "steps?": "1 <= number <= 50",
    "mask?": "string",
    "maskStrength?": "0 <= number <= 1",
    "outputFormat?": "'png' | 'jpeg' | 'webp'",
    "upscale?": "boolean",
    "webhook?": "string <= 200",
    "tags?": "string[] <= 8",
  };
  return { schema: type({ 6: six, 12: twelve, 20: twenty }[model]), Errors: type.errors };
}

// Names that the statements use, for a model; a statement that finds all problems in `found`, by one that says whether it is valid
// first where a contestant has it; and the places of a problem.
const READ = "for (const one of found) read += one.message.length;";
const CONTESTANTS = {
  paramsync: {
    names: (model) => import(pathToFileURL(`${task.typescript}/validators/measured-${model}.js`)),
    find: "const found = names.validate(payload);",
    places: (one) => [one.pointer],
  },
  ajv: {
    names: async (model) => {
      const { Ajv2020 } = await import("ajv/dist/2020.js");
      return { validate: new Ajv2020({ allErrors: true, strict: false }).compile(specOf(model)) };
    },
    find: "const found = names.validate(payload) ? NONE : names.validate.errors;",
    places: ({ instancePath, params }) => {
      const name = params.missingProperty ?? params.additionalProperty;
      return [name === undefined ? instancePath : `${instancePath}/${name}`];
    },
  },
  typebox: {
    names: async (model) => {
      (await import("typebox/system")).Settings.Set({ maxErrors: Infinity }); // or it stops at eight
      return { compiled: (await import("typebox/schema")).Compile(specOf(model)) };
    },
    find: "const found = names.compiled.Check(payload) ? NONE : names.compiled.Errors(payload)[1];",
    places: ({ keyword, instancePath, params }) => {
      if (keyword === "additionalProperties") return []; // it has told of each of them, too
      if (keyword === "required") return params.requiredProperties.map((name) => `${instancePath}/${name}`);
      return [instancePath];
    },
  },
  zod: {
    names: async (model) => ({ schema: await zod(model) }),
    find: "const result = names.schema.safeParse(payload); const found = result.success ? NONE : result.error.issues;",
    places: ({ code, keys, path }) => (code === "unrecognized_keys" ? keys.map((key) => pointer([...path, key])) : [pointer(path)]),
  },
  valibot: {
    names: valibot,
    find: "const found = names.safeParse(names.schema, payload).issues ?? NONE;",
    places: ({ path }) => [pointer(path.map(({ key }) => key))],
  },
  arktype: {
    names: arktype,
    find: "const result = names.schema(payload); const found = result instanceof names.Errors ? result : NONE;",
    places: ({ path }) => [pointer([...path])],
  },
  "by hand": {
    names: async (model) => ({ check: (await import("./floor.mjs")).CHECKS[model] }),
    find: "const found = names.check(payload);",
    places: ({ pointer }) => [pointer],
  },
};

// What is compiled once for each model: one validator gets all payloads, as where it is in use.
async function makeNames(name) {
  const made = {};
  for (const model of MODELS) made[model] = await CONTESTANTS[name].names(model);
  return made;
}

// A loop of its own for each payload, so that none is slowed down by what the others have been called with.
function compile({ find }, names, reads) {
  const body = `let read = 0; for (const payload of payloads) { ${find} read += found.length; ${reads ? READ : ""} } return read;`;
  return new Function("names", "NONE", "payloads", body).bind(null, names, []);
}

async function findPlaces(name) {
  const { find, places } = CONTESTANTS[name];
  const names = await makeNames(name);
  const check = new Function("names", "NONE", "payload", `${find} return [...found];`);
  const found = {};
  for (const [payload, value] of Object.entries({ ...task.payloads, ...task.verdicts })) {
    found[payload] = check(names[modelOf(payload)], [], value).flatMap(places);
  }
  return found;
}

async function measure(name) {
  const names = await makeNames(name);
  const times = {};
  for (const [payload, value] of Object.entries(task.payloads)) {
    for (const how of payload.endsWith("valid") ? ["found"] : ["found", "read"]) {
      const check = compile(CONTESTANTS[name], names[modelOf(payload)], how === "read");
      times[`${payload}, ${how}`] = time(check, JSON.stringify(value));
    }
  }
  return times;
}

function time(check, text) {
  const single = [JSON.parse(text)];
  check(single);
  const once = clock(check, single, 1);
  const copies = Array.from({ length: once > task.seconds || text.length > LARGE ? 1 : COPIES }, () => JSON.parse(text));
  warm(check, copies);
  const calls = Math.max(1, Math.round(task.seconds / Math.max(clock(check, copies, 1), 1e-8)));
  const payloads = Array.from({ length: Math.min(calls, 5000) }, () => copies).flat();
  const repeated = Math.max(1, Math.round(calls / 5000));
  const batches = Array.from({ length: BATCHES }, () => {
    let seconds = 0;
    for (let turn = 0; turn < repeated; turn++) seconds += clock(check, payloads, payloads.length * repeated);
    return seconds;
  });
  return batches.sort((one, other) => one - other)[BATCHES >> 1] * 1e9;
}

// Until the compiler has had its time.
function warm(check, copies) {
  for (let spent = 0; spent < task.seconds * BATCHES; ) spent += clock(check, copies, 1);
}

function clock(check, payloads, calls) {
  const begin = process.hrtime.bigint();
  check(payloads);
  return Number(process.hrtime.bigint() - begin) / 1e9 / calls;
}

if (contestant === "places") {
  const found = {};
  for (const name of Object.keys(CONTESTANTS)) found[name] = await findPlaces(name);
  console.log(JSON.stringify(found));
} else console.log(JSON.stringify(await measure(contestant)));
