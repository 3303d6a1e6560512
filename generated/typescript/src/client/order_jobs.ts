/** Which jobs are of which orders, by what they show; and after which errors an order has none. */

import { isObject } from "../values.js";
import { ApiError, NotPermitted, NotReached } from "./errors.js";
import { SERVER_ERROR, UNSURE } from "./facts.js";
import type { Order } from "./orders.js";
import type { JobFacts } from "./responses.js";

/** Tell whether an error means that no job was created: the request was refused, or never sent. */
export function isJobRuledOut(error: unknown): boolean {
  if (error instanceof ApiError)
    return error.status >= 400 && error.status < SERVER_ERROR && !UNSURE.includes(error.status);
  return error instanceof NotPermitted || (error instanceof NotReached && error.isUnsent);
}

/** Tell whether two orders ask for the same. */
export function isSameOrder(one: Order, other: Order): boolean {
  return one.modelId === other.modelId && one.body === other.body;
}

/** Return the input that its job will show: the service adds the `modelId`, unless the body has a parameter of that name. */
function expectedInput({ modelId, body }: Order): { modelId: unknown } {
  return { modelId, ...(JSON.parse(body) as object) };
}

/** Tell whether a job has exactly this input. */
export function isOf(job: JobFacts, order: Order): boolean {
  const { modelId, ...input } = expectedInput(order);
  return job.modelId === modelId && isEqual(job.input, input);
}

/** Tell whether a job may have this input: the service may add defaults, or show no input. */
export function mayBeOf(job: JobFacts, order: Order): boolean {
  const { modelId, ...body } = expectedInput(order);
  if (job.modelId && job.modelId !== modelId) return false;
  const { input } = job;
  return !input || Object.entries(body).every(([name, value]) => isEqual(input[name] ?? null, value)); // null may be missing
}

/** Compare two JSON values; the order of names does not matter. */
function isEqual(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((value, index) => isEqual(value, other[index]));
  if (!isObject(one) || !isObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && isEqual(one[name], other[name]))
  );
}
