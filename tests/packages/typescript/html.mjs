/**
 * Say what browsers make of pages, by the parser of the HTML standard: a line with a list of pages as JSON gives the nodes
 * of each: `[depth, tag, attributes]` and `[depth, "", text]`; an error is one, a code span and the colors of code are none.
 */

import { createInterface } from "node:readline";

import { parse } from "parse5";

const COLORED = /<span class="c-[a-z0-9]+">([^<]*)<\/span>/g; // half of a page; if a text wrote one, it would be missed
const isDecoration = ({ tagName, attrs }) => tagName === "code" && !attrs.length;

const VOID = new Set(["br", "hr", "img", "input", "link", "meta", "wbr"]);

function read(page) {
  const html = page.replaceAll(COLORED, "$1");
  const nodes = [];
  const fail = (code, place) => nodes.push([0, "#error", [[code, place]]]);
  const onParseError = ({ code, startLine }) => fail(code, `line ${startLine}`);
  const add = (depth, text) => {
    const last = nodes.at(-1);
    if (last?.[0] === depth && last[1] === "") last[2] += text;
    else nodes.push([depth, "", text]);
  };
  const visit = (node, depth) => {
    if (node.nodeName === "#text") return add(depth, node.value);
    if (node.nodeName === "#comment") return nodes.push([depth, "#comment", []]);
    const at = node.sourceCodeLocation;
    if (
      node.tagName &&
      !(at?.startTag && (at.endTag || VOID.has(node.tagName) || html[at.startTag.endOffset - 2] === "/"))
    )
      fail("nested-otherwise-than-written", html.slice(at?.startOffset, at?.startOffset + 60));
    const isPart = node.tagName && !isDecoration(node);
    if (isPart) nodes.push([depth, node.tagName, node.attrs.map(({ name, value }) => [name, value])]);
    for (const child of node.childNodes ?? []) visit(child, isPart ? depth + 1 : depth);
    if (node.content) visit(node.content, depth + 1);
  };
  visit(parse(html, { onParseError, sourceCodeLocationInfo: true }), 0);
  return nodes;
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(JSON.parse(line).map(read)));
