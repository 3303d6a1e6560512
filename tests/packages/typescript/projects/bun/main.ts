import { Client } from "scenario-models";

const client = new Client();
const video = Bun.file("package.json", { type: "video/mp4" });
const { job, assets } = await client.run("model_sync-lipsync-v2", { video, audio: "asset_sample_audio" });
const file = await assets[0]!.download();
await Bun.write("out.mp4", file);
console.log(JSON.stringify({ status: job.status, isWhole: file.size === assets[0]!.size, type: file.type }));
