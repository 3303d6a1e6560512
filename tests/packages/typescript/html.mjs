/**
 * Say what browsers make of pages, by the parser of the HTML standard: a line with a list of pages as JSON gives the nodes
 * of each: `[depth, tag, attributes]` and `[depth, "", text]`; an error is one, a code span and the colors of code are none.
 */

import { createInterface } from "node:readline";

import { parse } from "parse5";

const COLORED = /<span class="c-[a-z0-9]+">([^<]*)<\/span>/g; // half of a page; if a text wrote one, it would be missed
const isDecoration = ({ tagName, attrs }) => tagName === "code" && !attrs.length;

function read(html) {
  const nodes = [];
  const onParseError = ({ code, startLine }) => nodes.push([0, "#error", [[code, `line ${startLine}`]]]);
  const add = (depth, text) => {
    const last = nodes.at(-1);
    if (last?.[0] === depth && last[1] === "") last[2] += text;
    else nodes.push([depth, "", text]);
  };
  const visit = (node, depth) => {
    if (node.nodeName === "#text") return add(depth, node.value);
    if (node.nodeName === "#comment") return nodes.push([depth, "#comment", []]);
    const isPart = node.tagName && !isDecoration(node);
    if (isPart) nodes.push([depth, node.tagName, node.attrs.map(({ name, value }) => [name, value])]);
    for (const child of node.childNodes ?? []) visit(child, isPart ? depth + 1 : depth);
    if (node.content) visit(node.content, depth + 1);
  };
  visit(parse(html.replaceAll(COLORED, "$1"), { onParseError }), 0);
  return nodes;
}

for await (const line of createInterface({ input: process.stdin }))
  console.log(JSON.stringify(JSON.parse(line).map(read)));
