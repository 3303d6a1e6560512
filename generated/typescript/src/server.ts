/** For a server that keeps the key, so that pages can run models. Nothing of it belongs in a page. */

export { createHandler, type Handler } from "./server/handler.js";
export { type NodeRequest, type NodeResponse, toNodeHandler } from "./server/node.js";
export type { HandlerOptions } from "./server/options.js";
export type { Store } from "./server/store.js";
