import { Client, ClientError } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

async function main(): Promise<void> {
  const request = syncLipsyncV2({ video: Buffer.from("a video"), audio: "asset_sample_audio" });
  const { job, assets } = await new Client().run(request);
  const file = await assets[0]!.download();
  console.log(JSON.stringify({ status: job.status, isWhole: file.size === assets[0]!.size, type: file.type }));
}

main().catch((error: unknown) => {
  if (error instanceof ClientError) console.error(error.message);
  throw error;
});
