import { createHandler } from "scenario-models/server";

const handler = createHandler({
  models: ["model_sync-lipsync-v2"],
  authorize: () => "the only visitor",
  shared: ["asset_sample_audio"],
});

export { handler as GET, handler as POST };
