/** The client that also takes the id of a model and its parameters. */

import { holdErrors, unwrap } from "../files.js";
import { loadModel } from "../functions.js";
import type { ModelId, ModelParameters } from "../model_parameters.js";
import type { ModelRequest } from "../requests.js";
import { mapLeaves } from "../trees.js";
import { Client as ClientOfRequests } from "./client.js";
import type { RunOptions, WaitOptions } from "./call_options.js";
import type { Job, Result } from "./jobs.js";
import type { Estimate } from "./responses.js";

type Given = readonly [first: ModelRequest | string, second?: object, third?: object, ...more: unknown[]];

/**
 * Runs models, by their ids or by requests, and waits for their results. Throws a `ClientError`, or a `TypeError` or `RangeError` for a
 * wrong argument, before anything is sent; errors of your own callbacks come through.
 */
export class Client extends ClientOfRequests {
  override estimate<Id extends ModelId>(
    modelId: Id,
    parameters: ModelParameters[Id],
    options?: WaitOptions,
  ): Promise<Estimate>;
  override estimate(request: ModelRequest, options?: WaitOptions): Promise<Estimate>;
  override async estimate(...given: Given): Promise<Estimate> {
    return super.estimate(...(await makeRequested(given)));
  }

  override submit<Id extends ModelId>(modelId: Id, parameters: ModelParameters[Id], options?: RunOptions): Promise<Job>;
  override submit(request: ModelRequest, options?: RunOptions): Promise<Job>;
  override async submit(...given: Given): Promise<Job> {
    return super.submit(...(await makeRequested(given)));
  }

  override run<Id extends ModelId>(modelId: Id, parameters: ModelParameters[Id], options?: RunOptions): Promise<Result>;
  override run(request: ModelRequest, options?: RunOptions): Promise<Result>;
  override async run(...given: Given): Promise<Result> {
    return super.run(...(await makeRequested(given)));
  }
}

/** Return a request and options; the request is made here, if only its model and parameters are given. */
async function makeRequested(given: Given): Promise<[request: ModelRequest, options?: object]> {
  const [first, second, third] = given;
  const isById = typeof first === "string";
  if (given.length > (isById ? 3 : 2))
    throw new TypeError("give a request and options, or the id of a model, parameters and options, and no more");
  if (!isById) return second === undefined ? [first] : [first, second];
  holdAll(second);
  const make = await loadModel(first as ModelId);
  const request = make(second as ModelParameters[ModelId]);
  return third === undefined ? [request] : [request, third];
}

/** Hold what streams fail with until the request is made, wherever they are; what cannot be read is told then. */
function holdAll(parameters: unknown): void {
  try {
    mapLeaves(parameters, (value) => holdErrors(unwrap(value)));
  } catch {
    return;
  }
}
