/** The parameters that a page sends: the model's validator judges them, and files must be the user's own. */

import { InvalidRequest } from "../errors.js";
import type { ParameterInfo } from "../parameter.js";
import { loadParameters } from "../parameters.js";
import { pointerTo } from "../pointers.js";
import type { Problem } from "../problems.js";
import { anyModel, type ModelRequest } from "../requests.js";
import { mapLeaves } from "../trees.js";
import { loadValidator } from "../validators.js";
import { show } from "../values.js";
import { ASSET_ID, Refusal } from "./replies.js";

const MODEL_ID = /^model_[\w.-]+$/;
const MAX_IDS = 1000;

type Path = readonly (string | number)[];

/**
 * Make a request of parameters, which is sent as it is. Each text that may be the id of an asset or of a model is `shared`, or one that
 * `readAsset` reads.
 *
 * @throws {InvalidRequest} The parameters break the rules of the model, or name what is not the user's.
 */
export async function checkParameters(
  modelId: string,
  given: Readonly<Record<string, unknown>>,
  shared: ReadonlySet<string>,
  readAsset: (signed: string) => Promise<string | undefined>,
): Promise<ModelRequest> {
  const [validate, parameters] = await Promise.all([loadValidator(modelId), loadParameters(modelId)]);
  const found: { readonly text: string; readonly pointer: string; readonly isFile: boolean }[] = [];
  const { parameters: copy } = anyModel(modelId, given); // throws if it is nested too deeply
  mapLeaves(copy, (leaf, path) => {
    if (typeof leaf !== "string" || shared.has(leaf)) return;
    const isFile = isFileAt(parameters, path) || ASSET_ID.test(leaf);
    if (isFile || MODEL_ID.test(leaf)) found.push({ text: leaf, pointer: pointerTo(...path), isFile });
  });
  if (found.length > MAX_IDS) throw new Refusal(413, `the parameters name more than ${MAX_IDS} assets`);
  const ids = new Map<string, string>();
  const foreign: Problem[] = [];
  for (const { text, pointer, isFile } of found) {
    const id = isFile ? await readAsset(text) : undefined;
    if (id !== undefined) ids.set(pointer, id);
    else foreign.push({ pointer, code: "type", message: sayForeign(text, isFile) });
  }
  const body = mapLeaves(copy, (leaf, path) => (typeof leaf === "string" && ids.get(pointerTo(...path))) || leaf);
  const problems = [...foreign, ...validate(body)];
  if (problems.length) throw new InvalidRequest(modelId, problems);
  return anyModel(modelId, body as Record<string, unknown>);
}

function sayForeign(text: string, isFile: boolean): string {
  if (!isFile) return `${show(text)} is a model that pages may not name`;
  return `${show(text)} is not an asset of yours; upload the file`;
}

/** Tell whether a parameter takes a file at a path of the body. */
function isFileAt(parameters: readonly ParameterInfo[], path: Path): boolean {
  let infos = parameters;
  let info: ParameterInfo | undefined;
  for (const part of path) {
    info = typeof part === "number" ? info?.items : infos.find(({ name }) => name === part);
    infos = info?.properties ?? [];
  }
  return info?.isFile ?? false;
}
