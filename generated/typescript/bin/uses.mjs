/**
 * Finds which models files use: by what their code takes from the package, and by ids in their texts.
 *
 * @module
 */

import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { models } from "../dist/esm/index.js";
import { findImported } from "./imports.mjs";
import { NAME, PREFIX } from "./package.mjs";

const CODE = /\.[cm]?[jt]sx?$|\.(?:vue|svelte|astro)$/;
const TEXT = /\.(?:html|ipynb|json|jsonl|mdx|sh|toml|ya?ml)$/;
const NOT_OURS = new Set(["node_modules", "dist", "build"]);
// Where an id may stand: ids that begin alike stand anywhere; any others might be words of a text, and count where they are all that is quoted.
const MENTIONED = PREFIX ? /[A-Za-z0-9_](?:[\w.-]*[\w-])?/g : /(?<=(["'`]))[^"'`]+(?=\1)/g;
const MODULE = /^(?:models|parameters|schemas|validators)\/([\w.-]+)$/;

/** An error of the user; its message says what to do. */
export class UsageError extends Error {}

const byName = new Map(
  models.flatMap(({ functionName, id }) => [
    [functionName, id],
    [functionName[0].toUpperCase() + functionName.slice(1), id], // its type
  ]),
);
const byModule = new Map(models.map(({ module, id }) => [module, id]));
const declared = new Set(["index", "client", "core", "types", "models"].flatMap(listDeclared));

/** Find the places where models are used, by id, and those of names that this version does not have. */
export function findUses(what, ids) {
  const places = new Map();
  const missing = new Map();
  for (const one of what) {
    const model = [one, PREFIX + one].find((id) => ids.has(id));
    if (existsSync(one)) {
      for (const file of findFiles(one)) {
        for (const { id, name, line } of findInFile(file, ids)) {
          add(id ? places : missing, id ?? name, `${file}:${line}`);
        }
      }
    } else if (model) add(places, model);
    else throw new UsageError(`${one} is neither a model nor a file or folder`);
  }
  return { places: asLists(places), missing: asLists(missing) };
}

function add(map, key, ...places) {
  if (!map.has(key)) map.set(key, new Set());
  for (const place of places) map.get(key).add(place);
}

function asLists(map) {
  return new Map([...map].map(([key, places]) => [key, [...places]]));
}

function* findFiles(path) {
  if (!statSync(path).isDirectory()) {
    if (!isFile(path)) throw new UsageError(`${path} is neither a file nor a folder`);
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith(".") && !NOT_OURS.has(entry.name)) yield* findFiles(below);
    } else if ((CODE.test(entry.name) || TEXT.test(entry.name)) && isFile(below)) yield below;
  }
}

/** Tell whether a path is a file, or a link to one. */
function isFile(path) {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function* findInFile(file, ids) {
  const text = readText(file);
  for (const [index, content] of text.split("\n").entries()) {
    for (const [word] of content.matchAll(MENTIONED)) {
      if (ids.has(word)) yield { id: word, line: index + 1 };
    }
  }
  for (const { name, module, line, isType, hasFunctions } of CODE.test(file) ? findImported(text) : []) {
    const part = MODULE.exec(module);
    const id = part ? byModule.get(part[1]) : byName.get(name);
    if (id) yield { id, line };
    if (id && !part && !isType && !hasFunctions && /^[a-z]/.test(name)) yield { name: `${name}: it is in ${NAME}/models`, line };
    if (id) continue;
    if (part) yield { name: module, line };
    else if (name && !(isType && /^[a-z]/.test(name)) && !declared.has(name)) yield { name, line };
  }
}

function readText(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file}: ${error.message}`);
  }
}

/** List the words of a declaration file; one without a client has not all of them. */
function listDeclared(name) {
  const url = new URL(`../dist/esm/${name}.d.ts`, import.meta.url);
  return existsSync(url) ? readFileSync(url, "utf8").match(/[\w$]+/g) : [];
}
