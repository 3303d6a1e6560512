/**
 * Say what a TypeScript compiler makes of files: `{path: text}` as JSON on the standard input gives, for each path, its errors, its
 * syntax (without comments; literals by their value), and the tags that it finds in comments.
 */

import ts from "typescript";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const files = JSON.parse(Buffer.concat(chunks).toString());

function read(path, text) {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true);
  const lines = [];
  const tags = [];
  const visit = (node, depth) => {
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

process.stdout.write(
  JSON.stringify(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, read(path, text)]))),
);
