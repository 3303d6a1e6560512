import { Client, InvalidRequest } from "scenario-models";

async function main(): Promise<void> {
  const client = new Client();
  const { syncLipsyncV2 } = await import("scenario-models/models/sync-lipsync-v2"); // a require
  try {
    syncLipsyncV2({ video: "talk.mp4", audio: "asset_sample_audio" });
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
  }
  const video = Buffer.from("a video");
  const { job, assets } = await client.run("model_sync-lipsync-v2", { video, audio: "asset_sample_audio" });
  const file = await assets[0]!.download();
  console.log(JSON.stringify({ status: job.status, isWhole: file.size === assets[0]!.size, type: file.type }));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
