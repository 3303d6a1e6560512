/** What the API answers, as data. Nothing it says is trusted: what is not there or not of its type is left out. */

import { Unreadable } from "../errors.js";
import { isNumber, isObject, withoutSignatures } from "../problems.js";

type Json = Readonly<Record<string, unknown>>;

/** What waits for its turn. */
export const WAITING = ["pending", "queued", "warming-up"];

const OVER = ["success", "failure", "canceled"]; // any other status, also one that nobody knows yet, means that it runs
const LONGEST = 1000;

/** A job as it was when it was last looked at. */
export interface JobFacts {
  readonly id: string;
  /** Such as `queued`, `in-progress`, `success`, `failure`, `canceled`; others may come up, and mean that it runs. */
  readonly status: string;
  /** Whether nothing more will come of it. */
  readonly isOver: boolean;
  /** How much is done, from 0 to 1. */
  readonly progress: number;
  /** The model it runs; empty where the service does not say so. */
  readonly modelId: string;
  /** When it was made, ISO 8601, in the service's time. */
  readonly createdAt: string;
  /** What it costs, in creative units; undefined where the service does not say so. */
  readonly cost: number | undefined;
  /** Why it failed, in the service's words. */
  readonly reason: string;
  /** What to do about it, in the service's words. */
  readonly hint: string;
  /** What it made. */
  readonly assetIds: readonly string[];
  /** The parameters it was submitted with; undefined where the service does not say so. */
  readonly input: Json | undefined;
  /** What it gave beside assets: the text of a language model, say. */
  readonly output: Json;
}

/** A file that a job made. */
export interface AssetFacts {
  /** Its id; a request takes it as a file. */
  readonly id: string;
  /** Such as `video`, `image`, `audio`, `3d`, `text`. */
  readonly kind: string;
  /** Such as `video/mp4`. */
  readonly mimeType: string;
  /** In bytes; undefined where the service does not say so. */
  readonly size: number | undefined;
  /** What else the service says of it, such as `width`, `height`, `duration` (seconds). */
  readonly properties: Json;
}

/** What a request would cost, in creative units. */
export interface Estimate {
  /** What would be paid. */
  readonly cost: number;
  /** What was taken off. */
  readonly discount: number;
  /** What it is made up of, in the service's words. */
  readonly details: Readonly<Record<string, number>>;
}

/** An upload: its status, the signed addresses of its parts, and in the end the asset it became. */
export interface UploadFacts {
  readonly id: string;
  readonly status: string;
  readonly assetId: string;
  readonly reason: string;
  readonly addresses: ReadonlyMap<unknown, string>;
}

/** Read a job from an answer, or from a list of jobs. */
export function readJob(data: unknown): JobFacts {
  const job = objectIn(data, "job");
  const metadata = objectOr(job["metadata"]);
  const { modelId, ...input } = objectOr(metadata["input"]);
  const status = plain(job["status"]);
  const assets = metadata["assetIds"];
  return {
    id: identifier(job["jobId"] ?? job["id"]), // an old page of the docs calls it `id`
    status,
    isOver: OVER.includes(status),
    progress: Math.min(1, Math.max(0, numberOr(job["progress"]) ?? 0)),
    modelId: plain(modelId),
    createdAt: plain(job["createdAt"]),
    cost: numberOr(objectOr(job["billing"])["cuCost"]),
    reason: plain(metadata["error"]),
    hint: plain(metadata["hint"]),
    assetIds: Array.isArray(assets) ? assets.filter(isSafe) : [],
    input: isObject(metadata["input"]) ? input : undefined,
    output: objectOr(metadata["output"]),
  };
}

/** Read a page of jobs, the token of the next (empty at the end), and how many jobs cannot be read. */
export function readJobs(data: unknown): readonly [jobs: JobFacts[], token: string, unreadable: number] {
  const { jobs, nextPaginationToken } = objectOr(data);
  if (!Array.isArray(jobs)) throw new Unreadable("the answer has no jobs");
  const good = jobs.filter((job) => isObject(job) && isSafe(job["jobId"] ?? job["id"]));
  const token = nextPaginationToken ?? "";
  if (typeof token !== "string")
    throw new Unreadable("nextPaginationToken is not text, so the rest of the jobs cannot be listed");
  return [good.map((job) => readJob({ job })), token, jobs.length - good.length];
}

/** Read an asset from an answer, and the signed address of its file. */
export function readAsset(data: unknown): readonly [facts: AssetFacts, address: string] {
  const asset = objectIn(data, "asset");
  const properties = objectOr(asset["properties"]);
  const facts = {
    id: identifier(asset["id"]),
    kind: plain(asset["kind"]),
    mimeType: plain(asset["mimeType"]),
    size: numberOr(properties["size"]),
    properties,
  };
  return [facts, typeof asset["url"] === "string" ? asset["url"] : ""];
}

/** Read an upload from an answer. */
export function readUpload(data: unknown): UploadFacts {
  const upload = objectIn(data, "upload");
  const parts = Array.isArray(upload["parts"]) ? upload["parts"].map(objectOr) : [];
  return {
    id: identifier(upload["id"]),
    status: plain(upload["status"]),
    assetId: upload["entityId"] ? identifier(upload["entityId"]) : "",
    reason: plain(upload["errorMessage"]),
    addresses: new Map(parts.map(({ number, url }) => [number, typeof url === "string" ? url : ""])),
  };
}

/** Read what a request would cost from the answer to a dry run. */
export function readEstimate(data: unknown): Estimate {
  const { creativeUnitsCost, creativeUnitsDiscount, costDetails } = objectOr(data);
  const cost = numberOr(creativeUnitsCost);
  if (cost === undefined) throw new Unreadable("the answer names no cost");
  const details = Object.entries(objectOr(costDetails)).filter((pair): pair is [string, number] => isNumber(pair[1]));
  return { cost, discount: numberOr(creativeUnitsDiscount) ?? 0, details: Object.fromEntries(details) };
}

/** Make the service's words fit to be shown: one line, no control characters, no signature of an address; empty for what is no text. */
export function plain(text: unknown): string {
  if (typeof text !== "string") return "";
  const line = text.slice(0, LONGEST).replace(/[\p{C}\s]+/gu, " ");
  return withoutSignatures(line.trim());
}

/** Tell whether an id can stand in an address. */
export function isSafe(id: unknown): id is string {
  return typeof id === "string" && /^(?!\.+$)[\w.-]{1,200}$/.test(id);
}

/** Give an object, or an empty one in place of anything else. */
export function objectOr(value: unknown): Json {
  return isObject(value) ? value : {};
}

function objectIn(data: unknown, name: string): Json {
  const found = objectOr(data)[name];
  if (!isObject(found)) throw new Unreadable(`the answer has no ${name}`);
  return found;
}

function identifier(value: unknown): string {
  if (!isSafe(value)) throw new Unreadable("the answer has no id, or one that is not safe");
  return value;
}

function numberOr(value: unknown): number | undefined {
  return isNumber(value) ? value : undefined;
}
