/**
 * A server that keeps the key, as its users write it: by a framework's name, on Node, Deno or Bun. In place of a session, a header says who
 * asks. It says its port. With a folder, it has the page of that folder, too; what a page tells it goes to TOLD.
 */

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import process from "node:process";

import { createHandler, toNodeHandler } from "scenario-models/server";

const [, , framework, folder] = process.argv;

export const handler = createHandler({
  models: ["model_sync-lipsync-v2"],
  authorize: ({ headers }) => headers.get("x-user") ?? "anybody",
  shared: ["asset_sample_audio"],
  origins: process.env.ORIGIN ? [process.env.ORIGIN] : [],
  settle: 600,
});

/** The page of a folder, and the handler; the first response to a paid request is lost, but not the job. */
function servePage() {
  const listen = toNodeHandler(handler);
  let isLost = !process.env.LOST;
  return createServer(async (request, response) => {
    if (request.url.startsWith("/scenario/")) {
      const isPaid = request.url.includes("/generate/") && request.method === "POST";
      if (!isPaid || isLost) return listen(request, response);
      isLost = true;
      return listen(request, { writeHead: () => undefined, end: () => response.destroy() });
    }
    if (request.method === "POST") {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      await fetch(process.env.TOLD, { method: "POST", body: Buffer.concat(chunks) });
      return response.end();
    }
    const name = new URL(request.url, "http://localhost").pathname;
    const content = await readFile(folder + name).catch(() => undefined);
    const type = { ".html": "text/html", ".js": "text/javascript" }[extname(name)] ?? "text/plain";
    response.writeHead(content ? 200 : 404, { "Content-Type": type }).end(content);
  });
}

const say = (port) => console.log(port);
const onceListening = (server) => server.listen(0, "127.0.0.1", () => say(server.address().port));

const FRAMEWORKS = {
  node: async () => onceListening(createServer(toNodeHandler(handler))),
  page: async () => onceListening(servePage()),
  async express() {
    const { default: express } = await import("express");
    const app = express();
    app.use(express.json());
    app.use("/scenario", toNodeHandler(handler));
    const server = app.listen(0, "127.0.0.1", () => say(server.address().port));
  },
  deno: async () => Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: ({ port }) => say(port) }, handler),
  async "hono in bun"() {
    const { Hono } = await import("hono");
    const app = new Hono();
    app.all("/scenario/*", (c) => handler(c.req.raw));
    say(Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: app.fetch }).port);
  },
};

await FRAMEWORKS[framework]();
