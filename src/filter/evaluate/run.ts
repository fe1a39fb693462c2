import type { Item, Sequence } from "../values/item.ts";
import { Budget, DEFAULT_BUDGET, type BudgetLimits } from "./budget.ts";
import type { Context } from "./environment.ts";
import { Activation, Focus } from "./focus.ts";
import type { CompiledModule } from "./module.ts";

/** What one evaluation is given. */
export interface RunOptions {
  readonly contextItem?: Item | undefined;
  readonly variables?: ReadonlyMap<string, Sequence>;
  readonly now?: Date;
  readonly limits?: BudgetLimits;
}

/** The context in which the body of a query is evaluated. */
export function contextFor(module: CompiledModule, options: RunOptions = {}): Context {
  const { contextItem, variables = NO_VARIABLES } = options;
  const environment = {
    budget: new Budget(options.limits ?? DEFAULT_BUDGET),
    now: options.now ?? new Date(),
    variables,
    globals: new Array<undefined>(module.globals),
    contextItem,
  };
  const activation = new Activation(environment, new Array<Sequence>(module.slots));
  return contextItem === undefined ? activation : new Focus(activation, contextItem, 1, 1);
}

const NO_VARIABLES: ReadonlyMap<string, Sequence> = new Map();
