/** A worker that keeps the key: its variables hold it. */

import { createHandler } from "scenario-models/server";

let handler;

export default {
  fetch(request, { KEY: apiKey, SECRET: apiSecret, URL: baseUrl }, context) {
    handler ??= createHandler({
      models: ["model_sync-lipsync-v2"],
      authorize: ({ headers }) => headers.get("x-user") ?? "anybody",
      shared: ["asset_sample_audio"],
      settle: 600,
      apiKey,
      apiSecret,
      baseUrl,
    });
    return handler(request, context);
  },
};
