import type { LiteralSyntax } from "../syntax/ast.ts";
import type { Conjunct, ConjunctNode } from "./conjuncts.ts";
import { EXISTS, type Anchor, type Bound, type Scale, type ValueTest } from "./formula.ts";
import { isLeaf, pathText, type Step } from "./steps.ts";

/**
 * How a conjunct is looked up: at every node of the binding path, the values of some paths from there lead to the subscriptions, level by
 * level. Conjuncts that differ in nothing but their literals have equal plans and share a group.
 */
export interface AccessPlan {
  /** Path from the document to the nodes that the levels are about; empty for the document itself. */
  readonly binding: readonly Step[];
  /** Path from the document to the elements at which the group is looked at. */
  readonly trigger: readonly Step[];
  /** How far the binding is above the trigger, in steps; undefined when it is the document. */
  readonly up: number | undefined;
  /** Paths that must have nodes. */
  readonly required: readonly (readonly Step[])[];
  readonly levels: readonly KeyedLevel[];
  readonly range: RangeLevel | undefined;
  /** Equal for equal plans, whatever their literals. */
  readonly key: string;
  /** Why a hit is only a candidate that the filter itself must decide; empty when a hit is a match. */
  readonly reasons: readonly string[];
}

/** A level where a text leads on. */
export interface KeyedLevel {
  readonly kind: "equals" | "prefix" | "suffix" | "contains";
  readonly path: readonly Step[];
  readonly literal: LiteralSyntax;
  /** More than one node is an error. */
  readonly isSingle: boolean;
}

/** The last level, of intervals. */
export interface RangeLevel {
  readonly path: readonly Step[];
  readonly scale: Scale;
  readonly lower: Bound | undefined;
  readonly upper: Bound | undefined;
  readonly isSingle: boolean;
  readonly isStrict: boolean;
}

/** Levels with keys at most; more select little more and cost memory. */
const MAX_LEVELS = 3;

/** A path from the binding, and what is asked of its nodes. */
interface Item {
  readonly steps: readonly Step[];
  readonly test: ValueTest;
}

/** Undefined when nothing in the conjunct can be looked up. */
export function planOf(conjunct: Conjunct): AccessPlan | undefined {
  const { anchor, path } = bindingOf(conjunct);
  const { items, isExact } = itemsAt(anchor, [], conjunct);
  if (anchor === "document" && items.every(({ steps }) => steps.length === 0)) return undefined;
  const reasons = [...new Set(conjunct.reasons)];
  if (!isExact) reasons.push("conditions on the same inner node");
  return arrange(path, items, reasons);
}

/** The innermost node that everything in the conjunct is about. */
function bindingOf({ nodes, tests }: Conjunct): { readonly anchor: Anchor; readonly path: readonly Step[] } {
  let anchor: Anchor = "document";
  let path: readonly Step[] = [];
  for (;;) {
    const inner: readonly ConjunctNode[] = nodes.filter((node) => node.anchor === anchor);
    const [only] = inner;
    if (only === undefined || inner.length > 1 || tests.some((test) => test.anchor === anchor)) break;
    if (isLeaf(only.steps.at(-1)!)) break;
    anchor = only.variable;
    path = [...path, ...only.steps];
  }
  return { anchor, path };
}

/** All tests on a node and on those below it, as tests on the node itself. */
function itemsAt(anchor: Anchor, prefix: readonly Step[], conjunct: Conjunct): { items: Item[]; isExact: boolean } {
  const items: Item[] = conjunct.tests
    .filter((test) => test.anchor === anchor)
    .map(({ steps, test }) => ({ steps: [...prefix, ...steps], test }));
  let isExact = true;
  for (const node of conjunct.nodes.filter((each) => each.anchor === anchor)) {
    const steps = [...prefix, ...node.steps];
    const inner = itemsAt(node.variable, steps, conjunct);
    // Two tests below one node: the same node has to pass both, which the paths no longer say.
    if (inner.items.length > 1 || !inner.isExact) isExact = false;
    if (inner.items.length === 0) inner.items.push({ steps, test: EXISTS });
    items.push(...inner.items);
  }
  return { items, isExact };
}

