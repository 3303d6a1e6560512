// Wrong uses of the package: a compiler refuses each line that says so, and no other.
import { anyKind, Client, models, type Payload, type SyncLipsyncV2, syncLipsyncV2 as atRoot } from "scenario-models"; // error: functions are in ./models
import { described, syncLipsyncV9 } from "scenario-models/models"; // error: no such model
import { hardNames } from "scenario-models/models/hard-names";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { values30 } from "scenario-models/models/values-3.0";
import { validate } from "scenario-models/validators/sync-lipsync-v9"; // error: no such model
import { parseEvent } from "scenario-models/events";
import { parameters } from "scenario-models/parameters/described";
import { createHandler } from "scenario-models/server";
import { send } from "scenario-models/client/transport.js"; // error: not for others

const files = { video: "asset_1", audio: "asset_2" };

syncLipsyncV2({ video: "asset_1" }); // error: audio is missing
syncLipsyncV2({ ...files, syncMode: "lop" }); // error: no choice
syncLipsyncV2({ ...files, syncmode: "loop" }); // error: no parameter
syncLipsyncV2({ ...files, temperature: "0.5" }); // error: no number
syncLipsyncV2({ ...files, temperature: null }); // error: null is nothing
syncLipsyncV2({ ...files, video: 1 }); // error: no file
syncLipsyncV2({ ...files, video: ["asset_1"] }); // error: one file
syncLipsyncV2({ ...files, video: { length: 1 } }); // error: no list of files
syncLipsyncV2({ ...files, video: new Response("a") }); // error: no file, but its blob() is one
syncLipsyncV2({ ...files, video: { id: "asset_1", kind: "video" } }); // error: facts of an asset: give its id
syncLipsyncV2(); // error: nothing
values30({ files: "asset_1" }); // error: some files
values30({ files: [], seconds: 5 }); // error: no choice
values30({ files: [], scale: 0.7 }); // error: no choice
values30({ files: [], on: false }); // error: one choice
values30({ files: [], maps: ["rough"] }); // error: no choice of an element
values30({ files: [], lorasScale: ["1"] }); // error: no number
values30({ files: [], points: [1] }); // error: no object
described({ video: anyKind(anyKind("asset_1")) }); // error: twice
described({ video: "asset_1", prompt: anyKind("asset_1") }); // error: no file
parameters[0].name = "other"; // error: frozen
hardNames({ class: "a", "3D": "4k" }); // error: no parameter

const request = syncLipsyncV2(files);
request.modelId = "other"; // error: frozen
request.parameters.temperature = 1; // error: frozen
values30({ files: [] }).parameters.files.push("asset_1"); // error: frozen
const sent: Payload<SyncLipsyncV2> = { ...files, video: new Blob([]) }; // error: a file is sent by its id
const id: "model_none" = models[0].id; // error: another id

const client = new Client({ key: "a" }); // error: no option
new Client({ logLevel: "trace" }); // error: no level
new Client({ logger: console.log }); // error: no logger
new Client({ maxRetries: "3" }); // error: no number
new Client({ defaultHeaders: { "X-Team": 3 } }); // error: no text
client.run(files); // error: no request
client.run("model_sync-lipsync-v9", files); // error: no such model
client.run("model_sync-lipsync-v2", { ...files, syncMode: "lop" }); // error: no choice
client.run("model_sync-lipsync-v2"); // error: no parameters
client.run(request, { timeout: "1" }); // error: no number
client.run(request, { timeout: null }); // error: no number
client.run(request, { onProgress: (progress: number) => progress }); // error: takes something else
(await client.run(request)).assets.download(); // error: of one asset
(await client.run(request)).assets[0].download(); // error: there may be none
client.run(request).job; // error: not awaited
client.upload({ id: "asset_1" }); // error: no file
client.attach({ id: "job_1" }); // error: not all facts
(await client.asset("asset_1")).url = "https://example.com"; // error: frozen
syncLipsyncV2({ ...files, video: await client.job("job_1") }); // error: a job is no file
client.run(request, { maxCost: 3 }); // error: of many requests
client.runMany([request], { maxCost: "3" }); // error: no number
client.runMany([request], { stopOn: "JobFailed" }); // error: no class
client.estimateMany([request], { maxCost: 3 }); // error: nothing is spent
client.jobs(3, { createdAfter: 1.7e12 }); // error: no date
client.jobs({ status: "success" }); // error: the limit comes first
parseEvent("{}").jobId = "job_1"; // error: frozen
for (const outcome of client.runMany([request])) outcome; // error: not awaited

createHandler({ models: ["model_sync-lipsync-v9"], authorize: () => "a" }); // error: no such model
createHandler({ models: ["model_sync-lipsync-v2"] }); // error: anybody may
createHandler({ models: ["model_sync-lipsync-v2"], authorize: () => 7 }); // error: no text

export { id, send, sent, validate };
