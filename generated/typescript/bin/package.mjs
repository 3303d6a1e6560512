/**
 * What the package is called, which version it has, and what has changed in it.
 *
 * @module
 */

import { readFileSync } from "node:fs";

export { NAME, PREFIX } from "../dist/esm/package.js";

export const { version } = read("../package.json");
export const releases = read("../releases.json");

function read(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
