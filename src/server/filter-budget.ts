import { DEFAULT_FILTER_INDEX_OPTIONS } from "../filter/index.ts";

const MAX_STEPS = 1_000_000;
/** Cells cost more time than steps. */
const STEPS_PER_CELL = 4;

/** What one evaluation of a filter of a caller may cost: some tenths of a second, in which the whole daemon waits. */
export const CALLER_FILTER_BUDGET: typeof DEFAULT_FILTER_INDEX_OPTIONS.budget = {
  ...DEFAULT_FILTER_INDEX_OPTIONS.budget,
  maxSteps: MAX_STEPS,
  maxCells: MAX_STEPS / STEPS_PER_CELL,
};
