/** The handler of a server that keeps the key: pages run the models that it names, pay once, and may do nothing else. */

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";

import { Client, SubmissionUnknown, ApiError, anyModel, InvalidRequest } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { createHandler, toNodeHandler } from "scenario-models/server";

import { recorder, SETTLE, startSandbox, SUBMISSION } from "./sandbox.mjs";

const MODEL = "model_sync-lipsync-v2";
const RUN = `/scenario/generate/custom/${MODEL}`;
const sandbox = await startSandbox();
const ended = [() => sandbox.stop()];
after(() => Promise.all(ended.map((end) => end())));

/** Start a program that says its port; return its address. */
async function start(command, ...words) {
  const options = { env: { ...process.env, ...sandbox.variables, DENO_NO_UPDATE_CHECK: "1" } };
  const child = spawn(command, words, { ...options, stdio: ["ignore", "pipe", "inherit", "pipe"] });
  ended.push(() => child.kill("SIGKILL"));
  const said = command.endsWith("workerd") ? child.stdio[3] : child.stdout;
  for await (const line of createInterface(said)) return `http://127.0.0.1:${/\d\d+/.exec(line)[0]}/scenario`;
}

/** Start the worker in workerd, which takes one script. */
async function startWorker() {
  const folder = mkdtempSync(join(tmpdir(), "worker-"));
  const bundled = spawnSync("esbuild", ["worker.mjs", "--bundle", "--format=esm", `--outfile=${folder}/worker.js`]);
  assert.equal(bundled.status, 0, String(bundled.stderr));
  const { SCENARIO_SDK_API_KEY, SCENARIO_SDK_API_SECRET, SCENARIO_BASE_URL } = sandbox.variables;
  const values = { KEY: SCENARIO_SDK_API_KEY, SECRET: SCENARIO_SDK_API_SECRET, URL: SCENARIO_BASE_URL };
  const bindings = Object.entries(values).map(([name, text]) => `(name = "${name}", text = "${text}")`);
  const config = `using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (
      services = [
        (name = "main", worker = (modules = [(name = "worker.js", esModule = embed "worker.js")],
          compatibilityDate = "2026-01-01", bindings = [${bindings.join(", ")}])),
        (name = "internet", network = (allow = ["private", "public"]))],
      sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]);`;
  writeFileSync(`${folder}/config.capnp`, config);
  return start(program("@cloudflare", "bin/workerd"), "serve", `${folder}/config.capnp`, "--control-fd=3");
}

// The programs themselves: what npm puts before them would stay, or leave them, when it is ended.
const program = (scope, path) => `node_modules/${scope}/${readdirSync(`node_modules/${scope}`).sort()[0]}/${path}`;
const SERVERS = {
  "Node's own server": start("node", "served.mjs", "node"),
  Express: start("node", "served.mjs", "express"),
  "Express that parses bodies": start("node", "served.mjs", "express that parses bodies"),
  Hono: start("node", "served.mjs", "hono"),
  "Deno.serve": start(
    program("@deno", "deno"),
    "run",
    "--allow-all",
    "--node-modules-dir=manual",
    "served.mjs",
    "deno",
  ),
  "Bun.serve": start(program("@oven", "bin/bun"), "served.mjs", "bun"),
  workerd: startWorker(),
};

const errorOf = (promise) => promise.then(() => assert.fail("it did not fail"), (error) => error); // prettier-ignore
const page = (baseUrl, more = {}) => new Client({ baseUrl, withoutKey: true, settle: SETTLE, ...more });
const talk = () => new File([new Uint8Array(100_000).fill(7)], "talk.mp4", { type: "video/mp4" });

for (const [name, starting] of Object.entries(SERVERS))
  test(`a page runs a model through ${name}`, async () => {
    const known = (await sandbox.ledger()).length;
    const client = page(await starting);
    const request = syncLipsyncV2({ video: talk(), audio: "asset_sample_audio" });
    assert.equal((await client.estimate(request)).cost, 10.75);
    const { job, assets } = await client.run(request);
    assert.match(job.id, /^job_\w+\.[\w-]{43}$/);
    assert.equal((await assets[0].download()).size, assets[0].size);
    assert.equal((await (await client.job(job.id)).cancel()).status, "success");
    const again = await client.submit(syncLipsyncV2({ video: assets[0].id, audio: "asset_sample_audio" }));
    assert.match((await again.cancel()).input.video, new RegExp(`^${assets[0].id}$`));
    const error = await errorOf(client.run(anyModel("model_openai-gpt-image-2", { prompt: "a cat" })));
    assert.deepEqual([error.status, error.reason], [404, 'pages may not run "model_openai-gpt-image-2"']);
    assert.equal((await sandbox.ledger()).length, known + 2);
  });
