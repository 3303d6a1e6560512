/** Models by their ids. */

import { setLazyMessage, UnknownModel } from "./errors.js";
import { show } from "./values.js";
import { nearest } from "./vocabulary.js";

/** Return what a map has for the id of a model; throws UnknownModel, whose message may end with a hint. */
export function lookUp<Found>(modelId: string, models: ReadonlyMap<string, Found>, hint = ""): Found {
  const found = models.get(modelId);
  if (found !== undefined) return found;
  const message = () => `there is no model ${show(modelId)}${nearest(modelId, models.keys())}${hint}`;
  throw setLazyMessage(new UnknownModel(), message);
}
