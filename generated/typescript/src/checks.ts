/** Checks parameters as a request would, without throwing. */

import { InvalidRequest } from "./errors.js";
import type { Problem } from "./problems.js";
import { makeRequest, type Model } from "./requests.js";
import { type Validator, withStandard } from "./standard_schema.js";

/** Make the function that finds the problems for which a model's function would throw. */
export function makeCheck<Parameters extends object>(model: Model): Validator<Parameters> {
  const check = (parameters: unknown): Problem[] => {
    try {
      makeRequest(model, parameters as Parameters);
      return [];
    } catch (error) {
      if (error instanceof InvalidRequest) return [...error.problems];
      return [{ pointer: "", code: "type", message: "the parameters cannot be read" }]; // a getter throws, say
    }
  };
  return withStandard(Object.assign(check, { names: model.judge.names, files: model.judge.files }));
}
