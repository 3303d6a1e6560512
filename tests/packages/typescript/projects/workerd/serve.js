import { Miniflare } from "miniflare";

const { PORT, SCENARIO_BASE_URL, SCENARIO_SDK_API_KEY, SCENARIO_SDK_API_SECRET } = process.env;
const worker = new Miniflare({
  scriptPath: "dist/worker.js",
  modules: true,
  compatibilityDate: process.env.COMPATIBILITY_DATE ?? "2026-01-01",
  port: Number(PORT),
  bindings: { SCENARIO_BASE_URL, SCENARIO_SDK_API_KEY, SCENARIO_SDK_API_SECRET },
  cf: false,
});
await worker.ready;
