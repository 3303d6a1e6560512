import { Client, InvalidRequest } from "scenario-models/client";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

interface Env {
  SCENARIO_BASE_URL: string;
  SCENARIO_SDK_API_KEY: string;
  SCENARIO_SDK_API_SECRET: string;
}

export default {
  async fetch(incoming: Request, env: Env): Promise<Response> {
    const client = new Client({
      baseUrl: env.SCENARIO_BASE_URL,
      apiKey: env.SCENARIO_SDK_API_KEY,
      apiSecret: env.SCENARIO_SDK_API_SECRET,
    });
    const form = await incoming.formData();
    try {
      const request = syncLipsyncV2({ video: form.get("video") as File, audio: form.get("audio") as string });
      const { assets } = await client.run(request);
      return new Response(await assets[0]!.download());
    } catch (error) {
      if (!(error instanceof InvalidRequest)) throw error;
      return Response.json(error.problems, { status: 422 });
    }
  },
};
