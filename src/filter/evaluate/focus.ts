import type { Item, Sequence } from "../values/item.ts";
import type { Context, Environment } from "./environment.ts";

/** The context inside a step, predicate or simple map: another item, the same variables. */
export class Focus implements Context {
  readonly item: Item | undefined;
  readonly position: number;
  readonly size: number;
  readonly slots: Sequence[];
  readonly environment: Environment;

  constructor(outer: Context, item: Item | undefined, position: number, size: number) {
    this.item = item;
    this.position = position;
    this.size = size;
    this.slots = outer.slots;
    this.environment = outer.environment;
  }
}

/** The context of a function's body: no focus, variables of its own. */
export class Activation implements Context {
  readonly item: Item | undefined = undefined;
  readonly position = 0;
  readonly size = 0;
  readonly slots: Sequence[];
  readonly environment: Environment;

  constructor(environment: Environment, slots: Sequence[]) {
    this.environment = environment;
    this.slots = slots;
  }
}
