/** The API's responses as data. They are not trusted: whatever is missing or of another type is left out. */

import { isNumber, isObject, type JsonObject, withoutSignatures } from "../values.js";
import { Unreadable } from "./errors.js";
import { CANCELED, FAILURE, type FileKind, type JobStatus, SUCCESS } from "./facts.js";

const OVER: readonly string[] = [SUCCESS, FAILURE, CANCELED]; // a job of any other status, also an unknown one, is running
const MAX_LENGTH = 1000; // characters of a text
const MAX_NUMBER = 1e15;

/** The last known state of a job. */
export interface JobFacts {
  readonly id: string;
  /** A status that is not documented means that it is running. */
  readonly status: JobStatus;
  /** True if the job has ended, well or badly. */
  readonly isOver: boolean;
  /** From 0 to 1. */
  readonly progress: number;
  /** The id of its model; empty if the service does not say. */
  readonly modelId: string;
  /** The service's time, ISO 8601. */
  readonly createdAt: string;
  /** In creative units; undefined if the service does not say. */
  readonly cost: number | undefined;
  /** Why it failed, in the service's words. */
  readonly reason: string;
  /** What to do about it, in the service's words. */
  readonly hint: string;
  /** The ids of its results. */
  readonly assetIds: readonly string[];
  /** The parameters that were submitted; undefined if the service does not say. */
  readonly input: JsonObject | undefined;
  /** Results that are not assets, such as the text of a language model. */
  readonly output: JsonObject;
}

/** A file in the service, such as the result of a job. */
export interface AssetFacts {
  /** Its id; a request takes it as a file. */
  readonly id: string;
  readonly kind: FileKind;
  /** Such as `video/mp4`. */
  readonly mimeType: string;
  /** In bytes; undefined if the service does not say. */
  readonly size: number | undefined;
  /** All other facts, such as `width`, `height`, `duration` (seconds). */
  readonly properties: JsonObject;
}

/** What a request would cost, in creative units. */
export interface Estimate {
  /** The price, with the discount. */
  readonly cost: number;
  readonly discount: number;
  /** The parts of the price, by the service's names. */
  readonly details: Readonly<Record<string, number>>;
}

/** An upload; `urls` are the signed URLs of its parts by number, `assetId` is empty until the asset exists. */
export interface UploadFacts {
  readonly id: string;
  readonly status: string;
  readonly assetId: string;
  readonly reason: string;
  readonly urls: ReadonlyMap<unknown, string>;
}

/** Read a job from a response; throws Unreadable, as all functions of this module do. */
export function readJob(data: unknown): JobFacts {
  const job = objectIn(data, "job");
  const metadata = objectOr(job["metadata"]);
  const { modelId, ...input } = objectOr(metadata["input"]);
  return readJobFacts({
    ...job,
    id: job["jobId"] ?? job["id"], // an old page of the docs calls it `id`
    modelId,
    cost: objectOr(job["billing"])["cuCost"],
    reason: metadata["error"],
    hint: metadata["hint"],
    assetIds: metadata["assetIds"],
    input: isObject(metadata["input"]) ? input : undefined,
    output: metadata["output"],
  });
}

/** Read the facts of a job, as JSON has them. */
export function readJobFacts(job: JsonObject): JobFacts {
  const status = plain(job["status"]);
  const { assetIds, input } = job;
  return {
    id: identifier(job["id"]),
    status,
    isOver: OVER.includes(status),
    progress: Math.min(1, Math.max(0, numberOr(job["progress"]) ?? 0)),
    modelId: plain(job["modelId"]),
    createdAt: plain(job["createdAt"]),
    cost: numberOr(job["cost"]),
    reason: plain(job["reason"]),
    hint: plain(job["hint"]),
    assetIds: Array.isArray(assetIds) ? assetIds.filter(isSafe) : [],
    input: isObject(input) ? input : undefined,
    output: objectOr(job["output"]),
  };
}

/** Read a page of jobs, the token of the next page (empty at the end), and how many jobs are unreadable. */
export function readJobs(data: unknown): readonly [jobs: JobFacts[], token: string, unreadable: number] {
  const { jobs, nextPaginationToken } = objectOr(data);
  if (!Array.isArray(jobs)) throw new Unreadable("the response has no jobs");
  const good = jobs.filter((job) => isObject(job) && isSafe(job["jobId"] ?? job["id"]));
  const token = nextPaginationToken ?? "";
  if (typeof token !== "string")
    throw new Unreadable("nextPaginationToken is not a string, so the next page cannot be read");
  return [good.map((job) => readJob({ job })), token, jobs.length - good.length];
}

/** Read an asset, and the signed URL of its file (empty if there is none). */
export function readAsset(data: unknown): readonly [facts: AssetFacts, url: string] {
  const asset = objectIn(data, "asset");
  const facts = readAssetFacts({ ...asset, size: objectOr(asset["properties"])["size"] });
  return [facts, typeof asset["url"] === "string" ? asset["url"] : ""];
}

/** Read the facts of an asset, as JSON has them. */
export function readAssetFacts(asset: JsonObject): AssetFacts {
  return {
    id: identifier(asset["id"]),
    kind: plain(asset["kind"]),
    mimeType: plain(asset["mimeType"]),
    size: numberOr(asset["size"]),
    properties: objectOr(asset["properties"]),
  };
}

export function readUpload(data: unknown): UploadFacts {
  const upload = objectIn(data, "upload");
  const parts = Array.isArray(upload["parts"]) ? upload["parts"].map(objectOr) : [];
  return {
    id: identifier(upload["id"]),
    status: plain(upload["status"]),
    assetId: upload["entityId"] ? identifier(upload["entityId"]) : "",
    reason: plain(upload["errorMessage"]),
    urls: new Map(parts.map(({ number, url }) => [number, typeof url === "string" ? url : ""])),
  };
}

/** Read the response to a dry run. */
export function readEstimate(data: unknown): Estimate {
  const { creativeUnitsCost, creativeUnitsDiscount, costDetails } = objectOr(data);
  const cost = numberOr(creativeUnitsCost);
  if (cost === undefined || cost < 0) throw new Unreadable("the response has no cost");
  const details = Object.entries(objectOr(costDetails)).filter((pair): pair is [string, number] => isNumber(pair[1]));
  return { cost, discount: numberOr(creativeUnitsDiscount) ?? 0, details: Object.fromEntries(details) };
}

/** Make the service's words safe to show: one line, no control characters, no signature of a URL; empty if it is not a string. */
export function plain(text: unknown): string {
  if (typeof text !== "string") return "";
  const line = text.slice(0, MAX_LENGTH).replace(/[\p{C}\s]+/gu, " ");
  return withoutSignatures(line.trim());
}

/** Tell whether a value is an id that is safe in the path of a URL. */
export function isSafe(id: unknown): id is string {
  return typeof id === "string" && /^(?!\.+$)[\w.-]{1,200}$/.test(id);
}

/** Return an object as it is, and an empty one for any other value. */
export function objectOr(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function objectIn(data: unknown, name: string): JsonObject {
  const found = objectOr(data)[name];
  if (!isObject(found)) throw new Unreadable(`the response has no ${name}`);
  return found;
}

function identifier(value: unknown): string {
  if (!isSafe(value)) throw new Unreadable("the response has no id, or an unsafe one");
  return value;
}

function numberOr(value: unknown): number | undefined {
  return isNumber(value) && Math.abs(value) < MAX_NUMBER ? value : undefined;
}
