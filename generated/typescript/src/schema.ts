/** JSON Schemas of models. */

import { isObject } from "./values.js";

/** A schema of JSON Schema 2020-12, or what is said of a value in a spec. */
export type Schema = Readonly<Record<string, unknown>>;

/** Return what a spec says in the words of JSON Schema alone, with the specs that it refers to: labels are titles. */
export function toJsonSchema(spec: Schema, referred: readonly Schema[] = []): Schema {
  const others = referred.map((one) => [String(one["$id"]), withoutAnnotations(one)]);
  return freeze({ ...withoutAnnotations(spec), ...(others.length && { $defs: Object.fromEntries(others) }) });
}

/** Freeze data with all that is in it: all who load it share it. */
export function freeze<Data>(data: Data): Data {
  if (typeof data !== "object" || data === null || Object.isFrozen(data)) return data;
  Object.values(data).forEach(freeze);
  return Object.freeze(data);
}

function withoutAnnotations(schema: Schema): Schema {
  const { "x-label": label } = schema;
  const said: [keyword: string, value: unknown][] = typeof label === "string" ? [["title", label]] : [];
  for (const [keyword, value] of Object.entries(schema))
    if (!keyword.startsWith("x-")) said.push([keyword, inside(keyword, value)]);
  return Object.fromEntries(said);
}

/** Clean the schemas in the value of a keyword. */
function inside(keyword: string, value: unknown): unknown {
  if (keyword === "items" && isObject(value)) return withoutAnnotations(value);
  if (keyword === "anyOf" && Array.isArray(value)) return value.map(withoutAnnotations);
  if (keyword !== "properties" || !isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withoutAnnotations(one as Schema)]));
}
