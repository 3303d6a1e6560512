/** Events that the service posts to a webhook: what reads them, without the client. */

export { type EventType, InvalidEvent, parseEvent, type WebhookEvent } from "./client/events.js";
