import { familyOf } from "../../schema/index.ts";
import type { AtomicType } from "../values/atomic-type.ts";
import * as types from "../values/atomic-type.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import { atomic, type Value, type ValueKind } from "./value.ts";
import type { EventSet } from "./event-set.ts";

/** What is known of the values of an atomic type. */
export function kindOf(type: AtomicType): ValueKind {
  if (type === types.UNTYPED_ATOMIC) return "untyped";
  if (type.primitive === types.BOOLEAN) return "boolean";
  if (type.primitive === types.ANY_URI) return "string";
  return familyOf(type.primitive?.name ?? "") ?? "other";
}

/** Any value of a sequence type. */
export function valueOfType({ item, occurrence }: SequenceType, events: EventSet): Value {
  const empty = occurrence === "?" || occurrence === "*" || item === undefined ? events : 0n;
  if (item === undefined) return { items: [], empty };
  switch (item.kind) {
    case "atomic":
      return { items: [atomic(kindOf(item.type), events)], empty };
    case "union":
      return { items: item.types.map((type) => atomic(kindOf(type), events)).slice(0, 1), empty };
    default:
      return { items: [{ kind: "anything", events }], empty };
  }
}
