/** Facts that were read from JSON, and that act through a client again. */

import { isObject, show } from "../values.js";
import { Asset, Job, type Result } from "./jobs.js";
import { isSafe, readAssetFacts, readJobFacts } from "./responses.js";
import type { Transport } from "./transport.js";

/** Let the facts of a job, an asset or a result act through a client; throws a TypeError. */
export function attach(value: unknown, transport: Transport): Job | Asset | Result {
  try {
    const found = read(value, transport);
    if (found) return found;
  } catch {
    // a getter or a proxy that throws: no JSON has such
  }
  throw new TypeError(`attach takes a job, an asset or a result, such as JSON.parse gives it, not ${show(value)}`);
}

function read(value: unknown, transport: Transport): Job | Asset | Result | undefined {
  if (!isObject(value)) return undefined;
  const { job, assets } = value;
  if (isFacts(job, "status") && Array.isArray(assets) && assets.every((one) => isFacts(one, "kind")))
    return { job: makeJob(job, transport), assets: assets.map((one) => makeAsset(one, transport)) };
  if (isFacts(value, "status")) return makeJob(value, transport);
  return isFacts(value, "kind") ? makeAsset(value, transport) : undefined;
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
