/** What the package exports of any vendor, whatever models it has. */

export { ClientError, InvalidRequest, UnknownModel } from "./errors.js";
export type { Payload } from "./file_values.js";
export type { Code, Problem } from "./problems.js";
export { anyModel, ModelRequest } from "./requests.js";
export type { StandardSchema, Validator } from "./standard_schema.js";
