/** A handler in Node's own server, or in Express. */

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
  readonly headersSent?: boolean;
  writeHead(status: number, headers: Record<string, string | string[]>): unknown;
  end(body?: Uint8Array): unknown;
}

type Listener = (request: NodeRequest, response: NodeResponse, next?: (error: unknown) => void) => Promise<void>;

/** Make a listener of a handler: `app.all("/scenario/*path", toNodeHandler(handler))`, `createServer(toNodeHandler(handler))`. */
export function toNodeHandler(handler: (request: Request) => Response | Promise<Response>): Listener {
  return async (incoming, outgoing, next) => {
    try {
      const { status, headers, body } = await answer(handler, incoming);
      const left = incoming.complete ? {} : { Connection: "close" }; // nobody reads the rest of the body
      outgoing.writeHead(status, { ...headers, ...left });
      outgoing.end(body);
    } catch (error) {
      if (next) return next(error);
      console.error(error);
      if (!outgoing.headersSent) outgoing.writeHead(500, { Connection: "close" });
      outgoing.end();
    }
  };
}

async function answer(handler: (request: Request) => Response | Promise<Response>, incoming: NodeRequest) {
  let request: Request;
  try {
    request = toRequest(incoming);
  } catch {
    const body = new TextEncoder().encode('{"reason":"the URL, method or Host header is not valid"}');
    return { status: 400, headers: { "content-type": "application/json" }, body };
  }
  const response = await handler(request);
  const body = new Uint8Array(await response.arrayBuffer());
  const cookies = [...response.headers].filter(([name]) => name === "set-cookie").map(([, value]) => value);
  const headers = { ...Object.fromEntries(response.headers), ...(cookies.length && { "set-cookie": cookies }) };
  return { status: response.status, headers, body };
}

function toRequest(incoming: NodeRequest): Request {
  const { method = "GET", originalUrl, url = "/" } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers))
    if (value !== undefined && !name.startsWith(":")) headers.set(name, String(value));
  const host = headers.get("host") ?? "localhost";
  const path = originalUrl ?? url;
  if (!/^[\w.:[\]-]+$/.test(host) || !path.startsWith("/")) throw new TypeError(); // else one would go on in the other
  const body = method === "GET" || method === "HEAD" ? null : bodyOf(incoming);
  return new Request(`http://${host}${path}`, { method, headers, body, duplex: "half" } as RequestInit); // joined as texts: `//x` would be a host
}

/** Return the body as a stream; if somebody has parsed it, as text. */
function bodyOf(incoming: NodeRequest): BodyInit {
  if (incoming.body === undefined) return streamOf(incoming);
  const { body } = incoming;
  return typeof body === "string" || ArrayBuffer.isView(body) ? (body as BodyInit) : JSON.stringify(body);
}

function streamOf(incoming: NodeRequest): ReadableStream<Uint8Array> {
  let isOpen = false;
  let wake = (): void => undefined;
  const open = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    isOpen = true;
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
  };
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    if (!isOpen) open(controller);
    if (incoming.destroyed) throw new Error("the request broke off");
    incoming.resume();
    return new Promise((resolve) => (wake = resolve));
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 }); // nothing is read of whoever is refused
}
