import { Client, InvalidRequest } from "scenario-models/client";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";

const client = new Client();

export async function POST(incoming: Request): Promise<Response> {
  const form = await incoming.formData();
  try {
    const request = syncLipsyncV2({ video: form.get("video") as File, audio: form.get("audio") as string });
    const { assets } = await client.run(request, { signal: incoming.signal });
    return new Response(await assets[0]!.download());
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return Response.json(error.problems, { status: 422 });
  }
}
