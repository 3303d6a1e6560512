/** What the package exports of any vendor, whatever models it has. */

export { ClientError, InvalidRequest, UnknownModel } from "./errors.js";
export type { Code, Payload, Problem, StandardSchema, Validator } from "./problems.js";
export { anyModel, ModelRequest } from "./requests.js";
