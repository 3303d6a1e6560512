"use client";

import { type FormEvent, useState } from "react";
import { validate } from "scenario-models/validators/sync-lipsync-v2";

export function LipsyncForm({ modes }: { modes: { value: string; label: string }[] }) {
  const [messages, setMessages] = useState<string[]>([]);

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const problems = validate({ video: "asset_chosen", audio: form.get("audio"), syncMode: form.get("syncMode") });
    setMessages(problems.map(({ message }) => message));
    if (!problems.length) await fetch("/api/lipsync", { method: "POST", body: form });
  }

  return (
    <form onSubmit={send}>
      <input type="file" name="video" required />
      <input name="audio" />
      <select name="syncMode">
        {modes.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <button>Run</button>
      <output>{messages.join("; ")}</output>
    </form>
  );
}
