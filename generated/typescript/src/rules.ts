/** What validators call a broken rule, and what they say of it. */

/** The keyword of the broken rule in the spec; `unknown` is a parameter that the model does not have, `kind` a file of another kind than it wants. */
export type Code =
  | "required"
  | "type"
  | "enum"
  | "minimum"
  | "maximum"
  | "multipleOf"
  | "minLength"
  | "maxLength"
  | "minItems"
  | "maxItems"
  | "unknown"
  | "kind";

/** What is said of a value that breaks a rule with a limit. */
export const BROKEN: { readonly [Keyword in Code]?: string } = {
  "minimum": "is below {limit}",
  "maximum": "is above {limit}",
  "multipleOf": "is not a multiple of {limit}",
  "minLength": "has fewer characters than {limit}",
  "maxLength": "has more characters than {limit}",
  "minItems": "has fewer elements than {limit}",
  "maxItems": "has more elements than {limit}",
};
