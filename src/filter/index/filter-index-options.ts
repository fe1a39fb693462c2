import { DEFAULT_BUDGET, type BudgetLimits } from "../evaluate/budget.ts";

/** How a {@link FilterIndex} behaves; all have defaults. */
export interface FilterIndexOptions {
  /**
   * What evaluating one filter once may cost, whatever its own options say. Default a tenth of {@link DEFAULT_BUDGET} in steps and cells:
   * the other subscriptions wait meanwhile.
   */
  readonly budget: BudgetLimits;
  /** So many evaluations that run out of their budget put a subscription into quarantine. Default 3. */
  readonly quarantineAfter: number;
  /** Called, within a match, with the id of a subscription that comes into quarantine; must not change the index. Default: nobody is told. */
  readonly onQuarantine: (id: string) => void;
  /** Alternatives (`or`, lists of values) that one filter is split into at most; beyond, it is indexed less well. Default 64. */
  readonly maxAlternatives: number;
  /**
   * Evaluations per event that can only end in an error (a number is wanted, and the document has none there), made so that the error
   * is counted. Default 1000.
   */
  readonly maxErrorProbes: number;
}

export const DEFAULT_FILTER_INDEX_OPTIONS: FilterIndexOptions = Object.freeze({
  budget: Object.freeze({
    ...DEFAULT_BUDGET,
    maxSteps: DEFAULT_BUDGET.maxSteps / 10,
    maxCells: DEFAULT_BUDGET.maxCells / 10,
  }),
  quarantineAfter: 3,
  onQuarantine: () => {},
  maxAlternatives: 64,
  maxErrorProbes: 1000,
});
