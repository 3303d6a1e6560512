/** What pages may ask for, each by a route of its own. */

import { ATTEMPT, type Ending, KEY_HEADER } from "../client/attempts.js";
import type { Client } from "../client/client.js";
import { NoKey } from "../client/errors.js";
import { ASSET, CANCEL, DRY_RUN, JOB, JOB_ACTION, JOBS, routeTo, RUN, RUN_METHOD } from "../client/facts.js";
import { COMPLETE, UPLOAD, UPLOAD_ACTION, UPLOADS } from "../client/file_facts.js";
import { type JobFacts, readAsset, readJob, readUpload } from "../client/responses.js";
import type { Call, Transport } from "../client/transport.js";
import type { ModelRequest } from "../requests.js";
import { show } from "../values.js";
import { Attempts } from "./attempts.js";
import { checkUpload, readBody } from "./incoming.js";
import type { Rules } from "./options.js";
import { checkParameters } from "./parameters.js";
import { assetJson, estimateJson, jobJson, Refusal, type Reply, replyWith, uploadJson } from "./replies.js";
import { type Kind, Signatures } from "./signatures.js";

const TIMEOUT = 50_000; // milliseconds, less than those of most gateways

/** A request of a user: the id in its path, its query, and its body (empty for a GET). */
interface Asked {
  readonly user: string;
  readonly id: string;
  readonly query: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | null;
  readonly keepAlive: (work: Promise<unknown>) => void;
}

interface Route {
  readonly method: string;
  readonly path: RegExp;
  readonly query: RegExp;
  readonly act: (asked: Asked) => Promise<Reply>;
}

const NO_QUERY = /^$/;
const PRICE_OR_NONE = new RegExp(`^(\\?${DRY_RUN}=true)?$`);
const ANY_QUERY = /^/;

/** Answers the requests of users. */
export class Routes {
  readonly #rules: Rules;
  readonly #transport: Transport;
  readonly #client: Client;
  readonly #timeout: number;
  readonly #signatures: Signatures;
  readonly #attempts: Attempts;
  readonly #routes: readonly Route[];

