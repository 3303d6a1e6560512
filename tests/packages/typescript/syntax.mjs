/**
 * Say what a TypeScript compiler makes of files: each line of `{path: text}` as JSON gives, for each path, its errors, its
 * syntax (without comments; literals by their value), and the tags that it finds in comments.
 */

import { createInterface } from "node:readline";

import ts from "typescript";

function read(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const lines = [];
  const tags = [];
  const visit = (node, depth) => {
    if (ts.isComputedPropertyName(node) && ts.isStringLiteral(node.expression)) node = node.expression; // the same key
    const named =
      ts.isIdentifier(node) ||
      ts.isLiteralExpression(node) ||
      ts.isPrivateIdentifier(node) ||
      ts.isTemplateLiteralToken(node);
    lines.push([depth, ts.SyntaxKind[node.kind], named ? node.text : ""]);
    tags.push(...ts.getJSDocTags(node).map((tag) => tag.tagName.text));
    ts.forEachChild(node, (child) => visit(child, depth + 1));
  };
  visit(file, 0);
  return {
    errors: file.parseDiagnostics.map(({ messageText }) => String(messageText)),
    lines,
    tags,
  };
}

for await (const line of createInterface({ input: process.stdin })) {
  const files = Object.entries(JSON.parse(line));
  console.log(JSON.stringify(Object.fromEntries(files.map(([path, text]) => [path, read(path, text)]))));
}
