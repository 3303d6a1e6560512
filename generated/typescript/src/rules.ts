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

/** What is said of a value that breaks a rule with a limit: before the limit, and after it. */
export const BROKEN: { readonly [Keyword in Code]?: readonly string[] } = {
  "minimum": /* @__PURE__ */ "is below {limit}".split("{limit}"),
  "maximum": /* @__PURE__ */ "is above {limit}".split("{limit}"),
  "multipleOf": /* @__PURE__ */ "is not a multiple of {limit}".split("{limit}"),
  "minLength": /* @__PURE__ */ "has fewer characters than {limit}".split("{limit}"),
  "maxLength": /* @__PURE__ */ "has more characters than {limit}".split("{limit}"),
  "minItems": /* @__PURE__ */ "has fewer elements than {limit}".split("{limit}"),
  "maxItems": /* @__PURE__ */ "has more elements than {limit}".split("{limit}"),
};
