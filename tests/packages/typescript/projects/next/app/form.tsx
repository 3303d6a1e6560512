"use client";

import { type FormEvent, useState } from "react";
import { Client, ClientError } from "scenario-models/client";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { validate } from "scenario-models/validators/sync-lipsync-v2";

const client = new Client({ baseUrl: "/scenario", withoutKey: true });

export function LipsyncForm({ modes }: { modes: { value: string; label: string }[] }) {
  const [said, setSaid] = useState("");

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [problem] = validate({ video: "asset_chosen", audio: form.get("audio"), syncMode: form.get("syncMode") });
    if (problem) return setSaid(problem.message);
    const request = syncLipsyncV2({ video: form.get("video") as File, audio: form.get("audio") as string });
    try {
      const { assets } = await client.run(request, { onProgress: ({ stage }) => setSaid(stage) });
      setSaid(`got ${(await assets[0]!.download()).type}`);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      setSaid(error.message);
    }
  }

  return (
    <form onSubmit={send}>
      <input type="file" name="video" required />
      <input name="audio" defaultValue="asset_sample_audio" />
      <select name="syncMode">
        {modes.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <button>Run</button>
      <output>{said}</output>
    </form>
  );
}
