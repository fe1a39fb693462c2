import { literalText } from "./indexing.ts";
import type { EntryKey, Group } from "./group.ts";
import type { GroupTable } from "./group-table.ts";
import { intervalOf } from "./interval.ts";
import type { KeyedLevel } from "./access-plan.ts";
import type { Subscription } from "./subscription.ts";

/** Where a subscription stands in one of its groups. */
export interface Placement {
  readonly group: Group;
  readonly key: EntryKey;
  /** Whether what is found here matches without another look. */
  readonly isCovered: boolean;
}

/** The places of a subscription: one for each alternative of its filter. Always the same for the same subscription. */
export function placementsOf({ use, literals }: Subscription, table: GroupTable): readonly Placement[] {
  const { shape } = use;
  const isCovered = shape.access.kind === "indexed" && shape.access.isCovered;
  return table.groupsOf(use).map((group, number) => {
    // Groups are shared by shapes: where the literals stand, the shape's own plan knows.
    const plan = shape.access.kind === "indexed" ? shape.access.plans[number]! : group.plan;
    const texts = plan.levels.map(({ literal }) => literalText(shape, literals, literal));
    const keys = plan.levels.map(({ kind }, level) => keyOf(kind, texts[level]!));
    const interval =
      plan.range === undefined
        ? undefined
        : intervalOf(plan.range, ({ literal }) => literalText(shape, literals, literal));
    const isWhole = keys.every((key, level) => key === texts[level]) && interval?.isWide !== true;
    return { group, key: { texts: keys, interval }, isCovered: isCovered && isWhole };
  });
}

/** Units of a prefix or suffix that are looked up; with longer ones, every length that there is would be a long look. */
const MAX_END_LENGTH = 32;

function keyOf(kind: KeyedLevel["kind"], text: string): string {
  switch (kind) {
    case "prefix":
      return text.slice(0, MAX_END_LENGTH);
    case "suffix":
      return text.slice(-MAX_END_LENGTH);
    default:
      return text;
  }
}
