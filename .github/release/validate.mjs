// Run the vectors in a folder against the validators of the npm package in the current folder; exit with 1 where they disagree.
import assert from "node:assert";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { validate } from "scenario-models/validators";

const folder = process.env.VECTORS;
let count = 0;
for (const name of await readdir(folder)) {
  if (!name.endsWith(".json")) continue;
  const { model, vectors } = JSON.parse(await readFile(join(folder, name), "utf8"));
  for (const { name, payload, problems } of vectors.filter((vector) => !vector.instead)) {
    const found = await validate(model, payload);
    assert.deepEqual(found.map(({ pointer, code }) => ({ pointer, code })), problems, `${model}: ${name}`);
    count++;
  }
}
assert(count > 0);
console.log(`validate: ${count} payloads judged as expected`);
