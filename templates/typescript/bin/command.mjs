#!/usr/bin/env node
/**
 * The command line of the package: says what an upgrade to this version changes in the models that somebody uses.
 *
 * @module
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";

import { models } from "../dist/esm/index.js";
import { NAME, releases, version } from "./package.mjs";
import { UsageError, findUses } from "./uses.mjs";

const USAGE = `usage: ${NAME} upgrade-check [--from VERSION] [--json] [PATH|MODEL ...]

What an upgrade to this version changes in the models that you use. Give your code, or ids of models (default: this folder).

  --from VERSION  the version that you use now (default: that in node_modules)
  --json          print JSON

exit codes: 0 nothing breaks; 1 something breaks; 2 wrong usage`;

const SEVERITIES = ["breaking", "behaviour", "compatible"];
const MAX_PLACES = 3; // of one model, that are shown

const ids = new Set([
  ...models.map((one) => one.id),
  ...releases.flatMap((one) => one.changes.flatMap((change) => change.models)),
]);

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
  const path = join("node_modules", NAME, "package.json");
  if (!existsSync(path)) throw new UsageError(`say --from VERSION: there is no ${path} here`);
  const installed = readVersion(path);
  if (typeof installed !== "string")
    throw new UsageError(`say --from VERSION: ${path} has no version that can be read`);
  return installed;
}

/** Return what a package.json has as its version; undefined if it is damaged. */
function readVersion(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"))?.version;
  } catch {
    return undefined;
  }
}

/** Find what has changed since a version in models, or in those that files and folders use; what breaks comes first. */
function findEffects(since, what) {
  const index = releases.findIndex((one) => one.version === since);
  if (index < 0) {
    throw new UsageError(`there was no version ${since}; there were ${releases.map((one) => one.version).join(", ")}`);
  }
  const { places, missing } = findUses(what, ids);
  const found = [...missing].map(([name, where]) => ({
    severity: "breaking",
    version,
    model: "",
    parameter: "",
    sentence: `${NAME} has no ${name}`,
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
  console.error(`${NAME}: ${error.message}`);
  process.exitCode = 2;
}
