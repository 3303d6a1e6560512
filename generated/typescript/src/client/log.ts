/** What a client logs: no key, no signed URL and no body gets into it. */

import { NAME } from "../package.js";
import { show } from "../values.js";

const LEVELS = ["off", "error", "warn", "info", "debug"] as const;
const METHODS = ["error", "warn", "info", "debug"] as const;

/** How much is logged: nothing; lost responses (`warn`, the default); also uploads, jobs and retries (`info`); also each call (`debug`). */
export type LogLevel = (typeof LEVELS)[number];

/** What takes the lines of a log, such as `console`, or a logger of pino or winston. */
export interface Logger {
  readonly error: (message: string) => unknown;
  readonly warn: (message: string) => unknown;
  readonly info: (message: string) => unknown;
  readonly debug: (message: string) => unknown;
}

/** Check what shall take the lines of a log, and how many. */
export function checkLogger(logger: Logger | undefined, level: LogLevel | undefined): void {
  const missing = METHODS.find((name) => logger !== undefined && typeof Object(logger)[name] !== "function");
  if (missing)
    throw new TypeError(`logger must have the methods ${METHODS.join(", ")}, as console has; there is no ${missing}`);
  if (level !== undefined && !LEVELS.includes(level))
    throw new RangeError(`logLevel must be one of ${LEVELS.join(", ")}, not ${show(level)}`);
}

export class Log {
  readonly #logger: Logger | undefined;
  readonly #level: number;

  constructor(logger: Logger | undefined, level: LogLevel = "warn") {
    this.#logger = logger ?? globalThis.console;
    this.#level = LEVELS.indexOf(level);
  }

  warn(text: () => string): void {
    this.#write("warn", text);
  }

  info(text: () => string): void {
    this.#write("info", text);
  }

  debug(text: () => string): void {
    this.#write("debug", text);
  }

  /** Write a line, which is made only if it is wanted. What a logger throws ends no run. */
  #write(level: "warn" | "info" | "debug", text: () => string): void {
    if (this.#level < LEVELS.indexOf(level)) return;
    try {
      const written = this.#logger?.[level](`${NAME}: ${text()}`);
      void Promise.resolve(written).catch(() => undefined);
    } catch {
      // it is theirs
    }
  }
}
