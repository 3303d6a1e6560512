// Right uses of the package: a compiler finds nothing here.
import {
  anyKind,
  anyModel,
  ApiError,
  type Asset,
  type AssetFacts,
  Client,
  ClientError,
  type Described,
  type Estimate,
  type FileInput,
  type FileKind,
  InvalidRequest,
  type Job,
  type JobFacts,
  JobFailed,
  type JobsOptions,
  type JobStatus,
  MaxCostExceeded,
  type ModelId,
  type ModelRequest,
  type Logger,
  models,
  NotReached,
  type Outcome,
  type Payload,
  type Problem,
  type Progress,
  RateLimitError,
  type Result,
  type ResultFacts,
  type StandardSchema,
  type SyncLipsyncV2,
} from "scenario-models";
import { described } from "scenario-models/models/described";
import { hardNames } from "scenario-models/models/hard-names";
import { syncLipsyncV2 } from "scenario-models/models/sync-lipsync-v2";
import { values30 } from "scenario-models/models/values-3.0";
import { type SyncMode, syncLipsyncV2 as alone } from "scenario-models/models/sync-lipsync-v2";
import { type EventType, InvalidEvent, parseEvent, type WebhookEvent } from "scenario-models/events";
import { check } from "scenario-models/models/sync-lipsync-v2";
import { loadModel, type ModelFunction, type ModelParameters, type SyncLipsyncV2SyncMode } from "scenario-models";
import { Client as ClientOfRequests } from "scenario-models/client";
import * as functions from "scenario-models/models";
import { loadParameters, type ParameterInfo } from "scenario-models/parameters";
import { parameters as facts } from "scenario-models/parameters/described";
import { loadSchema, type Schema } from "scenario-models/schemas";
import { schema } from "scenario-models/schemas/described";
import { loadValidator, validate as validateAny } from "scenario-models/validators";
import { validate } from "scenario-models/validators/sync-lipsync-v2";
import { createHandler, type Handler, type Store, toNodeHandler } from "scenario-models/server";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import required = require("scenario-models");
import requiredModel = require("scenario-models/models/sync-lipsync-v2");

const modes: SyncMode[] = ["loop", "bounce", "cut_off", "silence", "remap"];
const video: FileInput = new Blob(["a"]);
const parameters: SyncLipsyncV2 = { video, audio: "asset_voice" };
const request: ModelRequest<SyncLipsyncV2> = syncLipsyncV2({ ...parameters, syncMode: modes[0]!, temperature: 1 });
alone({ ...parameters, syncMode: modes[9] }); // what is undefined is not there
alone({ video: new Uint8Array(1), audio: "https://example.com/a.wav", syncMode: "bounce" });
alone({ video: new ArrayBuffer(1), audio: new DataView(new ArrayBuffer(1)) });
alone({ video: new Blob(["a"]).stream(), audio: pieces() });
async function* pieces(): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(1);
}
const mode: SyncMode | undefined = request.parameters.syncMode;
const body: Record<string, unknown> = request.unlisted({ syncMode: "new" }).body();

values30({ files: [] }); // mode has a default
values30({
  mode: "slow",
  files: ["asset_1", video] as const,
  seconds: 4,
  scale: 0.5,
  on: true,
  loras: ["model_a"],
  points: [{ x: 1 }],
});
hardNames({ class: "a", "3d": "4k", "max.items": 2, from: "b" });
anyModel("model_new", { prompt: "a cat" });

export function describedBy(file: FileInput, given: FileInput<"video">): ModelRequest<Described> {
  const others: FileInput[] = [given, anyKind(file as Blob), "asset_1"]; // all of them are files
  described({ video: file, prompt: "a", images: chosen });
  return described({ video: file, images: [file, anyKind("https://example.com/a"), ...others], scan: given });
}
const clip: Payload<Described>["video"] = "asset_1";
const [first]: readonly ParameterInfo[] = facts;
const limit: number | undefined = first?.items?.rules["maximum"];

