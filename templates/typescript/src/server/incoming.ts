/** What a page sends, read with suspicion: from where it comes, and its body. */

import { isObject } from "../values.js";
import { Refusal } from "./replies.js";

const MAX_BODY = 1_000_000; // bytes; files do not pass through here

/** Tell whether a request comes from a page of another site that nobody allows; what is no browser says nothing of it. */
export function isForeign({ headers, method, url }: Request, origins: ReadonlySet<string>): boolean {
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  if (origin !== null && origins.has(origin)) return false;
  if (site !== null) return site !== "same-origin" && !(site === "none" && method === "GET");
  if (origin === null) return false;
  const from = hostOf(origin);
  const hosts = [headers.get("host"), headers.get("x-forwarded-host"), hostOf(url)]; // no page can set them for another site
  return from === undefined || !hosts.includes(from); // not the scheme: TLS may end before this server
}

/** Return the headers by which a browser lets a page of an allowed origin read the answer. */
export function corsHeaders({ headers }: Request, origins: ReadonlySet<string>): Record<string, string> {
  const origin = headers.get("origin");
  if (origin === null || !origins.has(origin)) return {};
  return {
    "Access-Control-Allow-Origin": origin,
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": "Date, Retry-After",
    Vary: "Origin",
  };
}

/** Read the JSON object of a body; throws a Refusal. */
export async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new Refusal(415, "the content type must be application/json");
  let data: unknown;
  try {
    data = JSON.parse(await readText(request));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, "the body is not JSON");
  }
  if (!isObject(data)) throw new Refusal(400, "the body is not a JSON object");
  return data;
}

async function readText({ headers, body }: Request): Promise<string> {
  const tooLarge = (): Refusal => new Refusal(413, `the body has more than ${MAX_BODY} bytes`);
  if (Number(headers.get("content-length")) > MAX_BODY) throw tooLarge();
  const reader = body?.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  for (let size = 0; reader;) {
    const { value } = await reader.read();
    if (!value) break;
    size += value.length;
    if (size > MAX_BODY) {
      reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).host;
  } catch {
    return undefined;
  }
}
