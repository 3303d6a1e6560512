/** One run from a file to a file, in any runtime; the environment tells where. */

import { Client } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

const stages = new Set();
const client = new Client();
const request = syncLipsyncV2({
  video: new Blob([new Uint8Array(9_000_000)], { type: "video/mp4" }),
  audio: "asset_sample_audio",
});
const estimate = await client.estimate(request);
const { assets, job } = await client.run(request, { onProgress: ({ stage }) => stages.add(stage) });
const file = await assets[0].download();
console.log(
  JSON.stringify({
    cost: estimate.cost,
    status: job.status,
    isWhole: file.size === assets[0].size,
    type: file.type,
    stages: [...stages].filter((stage) => stage !== "queue"),
  }),
);
