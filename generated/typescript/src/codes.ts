/** The codes of problems, and what messages say of rules that have a limit. */

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

/** What is said behind a value that breaks a rule with a limit: before the limit, and after it. */
export const BROKEN: { readonly [Keyword in Code]?: readonly [before: string, after: string] } = {
  "minimum": [" is below ", ""],
  "maximum": [" is above ", ""],
  "multipleOf": [" is not a multiple of ", ""],
  "minLength": [" has fewer characters than ", ""],
  "maxLength": [" has more characters than ", ""],
  "minItems": [" has fewer elements than ", ""],
  "maxItems": [" has more elements than ", ""],
};