const names: ReadonlySet<string> = validate.names;
const problems: Problem[] = validate({ video: "asset_1" });
const standard: StandardSchemaV1<Payload<SyncLipsyncV2>> = validate;
const own: StandardSchema<SyncLipsyncV2> = check;
const form: StandardSchemaV1<Partial<SyncLipsyncV2>> = own; // what a form holds may be less
const filled: StandardSchemaV1.InferOutput<typeof check> = { video, audio: "asset_voice" };
const chosen = { length: 1, item: (): Blob => new Blob(["a"]) }; // as a FileList
const asked: Problem[] = check(chosen);
alone({ ...filled, video: chosen });
const title_: unknown = (schema satisfies Schema)["title"];
const sent: Payload<SyncLipsyncV2> = { video: "asset_1", audio: "asset_2" };
const id: ModelId = "model_sync-lipsync-v2";
const title: string = models[0]!.title;

const logger: Logger = console;
export const clients = [
  new Client({
    logger,
    logLevel: "debug",
    maxRetries: 0,
    timeout: 30_000,
    projectId: "proj_1",
    fetch: globalThis.fetch,
  }),
  new Client({ defaultHeaders: { "X-Team": "video", "X-Other": undefined } }),
  new Client({ defaultHeaders: new Map([["X-Team", "video"]]), baseUrl: "/api", withoutKey: true }),
  new Client({ apiKey: "a", apiSecret: "b", dangerouslyAllowBrowser: true }),
];

export async function use(
  client = new Client({ apiKey: "a", apiSecret: "b", settle: 1000 }),
): Promise<Blob | undefined> {
  const estimate: Estimate = await client.estimate(request, { signal: AbortSignal.timeout(1000) });
  const onProgress = ({ stage, fraction, jobId, index }: Progress): void => console.log(stage, fraction, jobId, index);
  const job: Job = await client.submit(request, { timeout: 1000, onProgress });
  await client.submit(request, { timeout: Infinity, onProgress: async (progress) => onProgress(progress) });
  const result: Result = await job.wait();
  const asset: Asset | undefined = result.assets[0];
  try {
    await client.run(anyModel("model_new", {}), { signal: undefined, cancelIfAborted: true });
  } catch (error) {
    if (error instanceof ApiError) console.log(error.status + 1, error.reason, error.requestId);
    if (error instanceof RateLimitError) console.log(error.retryAfter + 1);
    if (error instanceof NotReached) console.log(error.why.length, error.cause);
    if (error instanceof InvalidRequest) console.log(error.problems[0]?.pointer);
    if (error instanceof ClientError) console.log(error.jobId?.length);
  }
  for await (const outcome of client.runMany([request, anyModel("model_new", {})], { concurrency: 2 })) {
    const one: Outcome = outcome;
    if (one.error === undefined) console.log(one.result.job.cost?.toFixed(2), one.request.modelId);
  }
  async function* given(): AsyncGenerator<typeof request> {
    yield request;
  }
  const limits = { maxCost: 25, stopOn: [JobFailed, MaxCostExceeded], inOrder: true } as const;
  for await (const { request, result, error } of client.runMany(given(), limits)) {
    const mode: SyncMode | undefined = request.parameters.syncMode;
    if (error instanceof MaxCostExceeded) console.log(error.cost - error.maxCost, error.promised, mode, result);
  }
  const priced: Outcome<typeof request, Estimate>[] = [];
  for await (const one of client.estimateMany([request], { stopOn: Error })) priced.push(one);
  const wanted: JobsOptions = { status: "new", createdAfter: new Date(), updatedAfter: "2026-01-01T00:00:00Z" };
  for await (const job of client.eachJob({ ...wanted, modelId: id })) await job.refresh();
  (await client.jobs(3, wanted))[0]?.cancel();
  (await loadValidator(id))(sent);
  await validateAny(id, sent);
  console.log(form, asked, title_, (await loadSchema(id))["$id"]);
  for (const { name, choices, kind = "file" } of await loadParameters(id))
    console.log(name, kind, choices[0]?.label, clip, limit);
  console.log(mode, body, names, problems, standard, title, estimate.cost);
  const status: JobStatus = job.status;
  if (status === "queued" || status === "a new one") console.log(job.isOver);
  await values(client, result);
  return asset?.download({ onProgress });
}

