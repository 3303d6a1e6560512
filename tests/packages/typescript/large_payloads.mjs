/**
 * Say what junk costs, as JSON: the processor's seconds that all one does with it takes.
 *
 * Reads, as its arguments, the folder of the bundled package and the file of junk.
 */

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, junk] = process.argv.slice(2);

function timed(work) {
  const begin = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1e6;
}

/** Check a payload, read what is told, make a request of it, and read why that is refused. */
function judge({ validate, make }, payload) {
  JSON.stringify(validate(payload));
  JSON.stringify(validate["~standard"].validate(payload));
  try {
    make(payload);
  } catch (error) {
    if (error.name !== "InvalidRequest") throw error;
    String(error.message);
  }
}

const load = (path) => import(pathToFileURL(`${folder}/${path}.js`));
const found = {};
for (const model of ["few", "many"]) {
  const { validate } = await load(`validators/${model}`);
  const { [model]: make } = await load(`models/${model}`);
  for (const [name, texts] of Object.entries(JSON.parse(readFileSync(junk)))) {
    const payloads = texts.map((text) => JSON.parse(text));
    judge({ validate, make }, payloads[0]); // so that it is compiled
    found[`${name}: ${model}`] = payloads.map((payload) => timed(() => judge({ validate, make }, payload)));
  }
}
process.stdout.write(JSON.stringify(found));