function arrange(binding: readonly Step[], items: readonly Item[], reasons: string[]): AccessPlan {
  const all = items.map((item) => {
    const { steps, test } = readable(item, reasons);
    return { path: steps, text: pathText(steps), test };
  });
  const levels = all
    .flatMap(({ path, text, test }) =>
      test.kind === "exists" || test.kind === "range" ? [] : [{ ...test, path, text, rank: RANKS[test.kind] }],
    )
    .sort((a, b) => a.rank - b.rank || (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  if (levels.length > MAX_LEVELS) reasons.push(`more than ${MAX_LEVELS} tests of texts`);
  const kept = levels.slice(0, MAX_LEVELS);
  const range = rangeOf(all, reasons);
  const keyed = [...kept.map(({ path }) => path), ...(range === undefined ? [] : [range.path])];
  const firstPath = keyed[0] ?? all[0]?.path ?? [];
  const { trigger, up, isWhole } = triggerOf(binding, firstPath);
  const required = new Map<string, readonly Step[]>();
  for (const { path, text, test } of all) {
    const isImplied = keyed.some((other) => pathText(other).startsWith(text) && startsWith(other, path));
    const isTrigger = isWhole && startsWith(firstPath, path);
    if (test.kind !== "exists" || isImplied || isTrigger || path.length === 0) continue;
    if (isReadable(path)) required.set(text, path);
    else reasons.push(SEVERAL_DEEP);
  }
  const paths = [...required.keys()].sort();
  const key = [
    pathText(binding),
    pathText(trigger),
    up ?? "document",
    paths.join(","),
    ...kept.map(({ kind, text, isSingle }) => `${kind} ${text} ${isSingle}`),
    range === undefined ? "" : `${range.scale} ${pathText(range.path)} ${range.isSingle} ${range.isStrict}`,
  ].join("|");
  return {
    binding,
    trigger,
    up,
    required: paths.map((path) => required.get(path)!),
    levels: kept,
    range,
    key,
    reasons,
  };
}

const SEVERAL_DEEP = "several steps with //";

/** Reading a path with several `//` could take much longer than the document is large; it is followed as far as to notice it. */
function isReadable(path: readonly Step[]): boolean {
  return path.filter(({ kind }) => kind === "deep").length <= 1;
}

function readable(item: Item, reasons: string[]): Item {
  if (item.test.kind === "exists" || isReadable(item.steps)) return item;
  reasons.push(SEVERAL_DEEP);
  return { ...item, test: EXISTS };
}

const RANKS: Readonly<Record<KeyedLevel["kind"], number>> = { equals: 0, prefix: 1, suffix: 2, contains: 3 };

function startsWith(path: readonly Step[], prefix: readonly Step[]): boolean {
  return prefix.length <= path.length && pathText(path.slice(0, prefix.length)) === pathText(prefix);
}

/** The interval of the conjunct; both ends of it may be written as tests of their own. */
function rangeOf(
  items: readonly { readonly path: readonly Step[]; readonly text: string; readonly test: ValueTest }[],
  reasons: string[],
): RangeLevel | undefined {
  const ranges = items.flatMap(({ path, text, test }) => (test.kind === "range" ? [{ ...test, path, text }] : []));
  const [first, ...others] = ranges.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  if (first === undefined) return undefined;
  let { lower, upper } = first;
  for (const other of others) {
    const isSame =
      other.text === first.text &&
      other.scale === first.scale &&
      other.isSingle === first.isSingle &&
      other.isStrict === first.isStrict;
    const hasLower = other.lower !== undefined;
    const hasUpper = other.upper !== undefined;
    if (!isSame || (hasLower && lower !== undefined) || (hasUpper && upper !== undefined)) {
      reasons.push("more than one interval");
      continue;
    }
    lower ??= other.lower;
    upper ??= other.upper;
  }
  if (first.scale === "exact") reasons.push("a comparison of exact numbers");
  const { path, scale, isSingle, isStrict } = first;
  return { path, scale, lower, upper, isSingle, isStrict };
}

/**
 * Where to notice that a path has nodes: at its element when the path goes down step by step, else at the binding itself. From the document
 * every path will do.
 */
function triggerOf(
  binding: readonly Step[],
  path: readonly Step[],
): { readonly trigger: readonly Step[]; readonly up: number | undefined; readonly isWhole: boolean } {
  const leaf = path.findIndex(isLeaf);
  const elements = leaf < 0 ? path : path.slice(0, leaf);
  if (binding.length === 0) return { trigger: elements, up: undefined, isWhole: leaf < 0 };
  const deep = elements.findIndex(({ kind }) => kind === "deep");
  const plain = deep < 0 ? elements : elements.slice(0, deep);
  return { trigger: [...binding, ...plain], up: plain.length, isWhole: leaf < 0 && deep < 0 };
}
