import { BudgetError } from "../values/query-error.ts";

/** What one evaluation may cost. */
export interface BudgetLimits {
  /** Steps: items visited, comparisons, function calls, characters of strings by 64. Default 50 000 000. */
  readonly maxSteps: number;
  /** Items and characters (by 8) that are held in sequences and strings made by the query. Default 16 000 000. */
  readonly maxCells: number;
  /** Function calls inside one another. Default 500. */
  readonly maxDepth: number;
}

export const DEFAULT_BUDGET: BudgetLimits = { maxSteps: 50_000_000, maxCells: 16_000_000, maxDepth: 500 };

/** Counts down; expressions charge it in their loops. Nothing else stops an evaluation. */
export class Budget {
  #steps: number;
  #cells: number;
  #depth: number;
  readonly #limits: BudgetLimits;

  constructor(limits: BudgetLimits) {
    this.#limits = limits;
    this.#steps = limits.maxSteps;
    this.#cells = limits.maxCells;
    this.#depth = limits.maxDepth;
  }

  /** @throws BudgetError */
  step(count: number = 1): void {
    this.#steps -= count;
    if (this.#steps < 0) throw this.#exceeded("maxSteps", "steps");
  }

  /** Charges memory that lives at least as long as the evaluation may use it. */
  hold(cells: number): void {
    this.#cells -= cells;
    if (this.#cells < 0) throw this.#exceeded("maxCells", "cells of memory");
  }

  /** Charges a function call; {@link leave} gives it back. */
  enter(): void {
    this.#depth--;
    if (this.#depth < 0) throw this.#exceeded("maxDepth", "function calls inside one another");
  }

  leave(): void {
    this.#depth++;
  }

  #exceeded(limit: keyof BudgetLimits, unit: string): BudgetError {
    return new BudgetError(`the evaluation needs more than ${this.#limits[limit]} ${unit} (option ${limit})`);
  }
}
