// @vitest-environment jsdom
import { Client, InvalidRequest } from "scenario-models";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { expect, test } from "vitest";

test("a wrong request is refused", () => {
  expect(() => syncLipsyncV2({ video: "talk.mp4", audio: "asset_1" })).toThrow(InvalidRequest);
});

test("what a visitor picks is uploaded", async () => {
  document.body.innerHTML = `<form><input name="audio" value="asset_sample_audio"></form>`;
  const form = new FormData(document.querySelector("form")!);
  form.set("video", new File(["a video"], "talk.mp4", { type: "video/mp4" }));
  const { job, assets } = await new Client({ dangerouslyAllowBrowser: true }).run(
    syncLipsyncV2({ video: form.get("video") as File, audio: form.get("audio") as string }),
  );
  expect(job.status).toBe("success");
  expect((await assets[0]!.download()).type).toBe("video/mp4");
});
