/** What this package is called. */

export const NAME = "scenario-models";

/** What ids of models begin with; a command line may leave it out. */
export const PREFIX = "model_";
