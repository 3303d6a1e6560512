/** What a page sends, read with suspicion: from where it comes, and its body. */

import { MAX_PARTS } from "../client/file_facts.js";
import { isObject } from "../values.js";
import type { Rules } from "./options.js";
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

/** Read the JSON object of a body; throws a Refusal, or an Error if somebody else has read it. */
export async function readBody(request: Request): Promise<Readonly<Record<string, unknown>>> {
  const type = request.headers.get("content-type") ?? "";
  if (request.bodyUsed)
    throw new Error("the body was read before the handler got the request: give it request.clone()");
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

/** Return what an upload says of itself, and no more; throws a Refusal. The service would fetch any URL, however large its file. */
export function checkUpload(
  { url, kind, ...file }: Readonly<Record<string, unknown>>,
  { maxFileSize, shared }: Pick<Rules, "maxFileSize" | "shared">,
): Readonly<Record<string, unknown>> {
  const { fileName, fileSize, contentType, parts } = file;
  if (typeof kind !== "string" || !/^[\w-]{1,50}$/.test(kind))
    throw new Refusal(400, 'an upload has a kind, such as "video"');
  if (url !== undefined) {
    if (typeof url === "string" && shared.has(url)) return { url, kind };
    throw new Refusal(403, "pages may not upload from this URL; give the file itself");
  }
  if (!isText(fileName) || !isText(contentType) || !isCount(fileSize) || !isCount(parts) || parts > MAX_PARTS)
    throw new Refusal(400, "an upload has a fileName, a fileSize, a contentType and parts");
  if (fileSize > maxFileSize) throw new Refusal(413, `a file may have ${maxFileSize} bytes, not ${fileSize}`);
  return { fileName, fileSize, contentType, kind, parts };
}

function isText(value: unknown): boolean {
  return typeof value === "string" && /^\P{Cc}{1,255}$/u.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) > 0;
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
