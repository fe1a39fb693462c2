import type { ExpandedName } from "../../xml/index.ts";
import type { AtomicValue, Sequence } from "./item.ts";
import type { Environment } from "../evaluate/environment.ts";
import type { SequenceType } from "./sequence-type.ts";

/** A function item (XQuery and XPath Data Model 3.1, section 2.8); maps and arrays are functions, too. */
export abstract class FunctionItem {
  /** Undefined for inline functions, partial applications, maps and arrays. */
  abstract readonly name: ExpandedName | undefined;
  abstract readonly parameters: readonly SequenceType[];
  abstract readonly result: SequenceType;

  get arity(): number {
    return this.parameters.length;
  }

  /** Calls it with arguments that already have the parameters' types. The environment is the caller's. */
  abstract call(args: readonly Sequence[], environment: Environment): Sequence;
}

/** An entry of a map: the key as it was given, and its value. */
export interface MapEntry {
  readonly key: AtomicValue;
  readonly value: Sequence;
}
