/** The parameters that a page sends: the model's function judges them, and files must be the user's own. */

import { InvalidRequest } from "../errors.js";
import { loadModel } from "../functions.js";
import { pointerTo } from "../pointers.js";
import type { Problem } from "../problems.js";
import { anyModel, type ModelRequest } from "../requests.js";
import { mapLeaves } from "../trees.js";
import { show } from "../values.js";
import { ASSET_ID, MODEL_ID } from "./facts.js";
import { Refusal } from "./replies.js";

const MAX_IDS = 1000;

/** A text that is no `shared` one, and stands for a file or may be the id of an asset or of a model. */
interface Named {
  readonly text: string;
  readonly pointer: string;
  readonly isFile: boolean;
}

/**
 * Make a request of parameters, which is sent as it is: what it names must be `shared`, or the id of an asset that `readAsset` reads.
 *
 * @throws {InvalidRequest} The parameters break the rules of the model, or name what is not the user's.
 */
export async function checkParameters(
  modelId: string,
  given: Readonly<Record<string, unknown>>,
  shared: ReadonlySet<string>,
  readAsset: (signed: string) => Promise<string | undefined>,
): Promise<ModelRequest> {
  const make = await loadModel(modelId);
  const request: ModelRequest = make(given);
  const body = request.body();
  const named = listNamed(request, body).filter(({ text }) => !shared.has(text));
  if (named.length > MAX_IDS) throw new Refusal(413, `the parameters name more than ${MAX_IDS} assets`);
  const ids = new Map<string, string>(); // by pointer
  const foreign: Problem[] = [];
  for (const { text, pointer, isFile } of named) {
    const id = isFile ? await readAsset(text) : undefined;
    if (id === undefined) foreign.push({ pointer, code: "type", message: sayForeign(text, isFile) });
    else ids.set(pointer, id);
  }
  if (foreign.length) throw new InvalidRequest(modelId, foreign);
  const own = ids.size ? mapLeaves(body, (leaf, path) => ids.get(pointerTo(...path)) ?? leaf) : body;
  return anyModel(modelId, own as Record<string, unknown>); // nothing of it is uploaded
}

function listNamed(request: ModelRequest, body: Readonly<Record<string, unknown>>): Named[] {
  const named: Named[] = [];
  mapLeaves(body, (leaf, path) => {
    if (typeof leaf !== "string") return;
    const isFile = request.wantedKind(path) !== undefined || ASSET_ID.test(leaf);
    if (isFile || MODEL_ID.test(leaf)) named.push({ text: leaf, pointer: pointerTo(...path), isFile });
  });
  return named;
}

function sayForeign(text: string, isFile: boolean): string {
  if (!isFile) return `${show(text)} is a model that pages may not name`;
  return `${show(text)} is not an asset of yours; upload the file`;
}
