/** What is known of a parameter, as data: enough to build a form without the docs. */

import { isObject, pointerTo } from "./problems.js";
import { BROKEN } from "./rules.js";

export type JsonType = "string" | "number" | "integer" | "boolean" | "array" | "object";

export type Schema = Readonly<Record<string, unknown>>;

/** A value that a parameter may have, and its name for people: the value itself where nobody has given it one. */
export interface Choice {
  readonly value: unknown;
  readonly label: string;
}

/** The facts about a parameter, a property of an object in one, or the elements of an array. What nobody says is undefined. */
export interface ParameterInfo {
  /** Its name in the API. */
  readonly name: string;
  /** The documentation's word for its type, such as `file_array`, or that of JSON. */
  readonly type: string;
  /** The JSON types that it may have; none if any will do. */
  readonly jsonTypes: readonly JsonType[];
  /** Whether it takes files; `kind` says which, such as `video`. */
  readonly isFile: boolean;
  readonly kind?: string;
  /** Whether it must be there; a request sends the default of one that must. */
  readonly isRequired: boolean;
  /** It is required with any of these parameters, too. */
  readonly requiredWith: readonly string[];
  /** It is required where, of one of these, no list of parameters is there whole. */
  readonly requiredUnless: readonly (readonly (readonly string[])[])[];
  readonly default?: unknown;
  /** The values that it may have; none if they are not listed. Those of a boolean are, where one has a label. */
  readonly choices: readonly Choice[];
  /** Its limits, by the keywords of JSON Schema: `{ maxLength: 32000 }`. */
  readonly rules: Readonly<Record<string, number>>;
  /** What the elements of an array are, and the properties of an object, where that is known. */
  readonly items?: ParameterInfo;
  readonly properties: readonly ParameterInfo[];
  readonly description?: string;
  /** Its name for people, and the heading below which the service's own form shows it. */
  readonly label?: string;
  readonly group?: string;
  /** Some advice for people. */
  readonly hint?: string;
  readonly changesPrice: boolean;
  /** What else is said of it and not enforced, such as `x-step`. */
  readonly annotations: Schema;
  /** All that is said of it, as JSON Schema. */
  readonly schema: Schema;
}

type Text = "kind" | "label" | "group" | "hint" | "description";

/** What is written down of a parameter; `files` are the places of files in nested objects: JSON Pointers without indices. */
interface Given extends Pick<ParameterInfo, "name" | "type" | "schema"> {
  readonly isFile?: boolean;
  readonly isRequired?: boolean;
  readonly requiredWith?: ParameterInfo["requiredWith"];
  readonly requiredUnless?: ParameterInfo["requiredUnless"];
  readonly files?: Schema;
}

const OF_FIELDS = ["x-type", "x-name-in-code"]; // what is no annotation
const TEXTS = new Map<string, Text>([
  ["description", "description"],
  ["x-kind", "kind"],
  ["x-label", "label"],
  ["x-group", "group"],
  ["x-hint", "hint"],
]);

/** Complete the facts about parameters by what their schemas say. */
export function describe(given: readonly Given[]): readonly ParameterInfo[] {
  return given.map((one) => complete(one, pointerTo(one.name)));
}

function complete({ name, type, schema, isFile = false, files = {}, ...rest }: Given, at: string): ParameterInfo {
  const { items, properties = {}, required } = schema;
  const [texts, annotations] = readAnnotations(schema);
  const element: Schema | undefined = isObject(items) ? { ...saidOfElements(schema), ...items } : undefined;
  return {
    name,
    type,
    jsonTypes: listTypes(schema),
    isFile,
    isRequired: false,
    requiredWith: [],
    requiredUnless: [],
    ...(schema["default"] !== undefined && { default: schema["default"] }),
    choices: readChoices(schema),
    rules: readRules(schema),
    ...(element && { items: complete({ name, type: describeType(element), schema: element, isFile, files }, at) }),
    properties: Object.entries(properties as Record<string, Schema>).map(([inner, one]) => {
      const isRequired = Array.isArray(required) && required.includes(inner);
      const place = at + pointerTo(inner);
      const isFile = Object.hasOwn(files, place);
      return complete({ name: inner, type: describeType(one), schema: one, isFile, isRequired, files }, place);
    }),
    ...texts,
    changesPrice: schema["x-cost"] === true,
    annotations,
    ...rest,
    schema,
  };
}

/** Read what fields say, and what else is said beside the rules: annotations may have any type. */
function readAnnotations(schema: Schema): [texts: Partial<Record<Text, string>>, annotations: Schema] {
  const texts: Partial<Record<Text, string>> = {};
  const annotations: Record<string, unknown> = {};
  for (const [keyword, one] of Object.entries(schema)) {
    const field = TEXTS.get(keyword);
    const isField = (keyword === "x-cost" && one === true) || (keyword === "x-labels" && hasLabelledChoices(schema));
    if (field && typeof one === "string") texts[field] = one;
    else if (keyword.startsWith("x-") && !OF_FIELDS.includes(keyword) && !isField) annotations[keyword] = one;
  }
  return [texts, annotations];
}

/** Return what an array says of its elements: of which kind they are, and what their choices are called. */
function saidOfElements(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => ["x-kind", "x-labels"].includes(keyword)));
}

function describeType(schema: Schema): string {
  const word = schema["x-type"];
  return typeof word === "string" ? word : listTypes(schema).join(" or ") || "any";
}

function listTypes(schema: Schema): JsonType[] {
  const { anyOf, type = "$ref" in schema ? "object" : [] } = schema;
  if (!Array.isArray(anyOf)) return [type as JsonType | JsonType[]].flat();
  const found = anyOf.map(listTypes);
  return found.every((types) => types.length) ? [...new Set(found.flat())] : [];
}

function readChoices(schema: Schema): Choice[] {
  return listChoices(schema).map((value) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return { value, label: labelOf(schema, text) ?? text };
  });
}

/** Tell whether labels are those of choices, of a value or of the elements of an array. */
function hasLabelledChoices(schema: Schema): boolean {
  const { items } = schema;
  const isOfElements = isObject(items) && hasLabelledChoices({ ...saidOfElements(schema), ...items });
  return isObject(schema["x-labels"]) && (isOfElements || listChoices(schema).length > 0);
}

/** List the choices of a value; of a boolean, both if one of them has a label. */
function listChoices(schema: Schema): readonly unknown[] {
  if (Array.isArray(schema["enum"])) return schema["enum"];
  const isNamed = labelOf(schema, "true") !== undefined || labelOf(schema, "false") !== undefined;
  return isNamed && String(listTypes(schema)) === "boolean" ? [true, false] : [];
}

function labelOf(schema: Schema, choice: string): string | undefined {
  const labels = schema["x-labels"];
  const label = isObject(labels) && Object.hasOwn(labels, choice) ? labels[choice] : undefined;
  return typeof label === "string" ? label : undefined;
}

function readRules(schema: Schema): Record<string, number> {
  const limits = Object.keys(BROKEN).map((keyword) => [keyword, schema[keyword]] as const);
  return Object.fromEntries(limits.filter((one): one is [string, number] => typeof one[1] === "number"));
}
