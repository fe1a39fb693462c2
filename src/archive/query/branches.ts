import type { ImpliedCondition, PropertyTest } from "../../filter/index.ts";
import type { KindGroup } from "./kind-conditions.ts";

/** A field that must have a value: found by an index. */
export interface Driver {
  readonly name: string;
  readonly value: string | number | boolean;
}

/** One way to the events of a query: they are found by it, and then must fulfil the rest. */
export interface Branch {
  /** Numbers of the kinds; undefined: all. */
  readonly kinds: readonly number[] | undefined;
  readonly driver: Driver | undefined;
  readonly rest: Exclude<ImpliedCondition, false>;
}

/** Ways that one statement takes; with more of them it takes fewer that are wider. */
const MAX_BRANCHES = 24;
/** Kinds that are looked through one by one. */
const MAX_SINGLE_KINDS = 8;

/**
 * The ways to the events of some groups of kinds. Each of them reads an index in the order of the events, so that a page costs no more
 * than it has rows.
 *
 * @param isAll whether there are no other kinds
 */
export function branchesOf(groups: readonly KindGroup[], isAll: boolean): readonly Branch[] {
  const fine = groups.flatMap((group) => branchesOfGroup(group));
  if (fine.length <= MAX_BRANCHES) {
    const [only] = fine;
    // Nothing is known of any kind: the table in its own order.
    if (isAll && groups.length === 1 && only?.rest === true && fine.every(({ driver }) => driver === undefined)) {
      return [{ kinds: undefined, driver: undefined, rest: true }];
    }
    return fine;
  }
  const kinds = groups.flatMap((group) => group.kinds.map(({ id }) => id));
  return [{ kinds, driver: undefined, rest: true }];
}

function branchesOfGroup({ kinds, condition }: KindGroup): readonly Branch[] {
  const ids = kinds.map(({ id }) => id);
  const driven = drivenBy(condition);
  if (driven !== undefined) return driven.map(({ driver, rest }) => ({ kinds: ids, driver, rest }));
  if (ids.length > MAX_SINGLE_KINDS) return [{ kinds: ids, driver: undefined, rest: condition }];
  return ids.map((id) => ({ kinds: [id], driver: undefined, rest: condition }));
}

interface Driven {
  readonly driver: Driver;
  readonly rest: Branch["rest"];
}

/** Values of fields one of which there must be; undefined where there need be none. */
function drivenBy(condition: Branch["rest"]): readonly Driven[] | undefined {
  if (condition === true) return undefined;
  if (condition.kind === "atom") {
    const value = equalTo(condition.test);
    return value === undefined ? undefined : [{ driver: { name: condition.property, value }, rest: true }];
  }
  const parts = condition.parts.flatMap((part) => (typeof part === "boolean" ? [] : [part]));
  if (condition.kind === "or") {
    const each = parts.map(drivenBy);
    return each.length === condition.parts.length && each.every((one) => one !== undefined) ? each.flat() : undefined;
  }
  const ways = parts.flatMap((part) => {
    const driven = drivenBy(part);
    return driven === undefined ? [] : [{ part, driven }];
  });
  const [best] = ways.sort((a, b) => a.driven.length - b.driven.length);
  if (best === undefined) return undefined;
  const others = parts.filter((part) => part !== best.part);
  return best.driven.map(({ driver, rest }) => ({ driver, rest: bothOf(rest, others) }));
}

function bothOf(rest: Branch["rest"], others: readonly Exclude<ImpliedCondition, boolean>[]): Branch["rest"] {
  const parts = rest === true ? others : [rest, ...others];
  const [first, second] = parts;
  return first === undefined ? true : second === undefined ? first : { kind: "and", parts };
}

function equalTo(test: PropertyTest): Driver["value"] | undefined {
  return test.kind === "compare" && test.operator === "=" ? test.value : undefined;
}
