/**
 * Say what JavaScript, TypeScript and a package call so themselves: the path of the package's `index.ts` gives JSON, by why.
 *
 * Node itself is asked for the words that can name no function, also where it runs a module as CommonJS; the compiler for its keywords
 * and for what the package exports.
 */

import { readFileSync } from "node:fs";
import Module from "node:module";
import { dirname, join } from "node:path";
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

/** List what a module exports, also that of other modules, but the types of models. */
function listExports(path) {
  const file = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.ESNext);
  return file.statements.flatMap(({ moduleSpecifier, exportClause }) => {
    if (exportClause) return exportClause.elements.map(({ name }) => name.text);
    const from = moduleSpecifier.text;
    return from === "./types.js" ? [] : listExports(join(dirname(path), from.replace(/\.js$/, ".ts")));
  });
}

const exported = [...new Set(listExports(process.argv[2]))];

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
