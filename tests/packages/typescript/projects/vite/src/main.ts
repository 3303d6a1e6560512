import { Client } from "scenario-models/client";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

import { pick, tell } from "./visitor.js";

const { baseUrl, apiKey, apiSecret } = Object.fromEntries(new URLSearchParams(location.search));
const client = new Client({ baseUrl, apiKey, apiSecret, dangerouslyAllowBrowser: true });
const form = document.querySelector("form")!;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  tell(run(new FormData(form)));
});

async function run(form: FormData) {
  const request = syncLipsyncV2({ video: form.get("video") as File, audio: form.get("audio") as string });
  const { job, assets } = await client.run(request, {
    onProgress: ({ stage }) => (document.querySelector("output")!.value = stage),
  });
  const file = await assets[0]!.download();
  return { status: job.status, isWhole: file.size === assets[0]!.size, type: file.type };
}

pick(form);
