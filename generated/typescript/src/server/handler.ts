/** The handler: a request of a page in, a response for it out. */

import { Client } from "../client/client.js";
import { KEY_HEADER } from "../client/attempts.js";
import { Transport } from "../client/transport.js";
import { lookUp } from "../lookup.js";
import { isObject, show } from "../values.js";
import { corsHeaders, isForeign } from "./incoming.js";
import { type HandlerOptions, readOptions, type Rules } from "./options.js";
import { isOwnFault, Refusal, type Reply, replyTo } from "./replies.js";
import { Routes } from "./routes.js";

/** Answers requests of pages. Workers also give their context, whose `waitUntil` lets a paid request end if the page has gone. */
export type Handler = (request: Request, ...context: unknown[]) => Promise<Response>;

/** Make a handler for a server that keeps the key. It lets pages run the models that it names, and nothing else. */
export function createHandler(options: HandlerOptions): Handler {
  const [rules, client] = readOptions(options);
  const transport = new Transport(client);
  let routes: Routes | undefined;
  const answer = async (request: Request, context: readonly unknown[]): Promise<Reply | Response> => {
    if (isForeign(request, rules.origins)) throw new Refusal(403, "pages of another origin may not call this server");
    if (request.method === "OPTIONS") return preflight();
    const user = checkUser(await rules.authorize(request));
    if (typeof user !== "string") return user;
    if (!routes) {
      await checkModels(rules.models);
      routes ??= new Routes(rules, transport, new Client(client)); // only now: at a build, there may be no key
    }
    return routes.answer(request, user, (work) => waitUntil(context, work));
  };
  return async (request, ...context) => {
    const cors = corsHeaders(request, rules.origins);
    try {
      const found = await answer(request, context);
      return isResponse(found) ? await withHeaders(found, cors) : toResponse(found, cors);
    } catch (error) {
      if (isOwnFault(error)) rules.onError(error);
      return toResponse(replyTo(error), cors);
    }
  };
}

/** Return the id of a user, or the response that refuses the request; throws a Refusal if there is neither. */
function checkUser(user: unknown): string | Response {
  if (user === "" || user === null || user === undefined) throw new Refusal(401, "you are not allowed to do this");
  if (typeof user === "string" || isResponse(user)) return user;
  throw new TypeError(`authorize must return the id of a user as a string, a Response or null, not ${show(user)}`);
}

/** Check that there are models of these ids; throws UnknownModel. The list of all is only loaded for this. */
async function checkModels(ids: Rules["models"]): Promise<void> {
  const { models } = await import("../catalogue.js");
  const known = new Map<string, unknown>(models.map((model) => [model.id, model]));
  for (const id of ids) lookUp(id, known);
}

/** Let a worker live until some work has ended. */
function waitUntil(context: readonly unknown[], work: Promise<unknown>): void {
  const done = work.catch(() => undefined);
  for (const one of context as ({ waitUntil?: unknown } | null | undefined)[])
    if (typeof one?.waitUntil === "function") (one as { waitUntil(work: Promise<unknown>): void }).waitUntil(done);
}

/** Say to a browser what pages of an allowed origin may send. */
function preflight(): Response {
  const headers = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": `Content-Type, Authorization, ${KEY_HEADER}`,
    "Access-Control-Max-Age": "600",
  };
  return new Response(null, { status: 204, headers });
}

/** Tell whether a value is a response, of whatever realm. */
function isResponse(value: unknown): value is Response {
  return isObject(value) && typeof value["status"] === "number" && typeof value["arrayBuffer"] === "function";
}

function toResponse({ status, body, headers }: Reply, cors: Record<string, string>): Response {
  const usual = {
    "Content-Type": "application/json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
  };
  return new Response(JSON.stringify(body), { status, headers: { ...usual, ...headers, ...cors } });
}

/** The bodies of what `authorize` returned: it may return the same response again, which can be read once. */
const bodies = new WeakMap<Response, Promise<ArrayBuffer>>();

/** Return a response with more headers; that of somebody else may not be changed. */
async function withHeaders(response: Response, added: Record<string, string>): Promise<Response> {
  const { body, status, statusText } = response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(added)) headers.set(name, value);
  if (body && !bodies.has(response)) bodies.set(response, response.arrayBuffer());
  return new Response((await bodies.get(response)) ?? null, { status, statusText, headers });
}
