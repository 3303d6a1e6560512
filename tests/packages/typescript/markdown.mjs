/** For each line, a list of Markdown texts as JSON: print what each renderer makes of them, a list of HTML by its name. */

import { createInterface } from "node:readline";

import MarkdownIt from "markdown-it";
import { Marked } from "marked";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";

// Each as permissive as it can be set: HTML passes, and whatever may be a link is one.
const dangerous = { allowDangerousHtml: true };
const remark = unified().use(remarkParse).use(remarkGfm).use(remarkRehype, dangerous).use(rehypeStringify, dangerous);
const markdownIt = new MarkdownIt({ html: true, linkify: true });
markdownIt.linkify.set({ fuzzyLink: true, fuzzyEmail: true, fuzzyIP: true });
const marked = new Marked({ gfm: true });

const RENDERERS = {
  "markdown-it": (text) => markdownIt.render(text),
  marked: (text) => marked.parse(text),
  "remark-gfm": (text) => String(remark.processSync(text)),
};

for await (const line of createInterface({ input: process.stdin })) {
  const texts = JSON.parse(line);
  const made = Object.entries(RENDERERS).map(([name, render]) => [name, texts.map(render)]);
  console.log(JSON.stringify(Object.fromEntries(made)));
}
