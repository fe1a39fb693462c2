import { impliedText, RoutingPatterns, type Filter, type ImpliedCondition } from "../../filter/index.ts";
import { eventNameOf, type Catalog } from "../../schema/index.ts";
import type { Kind } from "../kinds.ts";
import { typeFingerprint } from "../type-fingerprint.ts";
import type { ArchiveQuery } from "./archive-query.ts";

/** Kinds of which the same must hold. */
export interface KindGroup {
  readonly kinds: readonly Kind[];
  /** True: nothing is known. */
  readonly condition: Exclude<ImpliedCondition, false>;
}

/** What must be true of the events that a query wants, by their kinds; kinds that none can be of are not there. */
export function kindConditions(
  kinds: readonly Kind[],
  { filter, types }: Pick<ArchiveQuery, "filter" | "types">,
  {
    catalog,
    allowsType = () => true,
  }: { readonly catalog: Catalog | undefined; readonly allowsType: ((type: string) => boolean) | undefined },
): readonly KindGroup[] {
  const implied = filter === undefined || catalog === undefined ? undefined : impliedOf(filter, catalog);
  const groups = new Map<string, { kinds: Kind[]; condition: KindGroup["condition"] }>();
  for (const kind of kinds) {
    if (!isOfType(kind, types) || !(isNameless(kind) || allowsType(kind.type))) continue;
    const condition = implied?.(kind) ?? true;
    if (condition === false) continue;
    const text = impliedText(condition);
    const group = groups.get(text);
    if (group === undefined) groups.set(text, { kinds: [kind], condition });
    else group.kinds.push(kind);
  }
  return [...groups.values()];
}

/** Whether an event with this type is meant, which need not be the one of its kind. */
export function isOfType({ type, name }: Pick<Kind, "type" | "name">, types: readonly string[] | undefined): boolean {
  if (types === undefined || (type === "" && name === "")) return true;
  return types.includes(type) || types.includes(name);
}

/** Whether its events may be of any type. */
function isNameless({ name }: Kind): boolean {
  return name === "";
}

/** Whether a routing key fits a pattern. */
export function routingKeyTest(pattern: string | undefined): (routingKey: string) => boolean {
  if (pattern === undefined) return () => true;
  const patterns = new RoutingPatterns();
  patterns.take(pattern);
  return (routingKey) => patterns.matching(routingKey).length > 0;
}

/** What a filter implies for a kind: nothing unless its events are valid by the types as they are now. */
function impliedOf(filter: Filter, catalog: Catalog): ((kind: Kind) => ImpliedCondition) | undefined {
  const { model } = catalog;
  const conditions = filter.implied({ model });
  if (conditions === undefined) return undefined;
  const fingerprints = new Map<string, string>();
  return ({ name, namespace, fingerprint }) => {
    if (fingerprint === "") return true;
    const eventName = eventNameOf({ localName: name, namespace }, model.namespace);
    const condition = conditions.get(eventName);
    if (condition === undefined) return true;
    let now = fingerprints.get(eventName);
    if (now === undefined) fingerprints.set(eventName, (now = typeFingerprint(model, eventName)));
    return now === fingerprint ? condition : true;
  };
}
