/** Blanks, as inputs of forms give them. */

import { follow, pointerTo } from "./pointers.js";
import type { Problem } from "./problems.js";
import { mapLeaves } from "./trees.js";
import { show } from "./values.js";

/**
 * Find the problems of the body of a request. A blank that is wrong is as good as nothing: what must be there is missing. What may be left
 * out is not left out by itself, since a number that was computed wrongly is NaN, too.
 */
export function findWithBlanks(body: unknown, find: (body: unknown) => Problem[]): Problem[] {
  const problems = find(body);
  const blanks = new Map(problems.filter((one) => isBlank(one, body)).map((one) => [one.pointer, one]));
  if (!blanks.size) return problems;
  const found = find(mapLeaves(body, (leaf, path) => (blanks.has(pointerTo(...path)) ? undefined : leaf)));
  for (const { pointer } of found) blanks.delete(pointer);
  const left = [...blanks.values()].map(({ pointer, code }): Problem => {
    const message = `${show(follow(pointer, body)[1])} is blank; fill it in, or leave it out (undefined)`;
    return { pointer, code, message };
  });
  return [...found, ...left];
}

function isBlank({ pointer, code }: Problem, body: unknown): boolean {
  const [path, value] = follow(pointer, body);
  return (value === "" || Number.isNaN(value)) && code !== "unknown" && typeof path.at(-1) === "string";
}
