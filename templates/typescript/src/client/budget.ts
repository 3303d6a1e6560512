/** What a batch may cost: none of its requests is submitted that would go over. */

import { MaxCostExceeded, SubmissionUnknown } from "./errors.js";
import { UNITS } from "./facts.js";

const ROUNDING = 1e-9; // of a limit: costs are decimal fractions, whose sums as floats are not exact

/** What the requests of a batch cost that were submitted, or are about to be: at most `maxCost`, in creative units. */
export class Budget {
  readonly #maxCost: number;
  #promised = 0;

  constructor(maxCost: number) {
    this.#maxCost = maxCost;
  }

  /**
   * Submit a request that costs so much; throws MaxCostExceeded if that is more than is left. What was promised to it is taken back if it
   * has no job, and will have none.
   */
  async submit<Submitted>(modelId: string, cost: number, submit: () => Promise<Submitted>): Promise<Submitted> {
    if (this.#promised + cost > this.#maxCost * (1 + ROUNDING))
      throw new MaxCostExceeded(modelId, cost, this.#promised, this.#maxCost, UNITS);
    this.#promised += cost;
    try {
      return await submit();
    } catch (error) {
      if (!(error instanceof SubmissionUnknown)) this.#promised -= cost;
      throw error;
    }
  }
}
