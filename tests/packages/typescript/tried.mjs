/**
 * Use the package whatever its models are called: `{model: {file, payload, isRun}}` as JSON on the standard input.
 *
 * Where an export is called `then`, the import of the package never ends, and nothing is said at the end.
 */

import assert from "node:assert/strict";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const tried = JSON.parse(Buffer.concat(chunks).toString());

const root = await import("scenario-models");
const functions = await import("scenario-models/models");
const { loadValidator } = await import("scenario-models/validators");
assert.equal(root.models.length, Object.keys(tried).length);
for (const { id, functionName, module } of root.models) {
  const { file, payload, isRun } = tried[id];
  assert.equal(module, file, id);
  const alone = await import(`scenario-models/models/${file}`);
  const { validate } = await import(`scenario-models/validators/${file}`);
  assert.equal(functions[functionName], alone[functionName], id);
  const request = await functions[functionName](payload);
  assert.deepEqual(request.body(), payload, id);
  assert.deepEqual(JSON.parse(JSON.stringify(await request.parameters)), payload, id);
  assert.equal(await loadValidator(id), validate, id);
  assert.equal(await root.loadModel(id), functions[functionName], id);
  assert.deepEqual(validate(payload), [], id);
  const wrong = Object.fromEntries(Object.keys(payload).map((name) => [name, null]));
  assert.equal(validate(wrong).length, Object.keys(payload).length, id);
  if (isRun) assert.equal((await new root.Client().run(request)).job.status, "success");
}
process.stdout.write("whole");
