/** Facts that were read from JSON, and that act through a client again. */

import { isObject, show } from "../values.js";
import { Asset, Job, type Result } from "./jobs.js";
import { isSafe, readAssetFacts, readJobFacts } from "./responses.js";
import type { Transport } from "./transport.js";

/** Let the facts of a job, an asset or a result act through a client; throws a TypeError. */
export function attach(value: unknown, transport: Transport): Job | Asset | Result {
  if (isObject(value)) {
    const { job, assets } = value;
    if (isFacts(job, "status") && Array.isArray(assets) && assets.every((one) => isFacts(one, "kind")))
      return { job: makeJob(job, transport), assets: assets.map((one) => makeAsset(one, transport)) };
    if (isFacts(value, "status")) return makeJob(value, transport);
    if (isFacts(value, "kind")) return makeAsset(value, transport);
  }
  throw new TypeError(`attach takes a job, an asset or a result, such as JSON.parse gives it, not ${show(value)}`);
}

type Facts = Readonly<Record<string, unknown>>;

function isFacts(value: unknown, name: "status" | "kind"): value is Facts {
  return isObject(value) && isSafe(value["id"]) && typeof value[name] === "string";
}

function makeJob(facts: Facts, transport: Transport): Job {
  return new Job(readJobFacts(facts), transport);
}

function makeAsset(facts: Facts, transport: Transport): Asset {
  return new Asset(readAssetFacts(facts), "", transport);
}