  constructor(rules: Rules, transport: Transport, client: Client) {
    this.#rules = rules;
    this.#transport = transport;
    this.#client = client;
    this.#timeout = rules.settle + TIMEOUT; // a job whose response was lost is searched for so long
    this.#signatures = new Signatures(rules.secret ?? secretOf(transport));
    this.#attempts = new Attempts(rules.store, rules.onError);
    this.#routes = [
      route(RUN_METHOD, RUN, (asked) => this.#run(asked), PRICE_OR_NONE),
      route("GET", ATTEMPT, (asked) => this.#findAttempt(asked)),
      route("GET", JOB, (asked) => this.#getJob(asked)),
      route("POST", JOB_ACTION, (asked) => this.#cancel(asked)),
      route("GET", ASSET, (asked) => this.#getAsset(asked)),
      route("POST", UPLOADS, (asked) => this.#announce(asked)),
      route("GET", UPLOAD, (asked) => this.#getUpload(asked)),
      route("POST", UPLOAD_ACTION, (asked) => this.#complete(asked)),
      route("GET", JOBS, refuseList, ANY_QUERY),
    ];
  }

  /** Find the route of a request, and do what it asks for. */
  async answer(request: Request, user: string, keepAlive: Asked["keepAlive"]): Promise<Reply> {
    const { pathname, search } = new URL(request.url);
    const { path } = this.#rules;
    if (!pathname.startsWith(`${path}/`))
      throw new Refusal(404, `this server is below ${path}/, not at ${show(pathname)}`);
    const rest = pathname.slice(path.length);
    const there = this.#routes.filter((one) => one.path.test(rest));
    if (!there.length) throw new Refusal(404, "there is nothing here");
    const found = there.find(({ method }) => method === request.method);
    if (!found) throw new Refusal(405, "the method is wrong", { Allow: there.map(({ method }) => method).join(", ") });
    if (!found.query.test(search)) throw new Refusal(400, "this server takes no query here");
    return found.act({
      user,
      id: found.path.exec(rest)![1] ?? "",
      query: search,
      body: found.method === "GET" ? {} : await readBody(request),
      key: request.headers.get(KEY_HEADER),
      keepAlive,
    });
  }

  async #run({ user, id, query, body, key, keepAlive }: Asked): Promise<Reply> {
    if (!this.#rules.models.has(id)) throw new Refusal(404, `pages may not run ${show(id)}`);
    const { shared } = this.#rules;
    const request = await checkParameters(id, body, shared, (signed) => this.#signatures.read("asset", user, signed));
    if (query) return { status: 200, body: estimateJson(await this.#client.estimate(request, { timeout: TIMEOUT })) };
    const submitting = this.#attempts.submit(await this.#nameOf(user, key), () => this.#submit(request));
    keepAlive(submitting);
    return this.#replyWithEnding(await submitting, user);
  }

  async #submit(request: ModelRequest): Promise<JobFacts> {
    const { maxCost } = this.#rules;
    if (maxCost < Infinity) {
      const { cost } = await this.#client.estimate(request, { timeout: TIMEOUT });
      if (cost > maxCost) throw new Refusal(403, `it would cost ${cost}, more than the ${maxCost} that are allowed`);
    }
    return this.#client.submit(request, { timeout: this.#timeout });
  }

  async #findAttempt({ user, id }: Asked): Promise<Reply> {
    const ending = await this.#attempts.find(await this.#nameOf(user, id));
    const { job, ...told } = ending;
    if (job !== undefined) return this.#replyWithEnding(ending, user);
    if (told.failure || told.isPending) return { status: 200, body: told };
    throw new Refusal(404, "this server does not know how that request ended");
  }

  async #replyWithEnding({ job, failure }: Ending<JobFacts | string>, user: string): Promise<Reply> {
    if (failure) return replyWith(failure);
    if (job === undefined) throw new Refusal(504, "it is not known yet how this request ends");
    return typeof job === "string" ? this.#find(job, user) : this.#replyWithJob(job, user);
  }

  async #getJob({ user, id }: Asked): Promise<Reply> {
    return this.#find(await this.#own("job", user, id), user);
  }

  async #cancel({ user, id, body }: Asked): Promise<Reply> {
    const job = await this.#own("job", user, id);
    checkAction(body, CANCEL);
    const { data, headers } = await this.#call({
      path: routeTo(JOB_ACTION, job),
      body: JSON.stringify({ action: CANCEL }),
    });
    return this.#replyWithJob(readJob(data), user, headers);
  }

  async #getAsset({ user, id }: Asked): Promise<Reply> {
    const { data, headers } = await this.#call({ path: routeTo(ASSET, await this.#own("asset", user, id)) });
    return { status: 200, body: { asset: await assetJson(readAsset(data), this.#signatures, user) }, headers };
  }

  async #announce({ user, body }: Asked): Promise<Reply> {
    return this.#upload(user, { path: UPLOADS, body: JSON.stringify(checkUpload(body, this.#rules)) });
  }

  async #getUpload({ user, id }: Asked): Promise<Reply> {
    return this.#upload(user, { path: routeTo(UPLOAD, await this.#own("upload", user, id)) });
  }

  async #complete({ user, id, body }: Asked): Promise<Reply> {
    const upload = await this.#own("upload", user, id);
    checkAction(body, COMPLETE);
    return this.#upload(user, { path: routeTo(UPLOAD_ACTION, upload), body: JSON.stringify({ action: COMPLETE }) });
  }

  async #upload(user: string, call: Call): Promise<Reply> {
    const { data, headers } = await this.#call(call);
    return { status: 200, body: { upload: await uploadJson(readUpload(data), this.#signatures, user) }, headers };
  }

  async #find(job: string, user: string): Promise<Reply> {
    const { data, headers } = await this.#call({ path: routeTo(JOB, job) });
    return this.#replyWithJob(readJob(data), user, headers);
  }

  async #replyWithJob(job: JobFacts, user: string, headers: Reply["headers"] = {}): Promise<Reply> {
    return { status: 200, body: { job: await jobJson(job, this.#signatures, user, this.#rules.shared) }, headers };
  }

  /** Call the API once: it is the page's client that calls again. The header `Date` of its response is passed on. */
  async #call(call: Call): Promise<{ readonly data: unknown; readonly headers: Record<string, string> }> {
    const { data, date } = await this.#transport.call(call, this.#transport.begin({}));
    return { data, headers: date ? { Date: date } : {} };
  }

  /** Return the service's id of what is the user's; what is not is said not to be there. */
  async #own(kind: Kind, user: string, signed: string): Promise<string> {
    const id = await this.#signatures.read(kind, user, signed);
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

function route(method: string, path: string, act: Route["act"], query = NO_QUERY): Route {
  return { method, path: new RegExp(`^${path.replace(/\{\w+\}/, "([\\w.-]{1,200})")}$`), query, act };
}

/** Its status is none that might be about the key: a client that looks for a job would give up all others. */
async function refuseList(): Promise<never> {
  throw new Refusal(405, "this server lists no jobs");
}

function checkAction({ action }: Asked["body"], only: string): void {
  if (action !== only) throw new Refusal(400, `the only action is ${only}`);
}
