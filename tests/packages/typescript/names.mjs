/**
 * Say what JavaScript, TypeScript and a package call so themselves: the path of the package's `index.ts` gives JSON, by why.
 *
 * Node itself is asked for the words that can name no function, also where it runs a module as CommonJS; the compiler for its keywords
 * and for what the package exports.
 */

import { readFileSync } from "node:fs";
import Module from "node:module";
import { runInNewContext } from "node:vm";

import ts from "typescript";

const tokens = Object.keys(ts.SyntaxKind).map((name) => ts.tokenToString(ts.SyntaxKind[name]));
const words = [...new Set(tokens)].filter((text) => /^[a-z]+$/.test(text ?? ""));

const AsyncFunction = (async () => {}).constructor; // in which `await` is none, as in a module

function isRefused(word) {
  try {
    return !new AsyncFunction(`"use strict"; function ${word}() {}`);
  } catch {
    return true;
  }
}

const file = ts.createSourceFile("index.ts", readFileSync(process.argv[2], "utf8"), ts.ScriptTarget.ESNext);
const exported = file.statements.flatMap((statement) => {
  const from = statement.moduleSpecifier.text;
  return from.startsWith("./models/") ? [] : statement.exportClause.elements.map(({ name }) => name.text);
});

process.stdout.write(
  JSON.stringify({
    words,
    refused: [...words, "arguments", "eval"].filter(isRefused),
    wrapper: Module.wrapper[0].match(/\w+/g).filter((word) => word !== "function"),
    globals: runInNewContext("Object.getOwnPropertyNames(globalThis)"),
    ofObjects: Object.getOwnPropertyNames(Object.prototype),
    ofPromises: Object.getOwnPropertyNames(Promise.prototype),
    exported,
  }),
);
