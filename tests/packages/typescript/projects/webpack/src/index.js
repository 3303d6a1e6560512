import { Client, InvalidRequest } from "scenario-models/client";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

const options = Object.fromEntries(new URLSearchParams(location.search));
const client = new Client({ ...options, dangerouslyAllowBrowser: true });

async function run() {
  try {
    syncLipsyncV2({ audio: "asset_sample_audio" });
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
  }
  const { job, assets } = await client.run(syncLipsyncV2({ video: "asset_sample_video", audio: "asset_sample_audio" }));
  const file = await assets[0].download();
  return { status: job.status, isWhole: file.size === assets[0].size, type: file.type };
}

run()
  .catch((error) => ({ error: String(error) }))
  .then((told) => fetch("/done", { method: "POST", body: JSON.stringify(told) }));
