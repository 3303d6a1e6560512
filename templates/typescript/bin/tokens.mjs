/**
 * Splits JavaScript and TypeScript into tokens, in one pass: comments are left out, whatever they hold.
 *
 * @module
 */

const WORD = /[\w$]+/y;
const SPACE = /\s+/y;
const MAX_REGEXP = 1000; // characters, so that slashes without an end cost little
// A slash after one of these begins a regular expression; after others it divides, or closes a tag.
const BEFORE_REGEXP = new Set(["", ..."(,=:[!&|?{;+", "return", "typeof"]);

/** Return the tokens of some code: a string begins with a double quote, and has no other. */
export function readTokens(text) {
  const tokens = [];
  const templates = []; // for each template that is open: how many braces are open in its expression
  let line = 1;
  let counted = 0;
  for (let index = 0, end; index < text.length; index = end) {
    const start = text[index] === "}" && templates.at(-1) === 0 ? "`" : text[index];
    end = findEnd(text, index, start, tokens.at(-1)?.text ?? "");
    if (start === "`") {
      if (text[index] === "}") templates.pop();
      if (text.startsWith("${", end - 2) && end - 2 > index) templates.push(0);
    } else if (templates.length && start === "{") templates[templates.length - 1] += 1;
    else if (templates.length && start === "}") templates[templates.length - 1] -= 1;
    const isLeftOut = /\s/.test(start) || (start === "/" && end > index + 1);
    if (isLeftOut) continue;
    line += text.slice(counted, index).split("\n").length - 1;
    counted = index;
    const isString = `"'\``.includes(start);
    tokens.push({ text: isString ? `"${text.slice(index + 1, end - 1)}` : text.slice(index, end), line });
  }
  return tokens;
}

function findEnd(text, index, start, before) {
  if (start === '"' || start === "'" || start === "`") return findEndOfString(text, index, start);
  if (text.startsWith("//", index)) return endOr(text.indexOf("\n", index), text);
  if (text.startsWith("/*", index)) return endOr(text.indexOf("*/", index + 2) + 2, text, 1);
  if (start === "/" && BEFORE_REGEXP.has(before)) return findEndOfRegExp(text, index);
  for (const kind of [SPACE, WORD]) {
    kind.lastIndex = index;
    if (kind.test(text)) return kind.lastIndex;
  }
  return index + 1;
}

/** Return an end, or that of the text if nothing was found: the end is not above the least. */
function endOr(end, text, least = -1) {
  return end > least ? end : text.length;
}

/** Return the end of a string, of its line if it is not closed, or of the part of a template before an expression. */
function findEndOfString(text, index, quote) {
  for (let end = index + 1; end < text.length; end += 1) {
    if (text[end] === "\\") end += 1;
    else if (text[end] === quote) return end + 1;
    else if (quote === "`" && text.startsWith("${", end)) return end + 2;
    else if (quote !== "`" && text[end] === "\n") return end;
  }
  return text.length;
}

/** Return the end of a regular expression; if its line has none, that of its slash. */
function findEndOfRegExp(text, index) {
  let isInClass = false;
  for (let end = index + 1; end < Math.min(text.length, index + MAX_REGEXP) && text[end] !== "\n"; end += 1) {
    if (text[end] === "\\") end += 1;
    else if (text[end] === "/" && !isInClass) return end + 1;
    else if (text[end] === "[") isInClass = true;
    else if (text[end] === "]") isInClass = false;
  }
  return index + 1;
}
