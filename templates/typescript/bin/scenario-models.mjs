#!/usr/bin/env node
/**
 * The command line of the package: says what an upgrade to this version changes in the models that somebody uses.
 *
 * @module
 */

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import * as names from "../dist/index.js";

const USAGE = `usage: scenario-models upgrade-check [--from VERSION] [--json] [PATH|MODEL ...]

What an upgrade to this version changes in the models that you use. Give your code, or ids of models (default: this folder).

  --from VERSION  the version that you use now (default: that in node_modules)
  --json          print JSON

exit codes: 0 nothing breaks; 1 something breaks; 2 wrong usage`;

const CODE = /\.[cm]?[jt]sx?$|\.(?:vue|svelte|astro)$/;
const TEXT = /\.(?:json|jsonl|sh|toml|ya?ml)$/;
const NOT_OURS = new Set(["node_modules", "dist", "build"]);
const SEVERITIES = ["breaking", "behaviour", "compatible"];
const MAX_PLACES = 3; // of one model, that are shown
// What is imported from the package: all of it under a name, or some names.
const IMPORTS = [
  /\b(?:import|export)\s+(?<type>type\s+)?(?:\*\s*as\s+(?<all>[\w$]+)|\{(?<some>[^{}]*)\})\s*from\s*["']scenario-models["']/g,
  /(?:(?<all>[\w$]+)|\{(?<some>[^{}]*)\})\s*=\s*(?:await\s+import|require)\(\s*["']scenario-models["']/g,
];
const PATH = /["']scenario-models\/(?<part>models|validators)\/(?<name>[\w.-]+)["']/g;

/** An error of the user; its message says what to do. */
class UsageError extends Error {}

function read(path) {
  return readFileSync(new URL(path, import.meta.url), "utf8");
}

const version = JSON.parse(read("../package.json")).version;
const releases = JSON.parse(read("../releases.json"));
const ids = new Set([
  ...names.models.map((one) => one.id),
  ...releases.flatMap((one) => one.changes.flatMap((change) => change.models)),
]);
const byName = new Map(names.models.map((one) => [one.functionName, one.id]));

/** Return the id of the model of a module, or undefined if there is no such module. */
function idOfModule(name) {
  const url = new URL(`../dist/models/${name}.js`, import.meta.url);
  const found = existsSync(url) && /\bmakeRequest\(("(?:[^"\\]|\\.)*")/.exec(readFileSync(url, "utf8"));
  return found ? JSON.parse(found[1]) : undefined;
}

function main(given) {
  const { values, positionals } = parseArgs({
    args: given,
    allowPositionals: true,
    options: { from: { type: "string" }, json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const [verb, ...what] = positionals;
  if (verb !== "upgrade-check") throw new UsageError(`unknown command ${verb ?? ""}\n${USAGE}`);
  const since = values.from ?? findInstalled();
  const effects = findEffects(since, what.length ? what : ["."]);
  if (values.json) console.log(JSON.stringify(effects, null, 2));
  else show(since, effects);
  return effects.some((one) => one.severity === "breaking") ? 1 : 0;
}

/** Return the version that the project in this folder has installed. */
function findInstalled() {
  const path = join("node_modules", "scenario-models", "package.json");
  if (!existsSync(path)) throw new UsageError(`say --from VERSION: there is no ${path} here`);
  return JSON.parse(readFileSync(path, "utf8")).version;
}

/** Find what has changed since a version in models, or in those that files and folders use; what breaks comes first. */
function findEffects(since, what) {
  const index = releases.findIndex((one) => one.version === since);
  if (index < 0) {
    throw new UsageError(`there was no version ${since}; there were ${releases.map((one) => one.version).join(", ")}`);
  }
  const { places, missing } = findUses(what);
  const found = [...missing].map(([name, where]) => ({
    severity: "breaking",
    version,
    model: "",
    parameter: "",
    sentence: `scenario-models has no ${name}`,
    places: where,
  }));
  for (const release of releases.slice(0, index)) {
    for (const note of release.notes.filter((one) => one.kind === "breaking")) {
      const sentence = note.text;
      found.push({ severity: "breaking", version: release.version, model: "", parameter: "", sentence, places: [] });
    }
    for (const { models, severity, parameter, sentence } of release.changes) {
      for (const model of models.filter((one) => places.has(one))) {
        found.push({ severity, version: release.version, model, parameter, sentence, places: places.get(model) });
      }
    }
  }
  return found.sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity));
}

/** Find the places where models are used, by id, and those of names that this version does not have. */
function findUses(what) {
  const places = new Map();
  const missing = new Map();
  const add = (map, key, place) => map.set(key, [...(map.get(key) ?? []), ...(place ? [place] : [])]);
  for (const one of what) {
    const model = [one, `model_${one}`].find((id) => ids.has(id));
    if (existsSync(one)) {
      for (const file of findFiles(one)) {
        for (const [line, id, name] of findInText(readFileSync(file, "utf8"), CODE.test(file))) {
          if (id) add(places, id, `${file}:${line}`);
          else add(missing, name, `${file}:${line}`);
        }
      }
    } else if (model) add(places, model);
    else throw new UsageError(`${one} is neither a model nor a file or folder`);
  }
  return { places, missing };
}

function* findFiles(path) {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith(".") && !NOT_OURS.has(entry.name)) yield* findFiles(below);
    } else if (entry.isFile() && (CODE.test(entry.name) || TEXT.test(entry.name))) yield below;
  }
}

/** Find the line and the model of each use in a text, or the name that is missing. */
function* findInText(text, isCode) {
  const lineOf = (index) => text.slice(0, index).split("\n").length;
  let number = 0;
  for (const line of text.split("\n")) {
    number += 1;
    for (const [word] of line.matchAll(/[A-Za-z0-9_](?:[\w.-]*[\w-])?/g)) if (ids.has(word)) yield [number, word];
  }
  if (!isCode) return;
  for (const { index, groups } of text.matchAll(PATH)) {
    const id = idOfModule(groups.name);
    yield [lineOf(index), id, id ? undefined : `${groups.part}/${groups.name}`];
  }
  for (const match of IMPORTS.flatMap((one) => [...text.matchAll(one)])) {
    const { all, some, type } = match.groups;
    const line = lineOf(match.index);
    for (const name of some?.split(",") ?? []) yield* findName(name, line, Boolean(type));
    const attributes = all ? new RegExp(`(?<![\\w$.])${all.replaceAll("$", "\\$")}\\.([\\w$]+)`, "g") : undefined;
    for (const use of attributes ? text.matchAll(attributes) : []) yield* findName(use[1], lineOf(use.index), false);
  }
}

function* findName(imported, line, isType) {
  const name = imported.trim().split(/\s+/)[0];
  if (name === "type" || name === "") return; // types are not there when a program runs
  if (byName.has(name)) yield [line, byName.get(name)];
  else if (!isType && /^[a-z]/.test(name) && !(name in names)) yield [line, undefined, name];
}

function show(since, effects) {
  for (const one of effects) {
    const more = one.places.length - MAX_PLACES;
    const shown = [...one.places.slice(0, MAX_PLACES), ...(more > 0 ? [`${more} more`] : [])];
    const subject = [one.model, one.parameter]
      .filter(Boolean)
      .map((name) => `${name}: `)
      .join("");
    const used = shown.length ? `, used in ${shown.join(", ")}` : "";
    console.log(`${one.severity}: ${subject}${one.sentence} [${one.version}${used}]`);
  }
  const counted = SEVERITIES.map(
    (severity) => `${effects.filter((one) => one.severity === severity).length} ${severity}`,
  );
  console.log(`upgrade-check: ${since} to ${version}: ${counted.join(", ")}`);
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  const isOfUser = error instanceof UsageError || String(error.code).startsWith("ERR_PARSE_ARGS") || error.syscall;
  if (!isOfUser) throw error;
  console.error(`scenario-models: ${error.message}`);
  process.exitCode = 2;
}
