/** What is known of a parameter, as data: enough to build a form without the docs. */

import { BROKEN } from "./codes.js";
import { isObject } from "./values.js";
import { pointerTo } from "./pointers.js";
import type { FilePlaces } from "./problems.js";
import { freeze, type Schema, toJsonSchema } from "./schema.js";

export type JsonType = "string" | "number" | "integer" | "boolean" | "array" | "object";

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
  /** Each entry is a choice between sets of parameters: it is required unless all parameters of one of the sets are there. */
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
  /** Its JSON Schema (2020-12), without annotations. */
  readonly schema: Schema;
}

type Text = "kind" | "label" | "group" | "hint" | "description";

type Properties = Readonly<Record<string, Schema>>;

const OF_FIELDS = ["x-type", "x-name-in-code"]; // what is no annotation
const TEXTS = new Map<string, Text>([
  ["description", "description"],
  ["x-kind", "kind"],
  ["x-label", "label"],
  ["x-group", "group"],
  ["x-hint", "hint"],
]);

/** Read the facts about the parameters of a model in its spec. */
export function readParameters(spec: Schema, files: FilePlaces): readonly ParameterInfo[] {
  return freeze(readProperties(spec, "", files));
}

function readProperties(schema: Schema, at: string, files: FilePlaces): ParameterInfo[] {
  const { properties = {}, required = [], dependentRequired = {}, allOf = [] } = schema;
  const dependents = Object.entries(dependentRequired as Readonly<Record<string, readonly string[]>>);
  const groups = (allOf as readonly { anyOf: readonly { required: readonly string[] }[] }[]).map(({ anyOf }) =>
    anyOf.map((one) => one.required),
  );
  return Object.entries(properties as Properties).map(([name, one]) => ({
    ...read(name, one, at + pointerTo(name), files),
    isRequired: (required as readonly string[]).includes(name),
    requiredWith: dependents.filter(([other, all]) => other !== name && all.includes(name)).map(([other]) => other),
    requiredUnless: groups.filter(([first]) => first?.includes(name)).map((group) => group.slice(1)),
  }));
}

function read(name: string, schema: Schema, at: string, files: FilePlaces): ParameterInfo {
  const { items } = schema;
  const [texts, annotations] = readAnnotations(schema);
  return {
    name,
    type: describeType(schema),
    jsonTypes: listTypes(schema),
    isFile: at in files,
    isRequired: false,
    requiredWith: [],
    requiredUnless: [],
    ...(schema["default"] !== undefined && { default: schema["default"] }),
    choices: readChoices(schema),
    rules: readRules(schema),
    ...(isObject(items) && { items: read(name, { ...saidOfElements(schema), ...items }, at, files) }),
    properties: readProperties(schema, at, files),
    ...texts,
    changesPrice: schema["x-cost"] === true,
    annotations,
    schema: toJsonSchema(schema),
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
  const { "x-type": word, anyOf, items, $ref } = schema;
  if (typeof word === "string") return word;
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map(describeType))].join(" or ");
  if (typeof $ref === "string") return decodeURIComponent($ref.slice($ref.lastIndexOf(":") + 1));
  const types = listTypes(schema);
  if (String(types) === "array" && isObject(items)) return `array of ${describeType(items)}`;
  return types.join(" or ") || "any";
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
