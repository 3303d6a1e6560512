/** The same in a page, which is of another origin than the API, and tells the server it came from how it went. */

import { Client } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

const options = Object.fromEntries(new URLSearchParams(location.search));

async function run() {
  const withoutKey = options.withoutKey === "true";
  const client = new Client({ ...options, withoutKey, settle: 600, dangerouslyAllowBrowser: !withoutKey });
  const picked = new File([new Uint8Array(9_000_000)], "talk.mp4", { type: "video/mp4" });
  const stages = new Set();
  const { assets, job } = await client.run(syncLipsyncV2({ video: picked, audio: "asset_sample_audio" }), {
    onProgress: ({ stage }) => stages.add(stage),
  });
  const file = await assets[0].download();
  return {
    job: job.id,
    status: job.status,
    isWhole: file.size === assets[0].size,
    type: file.type,
    stages: [...stages].filter((stage) => stage !== "queue"),
  };
}

const told = await run().catch((error) => ({ error: String(error) }));
await fetch("/done", { method: "POST", body: JSON.stringify(told) });
