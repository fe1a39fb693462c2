import type { ExpandedName } from "../../xml/index.ts";
import { INTEGER } from "./atomic-type.ts";
import { FunctionItem } from "./function-item.ts";
import type { AtomicValue, Sequence } from "./item.ts";
import { toInteger } from "./numeric.ts";
import { QueryError } from "./query-error.ts";
import { ANYTHING, type SequenceType } from "./sequence-type.ts";

/** An array (XDM 3.1, section 2.9.2): immutable; a function from positions, which count from 1, to members. */
export class ArrayItem extends FunctionItem {
  readonly name: ExpandedName | undefined = undefined;
  readonly parameters: readonly SequenceType[] = POSITION;
  readonly result: SequenceType = ANYTHING;
  readonly members: readonly Sequence[];

  constructor(members: readonly Sequence[]) {
    super();
    this.members = members;
  }

  /** @throws QueryError FOAY0001 when there is no member at the position */
  get(position: bigint): Sequence {
    const member = position < 1n || position > this.members.length ? undefined : this.members[Number(position) - 1];
    if (member !== undefined) return member;
    throw new QueryError("FOAY0001", `the array has ${this.members.length} members; there is none at ${position}`);
  }

  override call([position]: readonly Sequence[]): Sequence {
    return this.get(toInteger(position![0] as AtomicValue)!);
  }
}

const POSITION: readonly SequenceType[] = [{ item: { kind: "atomic", type: INTEGER }, occurrence: "" }];