async function values(client: Client, { job, assets }: ResultFacts): Promise<void> {
  const facts: [JobFacts, readonly AssetFacts[]] = [job, assets];
  const back: Result = await client.attach({ job, assets });
  const one: Job = await client.attach(facts[0]);
  const other: Asset = await client.attach(facts[1][0]!);
  const same: Asset = await client.asset(other.id, { timeout: 1000 });
  const kind: FileKind = same.kind;
  const uploaded: Asset = await client.upload(new Blob(["a"]), { kind: "audio", onProgress: () => undefined });
  await client.run(alone({ video: other, audio: anyKind(uploaded) }));
  const stream: ReadableStream<Uint8Array> = other.stream({ signal: AbortSignal.timeout(1000) });
  const file: File = await other.download();
  const url: string = other.url;
  await client.upload(stream);
  console.log(back, one, kind, file.name, url, JSON.stringify(new ClientError("a").toJSON()));
}

export async function receive(posted: Request): Promise<WebhookEvent | string> {
  try {
    const event = parseEvent(await posted.text());
    const type: EventType = event.type;
    if (type === "generation.completed" || type === "something.new") console.log(event.payload["x"], event.jobId);
    return parseEvent(new Uint8Array(await posted.arrayBuffer())) ?? parseEvent(await posted.json());
  } catch (error) {
    if (error instanceof InvalidEvent) return error.message;
    throw error;
  }
}

/** One half of the package takes the requests of the other. */
export function useBothHalves(client: Client): Promise<unknown>[] {
  const given: SyncLipsyncV2 = { video: "asset_1", audio: required.anyKind("asset_2") };
  const request: ModelRequest<SyncLipsyncV2> = requiredModel.syncLipsyncV2(given);
  return [client.run(request), new required.Client().run(syncLipsyncV2(given))];
}

export async function useById(client: Client): Promise<Result> {
  const given: ModelParameters["model_sync-lipsync-v2"] = { video: "asset_1", audio: "asset_2", syncMode: "loop" };
  const choice: SyncLipsyncV2SyncMode | undefined = given.syncMode;
  const estimate: Estimate = await client.estimate(id, { video: new Uint8Array(1), audio: "asset_2" });
  const job: Job = await client.submit("model_sync-lipsync-v2", given, { timeout: 1 });
  const make: ModelFunction<SyncLipsyncV2> = await loadModel("model_sync-lipsync-v2");
  const checked = (await loadValidator("model_sync-lipsync-v2"))["~standard"].validate({});
  if (!("issues" in checked && checked.issues)) console.log(checked.value.audio.length);
  const any: readonly Problem[] = (await loadValidator("model_x" as string))({});
  const some: Problem[] = await validateAny("model_x", {});
  const clientOfRequests: ClientOfRequests = client;
  console.log(choice, estimate, job, any, some, await clientOfRequests.run(functions.syncLipsyncV2(given)));
  return client.run("model_sync-lipsync-v2", make(given).parameters, { onProgress: console.log });
}

const store: Store = { add: () => true, get: async () => null, set: async () => "OK" };
const handler: Handler = createHandler({
  models: ["model_sync-lipsync-v2"],
  authorize: async ({ headers }) => headers.get("x-user") ?? new Response(null, { status: 403 }),
  store,
  apiKey: "a",
  apiSecret: "b",
});
export const served: Promise<Response>[] = [
  handler(new Request("http://localhost/scenario/jobs/job_1"), { variable: "a" }, { waitUntil: () => undefined }),
];
export const route: { GET: (request: Request, context: { params: Promise<object> }) => Promise<Response> } = {
  GET: handler,
};
export const listener = toNodeHandler(handler);
