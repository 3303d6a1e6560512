/** Events that the service posts to a webhook: read leniently, and trusted in nothing. Loads nothing of a client. */

import { isObject, type JsonObject, show } from "../values.js";
import { InvalidEvent } from "./errors.js";
import {
  DATES,
  ENVELOPES,
  EVENT_JOBS,
  type EventType,
  IDS,
  JOB_IDS,
  JOB_PREFIX,
  TYPES,
  WRAPPERS,
} from "./event_facts.js";
import { isSafe, plain } from "./responses.js";

export { InvalidEvent } from "./errors.js";
export type { EventType } from "./event_facts.js";

const MAX_LAYERS = 20;
const MAX_BEGINNING = 100; // characters of what is no event

/** An event, as somebody posted it. Nothing of it is known to be true: `client.job(event.jobId)` asks the service. */
export interface WebhookEvent {
  /** Its id, the same when it is sent again; empty where there is none. */
  readonly id: string;
  /** Such as `generation.completed`; types that are not documented are possible. */
  readonly type: EventType;
  /** When it was made, as it says: ISO 8601. */
  readonly createdAt: string;
  /** The id of the job that it is about, safe in a URL; empty where there is none. */
  readonly jobId: string;
  /** All that was posted. It is neither shown in logs nor written as JSON, since it may hold signed URLs. */
  readonly payload: JsonObject;
}

/**
 * Read an event that was posted to a webhook: the body of the request, as text or bytes, or its JSON.
 *
 * Its sender is not checked: how the service signs events is documented nowhere. So do not act on what an event says; ask the service for
 * the job, by `client.job(event.jobId)`. An event may come late, twice, in another order, or from anybody.
 *
 * @throws {InvalidEvent} It is no JSON object.
 * @throws {TypeError} It is no body of a request.
 */
export function parseEvent(body: unknown): WebhookEvent {
  const payload = read(body);
  const layers = layersOf(payload);
  const facts = {
    id: first(
      envelopesOf(payload).flatMap((one) => valuesOf(one, IDS)),
      isSafe,
    ),
    type: first(layers.flatMap((layer) => valuesOf(layer, TYPES)).map(plain), Boolean),
    createdAt: first(layers.flatMap((layer) => valuesOf(layer, DATES)).map(plain), Boolean),
    jobId: first(jobIdsOf(layers), isSafe),
  };
  return Object.freeze(Object.defineProperty(facts, "payload", { value: payload }) as WebhookEvent);
}

function read(body: unknown): JsonObject {
  const { text, then } = Object(body) as Record<string, unknown>;
  if (
    !["string", "number", "boolean", "object"].includes(typeof body) ||
    [typeof text, typeof then].includes("function") ||
    !(isPlain(body) || isBytes(body))
  )
    throw new TypeError(
      `an event is the body of a request, as text, bytes or parsed JSON, not ${show(body)}; write parseEvent(await request.text())`,
    );
  const found = typeof body === "string" ? parse(body) : isBytes(body) ? parse(new TextDecoder().decode(body)) : body;
  if (isObject(found)) return found;
  throw new InvalidEvent(`not an event: the body is ${show(found)}, where an object is wanted`);
}

function parse(text: string): unknown {
  if (!text.trim()) throw new InvalidEvent("not an event: the body is empty");
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw new InvalidEvent(`not an event: the body is not JSON; it begins with ${show(text.slice(0, MAX_BEGINNING))}`);
  }
}

/** Tell whether a body is no object, or one such as JSON gives it: no Date, Map or form. */
function isPlain(body: unknown): boolean {
  return (
    typeof body !== "object" || ["Object", "Array", "Null"].includes(Object.prototype.toString.call(body).slice(8, -1))
  );
}

/** Tell whether a body is bytes, of whatever realm, and not JSON that was posted with such a name. */
function isBytes(body: unknown): body is ArrayBuffer {
  return isObject(body) && typeof body["byteLength"] === "number" && !Object.hasOwn(body, "byteLength");
}

/** Return what may have the id of the event: what is inside of it has other ids. */
function envelopesOf(posted: JsonObject): JsonObject[] {
  return [posted, ...valuesOf(posted, ENVELOPES).filter(isObject)];
}

/** Return an event, and what is wrapped in it, the outer ones first. */
function layersOf(posted: JsonObject): JsonObject[] {
  const layers = [posted];
  for (const layer of layers) {
    const inner = valuesOf(layer, WRAPPERS).filter(isObject);
    layers.push(...inner.slice(0, MAX_LAYERS - layers.length));
  }
  return layers;
}

/** Return what may be the id of the job, the likeliest first. */
function jobIdsOf(layers: readonly JsonObject[]): unknown[] {
  const named = layers.flatMap((layer) => [
    ...valuesOf(layer, JOB_IDS),
    ...valuesOf(layer, EVENT_JOBS).flatMap((job) => (isObject(job) ? valuesOf(job, [...JOB_IDS, "id"]) : [job])),
  ]);
  return [...named, ...layers.map(({ id }) => id).filter((id) => isSafe(id) && id.startsWith(JOB_PREFIX))];
}

function valuesOf(one: JsonObject, names: readonly string[]): unknown[] {
  return names.map((name) => one[name]);
}

function first(found: readonly unknown[], fits: (one: unknown) => boolean): string {
  return (found.find(fits) as string | undefined) ?? "";
}
