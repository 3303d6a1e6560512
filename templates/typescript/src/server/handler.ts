/** The handler: a request of a page in, a response for it out. */

import { Client } from "../client/client.js";
import { ATTEMPT, KEY_HEADER } from "../client/attempts.js";
import { NoKey } from "../client/errors.js";
import { ASSET, JOB, JOB_ACTION, JOBS, routeTo, RUN, RUN_METHOD } from "../client/facts.js";
import { MAX_PARTS, UPLOAD, UPLOAD_ACTION, UPLOADS } from "../client/file_facts.js";
import { type JobFacts, readAsset, readJob, readUpload } from "../client/responses.js";
import { type Call, Transport } from "../client/transport.js";
import { isObject, show } from "../values.js";
import { corsHeaders, isForeign, readBody } from "./incoming.js";
import { type HandlerOptions, readOptions, type Rules } from "./options.js";
import { checkParameters } from "./parameters.js";
import { assetJson, estimateJson, isOwnFault, jobJson, Refusal, type Reply, replyTo, uploadJson } from "./replies.js";
import { type Kind, Signatures } from "./signatures.js";
import { Attempts } from "./submitting.js";

/** Answers requests of pages. Workers also give their context, whose `waitUntil` lets a paid request end if the page has gone. */
export type Handler = (request: Request, ...context: unknown[]) => Promise<Response>;

/** Make a handler for a server that keeps the key. It lets pages run the models that it names, and nothing else. */
export function createHandler(options: HandlerOptions): Handler {
  const [rules, client] = readOptions(options);
  const transport = new Transport(client);
  let desk: Desk | undefined;
  return async (request, ...context) => {
    let reply: Reply;
    const cors = corsHeaders(request, rules.origins);
    try {
      if (isForeign(request, rules.origins)) throw new Refusal(403, "pages of another origin may not call this server");
      if (request.method === "OPTIONS") return preflight(cors);
      const user = await rules.authorize(request);
      if (isResponse(user)) return withHeaders(user, cors);
      if (user === "" || user === null || user === undefined) throw new Refusal(401, "you are not allowed to do this");
      if (typeof user !== "string")
        throw new TypeError(
          `authorize must return the id of a user as a string, a Response or null, not ${show(user)}`,
        );
      desk ??= new Desk(rules, transport, new Client(client)); // only now: at a build, there may be no key
      reply = await desk.answer(request, user, context);
    } catch (error) {
      if (isOwnFault(error)) rules.onError(error);
      reply = replyTo(error);
    }
    return withHeaders(new Response(JSON.stringify(reply.body), { status: reply.status }), {
      "Content-Type": "application/json",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...reply.headers,
      ...cors,
    });
  };
}

/** A request of a user: the id in its path, its query, and its body (empty for a GET). */
interface Asked {
  readonly user: string;
  readonly id: string;
  readonly isDryRun: boolean;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | null;
  readonly keepAlive: (work: Promise<unknown>) => void;
}

type Action = (asked: Asked) => Promise<Reply>;

/** What pages may ask for. */
class Desk {
  readonly #rules: Rules;
  readonly #transport: Transport;
  readonly #client: Client;
  readonly #signatures: Signatures;
  readonly #attempts: Attempts;
  readonly #routes: readonly (readonly [method: string, path: RegExp, action: Action])[];

