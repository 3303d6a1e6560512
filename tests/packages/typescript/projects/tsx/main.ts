import { openAsBlob } from "node:fs";
import { writeFile } from "node:fs/promises";

import { Client } from "scenario-models";

const client = new Client();
const video = await openAsBlob("package.json", { type: "video/mp4" });
const { job, assets } = await client.run("model_sync-lipsync-v2", { video, audio: "asset_sample_audio" });
const file = await assets[0]!.download();
await writeFile("out.mp4", file.stream());
console.log(JSON.stringify({ status: job.status, isWhole: file.size === assets[0]!.size, type: file.type }));
