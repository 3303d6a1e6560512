/**
 * Say what browsers make of pages, by the parser of the HTML standard: each line of `{path: html}` as JSON gives, for each path,
 * its errors and its nodes: `[depth, tag, attributes]`, and `[depth, "", text]`. What only decorates is no node: a code span, and the colors of code.
 */

import { createInterface } from "node:readline";

import { parse } from "parse5";

const isDecoration = ({ tagName, attrs }) =>
  (tagName === "code" && !attrs.length) ||
  (tagName === "span" && attrs.length === 1 && attrs[0].name === "class" && /^c-[a-z0-9]+$/.test(attrs[0].value));

function read(html) {
  const errors = [];
  const nodes = [];
  const add = (depth, text) => {
    const last = nodes.at(-1);
    if (last?.[0] === depth && last[1] === "") last[2] += text;
    else nodes.push([depth, "", text]);
  };
  const visit = (node, depth) => {
    if (node.nodeName === "#text") return add(depth, node.value);
    if (node.nodeName === "#comment") return nodes.push([depth, "#comment", node.data]);
    const isPart = node.tagName && !isDecoration(node);
    if (isPart) nodes.push([depth, node.tagName, node.attrs.map(({ name, value }) => [name, value])]);
    for (const child of node.childNodes ?? []) visit(child, isPart ? depth + 1 : depth);
    if (node.content) visit(node.content, depth + 1);
  };
  const document = parse(html, { onParseError: ({ code, startLine }) => errors.push(`${startLine}: ${code}`) });
  visit(document, 0);
  return { errors, nodes };
}

for await (const line of createInterface({ input: process.stdin })) {
  const files = Object.entries(JSON.parse(line));
  console.log(JSON.stringify(Object.fromEntries(files.map(([path, html]) => [path, read(html)]))));
}
