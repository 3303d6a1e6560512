/** Models by their ids. */

import { setLazyMessage, UnknownModel } from "./errors.js";
import { show } from "./values.js";
import { nearest } from "./vocabulary.js";

/** Return what a map has for the id of a model; throws UnknownModel. */
export function lookUp<Found>(modelId: string, models: ReadonlyMap<string, Found>): Found {
  const found = models.get(modelId);
  if (found !== undefined) return found;
  const message = () => `there is no model ${show(modelId)}${nearest(modelId, models.keys())}`;
  throw setLazyMessage(new UnknownModel(), message);
}
