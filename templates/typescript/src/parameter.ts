/** What is known of a parameter, as data: enough to build a form without the docs. */

import { isObject } from "./problems.js";
import { BROKEN } from "./rules.js";

export type JsonType = "string" | "number" | "integer" | "boolean" | "array" | "object";

/** A value that a parameter, or an element of its array, may be, with its name for people. */
export interface Choice {
  readonly value: unknown;
  readonly label: string;
}

/** The facts about a parameter. What the vendor does not say is undefined. */
export interface ParameterInfo {
  /** Its name in the API. */
  readonly name: string;
  /** The vendor's word for its type, such as `file_array`. */
  readonly type: string;
  /** The JSON types that its value may have; none if any will do. */
  readonly types: readonly JsonType[];
  /** Whether it takes files; `kind` is of which kind, such as `video`. */
  readonly isFile: boolean;
  readonly kind?: string;
  /** Whether it must be there; one that is required and has a default is sent with that. */
  readonly isRequired: boolean;
  /** It is required with any of these parameters, too. */
  readonly requiredWith: readonly string[];
  /** And for each of these groups of alternatives: unless one of them, a list of parameters, is there whole. */
  readonly requiredUnless: readonly (readonly (readonly string[])[])[];
  readonly default?: unknown;
  /** What it may be, or the elements of its array; empty if nothing limits them so. */
  readonly choices: readonly Choice[];
  /** Keywords of JSON Schema and their limits, such as `maximum`; `maxLength` and those of numbers may be of the elements of its array. */
  readonly rules: Readonly<Record<string, number>>;
  readonly description?: string;
  /** Its name for people, and the heading that it is shown below. */
  readonly label?: string;
  readonly group?: string;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly changesPrice: boolean;
  /** All that is known of its value, as JSON Schema, with annotations such as `x-step`, which nothing enforces. */
  readonly schema: Schema;
}

export type Schema = Readonly<Record<string, unknown>>;
type Text = "kind" | "label" | "group" | "hint" | "placeholder";
type Given = Pick<ParameterInfo, "name" | "type" | "schema"> & Partial<Omit<ParameterInfo, Text>>;

/** Complete the facts about parameters by what their schemas say. */
export function describe(given: readonly Given[]): readonly ParameterInfo[] {
  return given.map(({ name, type, schema, ...rest }) => ({
    name,
    type,
    types: [],
    isFile: false,
    isRequired: false,
    requiredWith: [],
    requiredUnless: [],
    ...(Object.hasOwn(schema, "default") && { default: schema["default"] }),
    choices: choicesOf(schema),
    rules: rulesOf(schema),
    ...textsOf(schema),
    changesPrice: schema["x-cost"] === true,
    ...rest,
    schema,
  }));
}

/** Return what is text: annotations may have any type. */
function textsOf(schema: Schema): Partial<Record<Text | "description", string>> {
  const found = ["description", "x-kind", "x-label", "x-group", "x-hint", "x-placeholder"]
    .map((keyword) => [keyword.replace("x-", ""), schema[keyword]])
    .filter(([, text]) => typeof text === "string");
  return Object.fromEntries(found) as Partial<Record<Text | "description", string>>;
}

function choicesOf(schema: Schema): Choice[] {
  let leaf = schema;
  while (leaf["type"] === "array" && isObject(leaf["items"])) leaf = leaf["items"];
  const choices = Array.isArray(leaf["enum"]) ? leaf["enum"] : [];
  const labels = isObject(schema["x-labels"]) ? schema["x-labels"] : {};
  return choices.map((value: unknown) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    const label = Object.hasOwn(labels, text) ? labels[text] : undefined;
    return { value, label: typeof label === "string" ? label : text };
  });
}

function rulesOf(schema: Schema): Record<string, number> {
  const { type, items } = schema;
  const own = Object.keys(BROKEN).flatMap((keyword) => {
    const limit = schema[keyword];
    return typeof limit === "number" ? [[keyword, limit]] : [];
  });
  return { ...(type === "array" && isObject(items) && rulesOf(items)), ...Object.fromEntries(own) };
}
