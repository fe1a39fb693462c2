import { and, atom, formulaText, MISSING, not, or, withoutProperties, type Atom, type Formula } from "./formula.ts";
import { partTest } from "./property-conditions.ts";

/** Characters of a selector at most; a longer one restricts nothing instead. */
const MAX_LENGTH = 4096;

/** What senders say of an event's type outside of the document. */
export interface TypeLabels {
  /** The property that has the type. */
  readonly property: string;
  /** How the types begin that are made of an event's name: what follows is the name. */
  readonly prefix: string;
  /** The types that senders may give events of this name. */
  readonly typesOf: (eventName: string) => readonly string[];
}

/**
 * The JMS selector of the conditions of all event types: true for every message whose event the filter matches, when all senders
 * promote the same fields. Event types that the filter cannot match have no say.
 *
 * @returns undefined when nothing restricts the messages
 */
export function impliedSelector(conditions: ReadonlyMap<string, Formula>): string | undefined {
  return selectorText(or(...conditions.values()));
}

/**
 * The same with the type of the event, and `open` to foreign senders: a message without type, or with a type of another kind, is
 * selected, and one that lacks a property is selected as if it had the right value.
 */
export function labelledSelector(
  conditions: ReadonlyMap<string, Formula>,
  labels: TypeLabels,
  { open }: { readonly open: boolean },
): string | undefined {
  if ([...conditions.values()].every((condition) => withoutProperties(condition) === true)) return undefined;
  const known = labelledConditions(conditions, labels, open);
  if (!open) return selectorText(known);
  const foreign = foreignCondition(conditions, labels);
  return foreign === undefined ? undefined : selectorText(or(atom(labels.property, MISSING), foreign, known));
}

/** Event types of which the same holds stand together. */
function labelledConditions(conditions: ReadonlyMap<string, Formula>, labels: TypeLabels, open: boolean): Formula {
  const groups = new Map<string, { readonly condition: Formula; readonly types: string[] }>();
  for (const [eventName, itsCondition] of conditions) {
    const condition = open ? withoutProperties(itsCondition) : itsCondition;
    if (condition === false) continue;
    const text = formulaText(condition);
    const group = groups.get(text) ?? { condition, types: [] };
    group.types.push(...labels.typesOf(eventName));
    groups.set(text, group);
  }
  return or(...[...groups.values()].map(({ condition, types }) => and(isOneOf(labels.property, types), condition)));
}

/** The type is none that we know how to read. */
function foreignCondition(
  conditions: ReadonlyMap<string, Formula>,
  { property, prefix, typesOf }: TypeLabels,
): Formula | undefined {
  const ours = partTest("starts-with", prefix);
  if (ours === undefined) return undefined;
  const others = [...conditions.keys()].flatMap(typesOf).filter((type) => !type.startsWith(prefix));
  const denials = [not(atom(property, ours))];
  if (others.length > 0) denials.push(not(isOneOf(property, others)));
  return and(...denials);
}

function isOneOf(property: string, values: readonly string[]): Atom {
  const [first, ...others] = new Set(values);
  return others.length === 0 && first !== undefined
    ? atom(property, { kind: "compare", operator: "=", value: first })
    : atom(property, { kind: "in", values: [first ?? "", ...others] });
}

function selectorText(formula: Formula): string | undefined {
  const text = formula === true ? undefined : formulaText(formula);
  return text === undefined || text.length > MAX_LENGTH ? undefined : text;
}
