import type { ExpandedName } from "../../../xml/index.ts";
import type { ComponentTable } from "../../model/component-table.ts";
import type { Random } from "../random.ts";
import type { SampleElement } from "../sample-tree.ts";
import type { ValueSampler } from "../values/value-sampler.ts";

/** One way to break one rule at one element of a valid document. */
export interface Breakage {
  /** What takes the place of the element. */
  readonly replacement: SampleElement;
  /** Where the rule is broken: the replacement, or one of its children. */
  readonly at: SampleElement;
  /** The attribute that is wrong. */
  readonly attribute?: ExpandedName;
  /** `cvc-…`, as in the problem that validation reports. */
  readonly rule: string;
  /** Tells breakages of an element apart; the same in every document. */
  readonly kind: string;
  /** What was done, in words. */
  readonly description: string;
}

/** What breaking rules needs. */
export interface Breaking {
  readonly table: ComponentTable;
  readonly values: ValueSampler;
  readonly random: Random;
}

/** Finds ways to break rules at an element. */
export type Breaker = (element: SampleElement, breaking: Breaking) => Iterable<Breakage>;
