/** What says of parameters, without making a request, why none can be made. */

import { InvalidRequest } from "./errors.js";
import { type Judge, type Problem, type Validator, withStandard } from "./problems.js";
import { type Find, makeRequest, type ModelDetails } from "./requests.js";

/** Make what says, and never throws, why parameters make no request. */
export function checker<Parameters extends object>(
  modelId: string,
  validate: Judge,
  details: Omit<ModelDetails, "names">,
  find?: Find,
): Validator<Parameters> {
  const check = (parameters: unknown): Problem[] => {
    try {
      makeRequest(modelId, parameters as Parameters, validate, details, find);
      return [];
    } catch (error) {
      if (error instanceof InvalidRequest) return [...error.problems];
      return [{ pointer: "", code: "type", message: "the parameters cannot be read" }]; // a getter throws, say
    }
  };
  return withStandard(Object.assign(check, { names: validate.names }));
}
