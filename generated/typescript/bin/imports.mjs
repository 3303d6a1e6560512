/**
 * Finds what JavaScript and TypeScript take from the package: each name, its line, whether only its type is used, and whether all functions
 * of models are where it is from.
 *
 * @module
 */

import { NAME } from "./package.mjs";
import { readTokens } from "./tokens.mjs";

const PACKAGE = `"${NAME}`;
const FUNCTIONS = `${PACKAGE}/models`; // the module that exports the functions of all models
const MAX_TOKENS = 20_000; // of a list of names: more than the package exports
const OF_PROMISES = new Set(["then", "catch", "finally", "default"]);

/** Find the names that code takes from the package, and the modules of it that it imports, such as `models/film-a`. */
export function findImported(text) {
  const tokens = readTokens(text);
  const starts = findStarts(tokens);
  const at = Object.assign((index) => tokens[index]?.text ?? "", { start: (index) => starts.get(index) });
  const found = [];
  const aliases = new Map(); // a name of a whole module -> what is said of each name that is taken from it
  const take = (index, said) => {
    const name = at(index).replace(/^"/, "");
    if (/^[\w$]+$/.test(name) && !OF_PROMISES.has(name)) found.push({ name, line: tokens[index].line, ...said });
  };
  const bindAs = (hasFunctions) => (first, isType = false) => {
    if (at(first) === "{")
      for (const [index, ofType] of readNames(at, first)) take(index, { hasFunctions, isType: isType || ofType });
    else if (/^[\w$]+$/.test(at(first))) aliases.set(at(first), { hasFunctions, isType });
  };
  for (const [index, { text: token, line }] of tokens.entries()) {
    if (token.startsWith(`${PACKAGE}/`)) found.push({ module: token.slice(PACKAGE.length + 1), line });
    if (token !== PACKAGE && token !== FUNCTIONS) continue;
    const hasFunctions = token === FUNCTIONS;
    const bind = bindAs(hasFunctions);
    if (at(index - 1) === "from") bindImported(at, index - 2, bind);
    else if (at(index - 1) === "(" && ["import", "require"].includes(at(index - 2)))
      bindCalled(at, index, bind, (one) => take(one, { hasFunctions, isType: false }));
  }
  for (let index = 0; index < tokens.length; index += 1) {
    const isAttribute = at(index - 1) === "." && at(index - 2) !== ".";
    const said = isAttribute ? undefined : aliases.get(at(index));
    if (said) takeFrom(at, index, bindAs(said.hasFunctions), (one) => take(one, said));
  }
  return found;
}

/** Bind what stands between `import` and `from`, given its last token. */
function bindImported(at, last, bind) {
  const first = at(last) === "}" ? at.start(last) : last;
  if (at(first) === "{") bind(first, at(first - 1) === "type");
  else if (at(last - 1) === "as" && at(last - 2) === "*") bind(last, at(last - 3) === "type");
}

/** Bind what `import("package")` is assigned to or handed to, or take what is read from it, given the string. */
function bindCalled(at, index, bind, take) {
  let before = index - 3;
  let after = index + 2;
  if (at(before) === "await") before -= 1;
  if (at(before) === "(" && at(after) === ")") [before, after] = [before - 1, after + 1];
  if (at(after) === "." && at(after + 1) === "then") {
    after += 3;
    while (["(", "async"].includes(at(after))) after += 1;
    bind(after);
  } else if (at(after) === "." || at(after) === "[") take(after + 1);
  else if (at(before) === "=") bind(at(before - 1) === "}" ? at.start(before - 1) : before - 1);
}

/** Take what is read from a name of the package, given its token. */
function takeFrom(at, index, bind, take) {
  const next = at(index + 1) === "?" && at(index + 2) === "." ? index + 2 : index + 1;
  if (at(next) === ".") take(at(next + 1) === "[" ? next + 2 : next + 1);
  else if (at(next) === "[") {
    if (at(next + 1).startsWith('"')) take(next + 1);
  } else if (at(index - 1) === "=" && at(index - 2) === "}") bind(at.start(index - 2));
}

/** Find the brace that opens what each closing brace closes. */
function findStarts(tokens) {
  const starts = new Map();
  const open = [];
  for (const [index, { text }] of tokens.entries()) {
    if (text === "{") open.push(index);
    else if (text === "}") starts.set(index, open.pop() ?? index);
  }
  return starts;
}

/** Find the names between braces, `filmA as a`, `filmA: a` or `type FilmA`: the token of each, and whether it is a type. */
function* readNames(at, first) {
  for (let index = first + 1, depth = 1; at(index) && index < first + MAX_TOKENS; index += 1) {
    const isFirst = depth === 1 && (at(index - 1) === "," || index === first + 1);
    if ("{[(".includes(at(index))) depth += 1;
    if ("}])".includes(at(index))) depth -= 1;
    if (depth === 0) return;
    if (!isFirst) continue;
    const isType = at(index) === "type" && /^\w/.test(at(index + 1)) && at(index + 1) !== "as";
    yield [isType ? index + 1 : index, isType];
  }
}
