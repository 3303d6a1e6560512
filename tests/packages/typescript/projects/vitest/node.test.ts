import { Client, InvalidRequest } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { expect, test } from "vitest";

test("a wrong request is refused", () => {
  expect(() => syncLipsyncV2({ video: "talk.mp4", audio: "asset_1" })).toThrow(InvalidRequest);
});

test("a model runs", async () => {
  const { job, assets } = await new Client().run(
    syncLipsyncV2({ video: Buffer.from("a video"), audio: "asset_sample_audio" }),
  );
  expect(job.status).toBe("success");
  expect((await assets[0]!.download()).type).toBe("video/mp4");
});
