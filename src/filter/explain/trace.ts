import type { XmlNode } from "../../xml/index.ts";
import { Compiled, type Visitor } from "../evaluate/compiled.ts";
import type { Context } from "../evaluate/environment.ts";
import { BooleanValue } from "../values/effective-boolean-value.ts";
import { isAtomic, typeOf, type Item, type Sequence } from "../values/item.ts";
import { isNode } from "../values/match-type.ts";
import { isNumeric, toNumber } from "../values/numeric.ts";
import { QueryError } from "../values/query-error.ts";

/** Values that are kept of one expression. */
const MAX_SAMPLES = 5;

/** What one expression did during one evaluation of the filter. */
export class Trace {
  evaluations = 0;
  held = 0;
  failed = 0;
  items = 0;
  readonly samples: Item[] = [];
  error: QueryError | RangeError | undefined;
  /** The value of an expression that is not evaluated, because it was known when the filter was compiled. */
  constant: Sequence | undefined;
  /** Whether a node was seen that {@link isSensitive} names. */
  sawSensitive = false;
  readonly #isPredicate: boolean;
  readonly #isSensitive: ((node: XmlNode) => boolean) | undefined;

  /** @param isPredicate a number is then a position */
  constructor(isPredicate: boolean, isSensitive: ((node: XmlNode) => boolean) | undefined) {
    this.#isPredicate = isPredicate;
    this.#isSensitive = isSensitive;
  }

  get constantHolds(): boolean {
    const [first] = this.constant ?? [];
    return first !== undefined && (isNode(first) || atomicTruth(first));
  }

  take(item: Item): void {
    this.items++;
    if (this.samples.length < MAX_SAMPLES) this.samples.push(item);
    if (!this.sawSensitive && isNode(item)) this.sawSensitive = this.#isSensitive?.(item) === true;
  }

  decide(holds: boolean): void {
    if (holds) this.held++;
    else this.failed++;
  }

  /** Decides by what was given: the first item and the number of them. */
  decideBy(first: Item | undefined, count: number, position: number): void {
    if (first === undefined) this.decide(false);
    else if (isNode(first)) this.decide(true);
    else if (count === 1 && isAtomic(first)) {
      if (this.#isPredicate && isNumeric(typeOf(first))) this.decide(toNumber(first) === position);
      else this.decide(atomicTruth(first));
    }
  }

  fail(error: unknown): void {
    if (error instanceof QueryError || error instanceof RangeError) this.error ??= error;
  }
}

/** Undecided values, such as dates, do not hold: whoever asks for their truth gets an error. */
function atomicTruth(item: Item): boolean {
  const value = new BooleanValue();
  try {
    return value.take(item) || value.value;
  } catch (error) {
    if (error instanceof QueryError) return false;
    throw error;
  }
}

/** An expression that is watched. It evaluates exactly as the one inside, and charges the same. */
export class Traced extends Compiled {
  readonly #inner: Compiled;
  readonly #trace: Trace;

  constructor(inner: Compiled, trace: Trace) {
    super(inner.at, inner.traits);
    this.#inner = inner;
    this.#trace = trace;
  }

  override each(context: Context, visit: Visitor): boolean {
    const trace = this.#trace;
    trace.evaluations++;
    let first: Item | undefined;
    let count = 0;
    let isVisiting = false;
    let goesOn: boolean;
    try {
      goesOn = this.#inner.each(context, (item) => {
        if (count++ === 0) first = item;
        trace.take(item);
        isVisiting = true;
        const more = visit(item);
        isVisiting = false;
        return more;
      });
    } catch (error) {
      // An error of the visitor is none of this expression.
      if (!isVisiting) trace.fail(error);
      throw error;
    }
    trace.decideBy(first, count, context.position);
    return goesOn;
  }

  override items(context: Context): Sequence {
    const items = this.#watched(() => this.#inner.items(context));
    for (const item of items) this.#trace.take(item);
    this.#trace.decideBy(items[0], items.length, context.position);
    return items;
  }

  override test(context: Context): boolean {
    if (this.#inner.test === Compiled.prototype.test) return this.#testByItems(context);
    const holds = this.#watched(() => this.#inner.test(context));
    this.#trace.decide(holds);
    return holds;
  }

  /** What Compiled does, so that the items are seen. */
  #testByItems(context: Context): boolean {
    try {
      return super.test(context);
    } catch (error) {
      this.#trace.fail(error);
      throw error;
    }
  }

  #watched<T>(evaluate: () => T): T {
    this.#trace.evaluations++;
    try {
      return evaluate();
    } catch (error) {
      this.#trace.fail(error);
      throw error;
    }
  }
}
