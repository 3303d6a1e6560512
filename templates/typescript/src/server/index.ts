/** For a server that keeps the key, so that pages can run models. Nothing of it belongs in a page. */

export { createHandler, type Handler } from "./handler.js";
export { type NodeRequest, type NodeResponse, toNodeHandler } from "./node.js";
export type { HandlerOptions } from "./options.js";
export type { Store } from "./store.js";