  constructor(rules: Rules, transport: Transport, client: Client) {
    this.#rules = rules;
    this.#transport = transport;
    this.#client = client;
    this.#signatures = new Signatures(rules.secret ?? secretOf(transport));
    this.#attempts = new Attempts(client, rules.store, rules.isShared, rules.onError);
    this.#routes = [
      route(RUN_METHOD, RUN, (asked) => this.#run(asked)),
      route("GET", ATTEMPT, (asked) => this.#findAttempt(asked)),
      route("GET", JOB, (asked) => this.#getJob(asked)),
      route("POST", JOB_ACTION, (asked) => this.#cancel(asked)),
      route("GET", ASSET, (asked) => this.#getAsset(asked)),
      route("POST", UPLOADS, (asked) => this.#announce(asked)),
      route("GET", UPLOAD, (asked) => this.#getUpload(asked)),
      route("POST", UPLOAD_ACTION, (asked) => this.#complete(asked)),
      route("GET", JOBS, async () => {
        throw new Refusal(405, "this server lists no jobs"); // no status that might be about the key: see `Work`
      }),
    ];
  }

  /** Find the action of a request, and do it. */
  async answer(request: Request, user: string, context: readonly unknown[]): Promise<Reply> {
    const { pathname, search } = new URL(request.url);
    const { path } = this.#rules;
    if (!pathname.startsWith(`${path}/`))
      throw new Refusal(404, `this server is below ${path}/, not at ${show(pathname)}`);
    const rest = pathname.slice(path.length);
    const there = this.#routes.filter(([, pattern]) => pattern.test(rest));
    if (!there.length) throw new Refusal(404, "there is nothing here");
    const found = there.find(([method]) => method === request.method);
    if (!found) throw new Refusal(405, "the method is wrong", { Allow: there.map(([method]) => method).join(", ") });
    const [method, pattern, action] = found;
    const isDryRun = search === "?dryRun=true" && action === this.#routes[0]![2];
    if (search && !isDryRun && rest !== JOBS) throw new Refusal(400, "this server takes no query here");
    return action({
      user,
      id: pattern.exec(rest)![1] ?? "",
      isDryRun,
      body: method === "GET" ? {} : await readBody(request),
      key: request.headers.get(KEY_HEADER),
      keepAlive: (work) => waitUntil(context, work),
    });
  }

  async #run({ user, id, isDryRun, body, key, keepAlive }: Asked): Promise<Reply> {
    if (!this.#rules.models.has(id)) throw new Refusal(404, `pages may not run ${show(id)}`);
    const request = await checkParameters(id, body, this.#rules.shared, (signed) => this.#read("asset", user, signed));
    if (isDryRun) return { status: 200, body: estimateJson(await this.#client.estimate(request)) };
    const name = await this.#nameOf(user, key);
    if (this.#rules.maxCost < Infinity) {
      const { cost } = await this.#client.estimate(request);
      if (cost > this.#rules.maxCost)
        throw new Refusal(403, `it would cost ${cost}, more than the ${this.#rules.maxCost} that are allowed`);
    }
    const submitting = this.#attempts.submit(name, request);
    keepAlive(submitting);
    return this.#replyWithJob(await submitting, user);
  }

  async #findAttempt({ user, id }: Asked): Promise<Reply> {
    const ending = await this.#attempts.find(await this.#nameOf(user, id));
    if (!ending || ending.isUnknown) throw new Refusal(404, "this server does not know how that request ended");
    if (ending.job) return this.#replyWithJob(ending.job, user);
    return { status: 200, body: ending.error ? { error: ending.error } : { isPending: true } };
  }

  async #getJob({ user, id }: Asked): Promise<Reply> {
    return this.#replyWithJob(await this.#own("job", user, id), user);
  }

  async #cancel({ user, id, body }: Asked): Promise<Reply> {
    const job = await this.#own("job", user, id);
    checkAction(body, "cancel");
    const { data, headers } = await this.#call({ path: routeTo(JOB_ACTION, job), body: '{"action":"cancel"}' });
    return this.#replyWithJob(readJob(data), user, headers);
  }

  async #getAsset({ user, id }: Asked): Promise<Reply> {
    const { data, headers } = await this.#call({ path: routeTo(ASSET, await this.#own("asset", user, id)) });
    return { status: 200, body: { asset: await assetJson(readAsset(data), this.#signatures, user) }, headers };
  }

  async #announce({ user, body }: Asked): Promise<Reply> {
    return this.#upload(user, { path: UPLOADS, body: JSON.stringify(checkUpload(body, this.#rules.maxFileSize)) });
  }

  async #getUpload({ user, id }: Asked): Promise<Reply> {
    return this.#upload(user, { path: routeTo(UPLOAD, await this.#own("upload", user, id)) });
  }

  async #complete({ user, id, body }: Asked): Promise<Reply> {
    const upload = await this.#own("upload", user, id);
    checkAction(body, "complete");
    return this.#upload(user, { path: routeTo(UPLOAD_ACTION, upload), body: '{"action":"complete"}' });
  }

  async #upload(user: string, call: Call): Promise<Reply> {
    const { data, headers } = await this.#call(call);
    return { status: 200, body: { upload: await uploadJson(readUpload(data), this.#signatures, user) }, headers };
  }

  async #replyWithJob(job: JobFacts | string, user: string, headers: Reply["headers"] = {}): Promise<Reply> {
    if (typeof job === "string") {
      const found = await this.#call({ path: routeTo(JOB, job) });
      return this.#replyWithJob(readJob(found.data), user, found.headers);
    }
    return { status: 200, body: { job: await jobJson(job, this.#signatures, user, this.#rules.shared) }, headers };
  }

  /** Call the API once: it is the page's client that calls again. The header `Date` of its response is passed on. */
  async #call(call: Call): Promise<{ readonly data: unknown; readonly headers: Record<string, string> }> {
    const { data, date } = await this.#transport.call(call, this.#transport.begin({}));
    return { data, headers: date ? { Date: date } : {} };
  }

  async #read(kind: Kind, user: string, signed: string): Promise<string | undefined> {
    return this.#signatures.read(kind, user, signed);
  }

  /** Return the service's id of what is the user's; what is not is said not to be there. */
  async #own(kind: Kind, user: string, signed: string): Promise<string> {
    const id = await this.#read(kind, user, signed);
    if (id === undefined) throw new Refusal(404, `you have no ${kind} ${show(signed)}`);
    return id;
  }

  /** Return how the store calls an attempt. */
  async #nameOf(user: string, key: string | null): Promise<string> {
    if (key === null || !/^[\w-]{16,64}$/.test(key))
      throw new Refusal(400, `a paid request needs a header ${KEY_HEADER}: a random text of 16 characters or more`);
    return this.#signatures.sign("attempt", user, key);
  }
}

/** Return a secret that is made of the API's key; throws NoKey. */
function secretOf(transport: Transport): string {
  const { Authorization: secret } = transport.prepare().headers;
  if (!secret) throw new NoKey("there is no key, so that the ids which pages get cannot be signed");
  return secret;
}

function route(method: string, path: string, action: Action): readonly [string, RegExp, Action] {
  return [method, new RegExp(`^${path.replace(/\{\w+\}/, "([\\w.-]{1,200})")}$`), action];
}

function checkAction({ action }: Asked["body"], only: string): void {
  if (action !== only) throw new Refusal(400, `the only action is ${only}`);
}

/** Return what an upload may say of itself. */
function checkUpload({ url, kind, ...file }: Asked["body"], maxFileSize: number): object {
  const { fileName, fileSize, contentType, parts } = file;
  const isText = (value: unknown): boolean => typeof value === "string" && value.length > 0 && value.length <= 255;
  const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) > 0;
  if (!isText(kind)) throw new Refusal(400, "an upload has a kind");
  if (typeof url === "string" && /^https:\/\//i.test(url)) return { url, kind };
  if (!isText(fileName) || !isText(contentType) || !isCount(fileSize) || !isCount(parts) || parts > MAX_PARTS)
    throw new Refusal(400, "an upload has a fileName, a fileSize, a contentType and parts, or an https URL");
  if (fileSize > maxFileSize) throw new Refusal(413, `a file may have ${maxFileSize} bytes, not ${fileSize}`);
  return { fileName, fileSize, contentType, kind, parts };
}

/** Let a worker live until some work has ended. */
function waitUntil(context: readonly unknown[], work: Promise<unknown>): void {
  const done = work.catch(() => undefined);
  for (const one of context as ({ waitUntil?: unknown } | null | undefined)[])
    if (typeof one?.waitUntil === "function") (one as { waitUntil(work: Promise<unknown>): void }).waitUntil(done);
}

function preflight(cors: Record<string, string>): Response {
  return new Response(null, {
    status: 204,
    headers: {
      ...cors,
      "Access-Control-Allow-Methods": "GET, POST",
      "Access-Control-Allow-Headers": `Content-Type, Authorization, ${KEY_HEADER}`,
      "Access-Control-Max-Age": "600",
    },
  });
}

/** Tell whether a value is a response, of whatever realm. */
function isResponse(value: unknown): value is Response {
  return isObject(value) && typeof value["status"] === "number" && isObject(value["headers"]);
}

/** Return a response with more headers; that of somebody else may not be changed. */
function withHeaders(response: Response, headers: Record<string, string>): Response {
  const all = new Headers(response.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers: all });
}
