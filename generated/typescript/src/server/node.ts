/** A handler in Node's own server, or in Express. */

import type { Handler } from "./handler.js";

/** Of a request of Node, what is read: Express adds `originalUrl` and, if it has parsed it, the `body`. */
export interface NodeRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly originalUrl?: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly complete: boolean;
  readonly destroyed: boolean;
  readonly body?: unknown;
  on(event: "data", listener: (chunk: Uint8Array) => void): unknown;
  on(event: "end" | "error" | "close", listener: () => void): unknown;
  pause(): unknown;
  resume(): unknown;
}

/** Of a response of Node, what is written. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown;
  end(body?: Uint8Array): unknown;
}

/** Make a listener of a handler: `app.all("/scenario/*path", toNodeHandler(handler))`, `createServer(toNodeHandler(handler))`. */
export function toNodeHandler(handler: Handler): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  return async (incoming, outgoing) => {
    const { status, headers, body } = await answer(handler, incoming);
    const left = incoming.complete ? {} : { Connection: "close" }; // nobody reads the rest of the body
    outgoing.writeHead(status, { ...headers, ...left });
    outgoing.end(body);
  };
}

async function answer(handler: Handler, incoming: NodeRequest) {
  let request: Request;
  try {
    request = toRequest(incoming);
  } catch {
    const body = new TextEncoder().encode('{"reason":"its URL, method or host is none"}');
    return { status: 400, headers: { "content-type": "application/json" }, body };
  }
  const response = await handler(request);
  const body = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: Object.fromEntries(response.headers), body };
}

function toRequest(incoming: NodeRequest): Request {
  const { method = "GET", originalUrl, url = "/" } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined && !name.startsWith(":")) headers.set(name, String(value));
  const target = `http://${headers.get("host") ?? "localhost"}${originalUrl ?? url}`; // joined as texts: `//x` would be a host
  const body = method === "GET" || method === "HEAD" ? null : bodyOf(incoming);
  return new Request(target, { method, headers, body, duplex: "half" } as RequestInit);
}

/** Return the body as a stream; if somebody has parsed it, as text. */
function bodyOf(incoming: NodeRequest): BodyInit {
  if (incoming.body !== undefined) {
    const { body } = incoming;
    return typeof body === "string" || ArrayBuffer.isView(body) ? (body as BodyInit) : JSON.stringify(body);
  }
  let isRead = false;
  let wake = (): void => undefined;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (!isRead) {
          incoming.on("data", (chunk) => {
            incoming.pause();
            controller.enqueue(chunk);
            wake();
          });
          incoming.on("end", () => {
            controller.close();
            wake();
          });
          incoming.on("error", () => undefined); // it closes, too
          incoming.on("close", () => controller.error(new Error("the request broke off"))); // no effect after its end
        }
        isRead = true;
        if (incoming.destroyed) throw new Error("the request broke off");
        incoming.resume();
        return new Promise((resolve) => (wake = resolve));
      },
    },
    { highWaterMark: 0 }, // nothing is read of whoever is refused
  );
}
