import type { XmlDocument, XmlElement } from "../../xml/index.ts";
import type { AccessPlan, KeyedLevel, RangeLevel } from "./access-plan.ts";
import { branchFor, type Branch, type Entry, type Place } from "./branch.ts";
import type { Interval } from "./interval.ts";
import { IntervalSet } from "./interval-set.ts";
import type { PathNode } from "./path-node.ts";
import type { PathValues } from "./path-values.ts";

/** Takes what a group finds. */
export interface HitSink {
  /**
   * @param entry as it was added
   * @param isCertain false where the document has something on which the filter may end in an error
   */
  hit(entry: Entry, isCertain: boolean): void;
  /** Whether filters may still be evaluated only because they can fail. */
  mayProbe(): boolean;
  /** Evaluates one that can only fail, so that the error is counted. */
  probe(entry: Entry): void;
  /** Says that a group is searched again in the same document, so that it may find entries again. */
  again(): void;
  /** Remembers values that must be forgotten when the document is done. */
  loaded(values: PathValues): void;
}

/** Where an entry stands in a group: a text for each level, and the interval of the last one. */
export interface EntryKey {
  readonly texts: readonly string[];
  readonly interval: Interval | undefined;
}

interface Level {
  readonly kind: KeyedLevel["kind"];
  readonly values: PathValues;
  readonly isSingle: boolean;
}

/** Subscriptions whose conjuncts differ in literals only. See {@link AccessPlan}. */
export class Group {
  readonly plan: AccessPlan;
  readonly binding: PathNode;
  readonly trigger: PathNode;
  readonly #required: readonly PathValues[];
  readonly #levels: readonly Level[];
  readonly #range: (Omit<RangeLevel, "path"> & { readonly values: PathValues }) | undefined;
  /** Whether some documents make its filters fail, so that which node comes first matters. */
  readonly #mayFail: boolean;
  /** Whether nodes of the binding may lie in one another, so that they are met more than once. */
  readonly #isNested: boolean;
  #root: Place | undefined;
  #last: XmlElement | XmlDocument | undefined;
  #met: Set<XmlElement | XmlDocument> | undefined;
  size = 0;
  /** Shapes of filters that use it. */
  users = 0;
  /** Whether the last node that it met was the first one of the document. */
  isFirstMeeting = false;

  constructor(plan: AccessPlan, binding: PathNode, trigger: PathNode) {
    this.plan = plan;
    this.binding = binding;
    this.trigger = trigger;
    this.#required = plan.required.map((path) => binding.values(path));
    this.#levels = plan.levels.map(({ kind, path, isSingle }) => ({ kind, values: binding.values(path), isSingle }));
    this.#range = plan.range === undefined ? undefined : { ...plan.range, values: binding.values(plan.range.path) };
    this.#isNested = plan.binding.some(({ kind }) => kind === "deep");
    this.#mayFail = this.#range !== undefined || this.#levels.some(({ isSingle }) => isSingle);
  }

  /** The paths that it reads, to be given back to the binding. */
  get paths(): readonly PathValues[] {
    const range = this.#range === undefined ? [] : [this.#range.values];
    return [...this.#required, ...this.#levels.map(({ values }) => values), ...range];
  }

  add({ texts, interval }: EntryKey, entry: Entry): void {
    this.size++;
    if (texts.length === 0) {
      this.#root = withEntry(this.#root, entry, interval);
      return;
    }
    this.#root ??= branchFor(this.#levels[0]!.kind);
    let branch = this.#root as Branch;
    const last = texts.length - 1;
    for (let i = 0; i < last; i++) {
      const text = texts[i]!;
      let next = branch.places.get(text);
      if (next === undefined) branch.set(text, (next = branchFor(this.#levels[i + 1]!.kind)));
      branch = next as Branch;
    }
    const text = texts[last]!;
    const before = branch.places.get(text);
    const after = withEntry(before, entry, interval);
    if (after !== before) branch.set(text, after);
  }

  remove({ texts, interval }: EntryKey, entry: Entry): void {
    this.size--;
    this.#root = this.#without(this.#root!, texts, 0, interval, entry);
  }

  /** Whether the node of the binding was not met before in this document. */
  meets(node: XmlElement | XmlDocument): boolean {
    if (this.#last === node) return false;
    this.isFirstMeeting = this.#last === undefined;
    this.#last = node;
    if (!this.#isNested) return true;
    this.#met ??= new Set();
    if (this.#met.has(node)) return false;
    this.#met.add(node);
    return true;
  }

  forget(): void {
    this.#last = undefined;
    this.#met = undefined;
  }

  /** Looks at the nodes below one node of the binding. */
  search(node: XmlElement | XmlDocument, isFirst: boolean, sink: HitSink): void {
    if (this.#root === undefined) return;
    for (const values of this.#required) {
      if (values.load(node)) sink.loaded(values);
      if (values.count === 0) return;
    }
    // A node before this one may have made the filter fail, and only one that comes first cannot.
    this.#descend(this.#root, 0, node, isFirst || !this.#mayFail, sink);
  }

  #descend(place: Place, depth: number, node: XmlElement | XmlDocument, isCertain: boolean, sink: HitSink): void {
    const level = this.#levels[depth];
    if (level === undefined) {
      if (place instanceof IntervalSet) this.#hitIntervals(place, node, isCertain, sink);
      else if (Array.isArray(place)) for (const entry of place) sink.hit(entry, isCertain);
      else sink.hit(place as Entry, isCertain);
      return;
    }
    const { values } = level;
    if (values.load(node)) sink.loaded(values);
    if (values.count === 0) return;
    const found: Place[] = [];
    (place as Branch).find(values, found);
    const isStillCertain = isCertain && !(level.isSingle && values.count > 1);
    for (const next of found) this.#descend(next, depth + 1, node, isStillCertain, sink);
  }

  #hitIntervals(set: IntervalSet, node: XmlElement | XmlDocument, isCertain: boolean, sink: HitSink): void {
    const { values, scale, isSingle, isStrict } = this.#range!;
    if (values.load(node)) sink.loaded(values);
    if (values.count === 0) return;
    const span = values.span(scale);
    const fails = (isSingle && values.count > 1) || (isStrict && span.hasOthers);
    const found: Entry[] = [];
    set.collect(span.min, span.max, found);
    for (const entry of found) sink.hit(entry, isCertain && !fails);
    if (!fails || !sink.mayProbe()) return;
    // Those that cannot match any more fail, which is counted.
    const all: Entry[] = [];
    set.collect(-Infinity, Infinity, all);
    for (const entry of all) {
      if (!sink.mayProbe()) return;
      sink.probe(entry);
    }
  }

  #without(
    place: Place,
    texts: readonly string[],
    depth: number,
    interval: Interval | undefined,
    entry: Entry,
  ): Place | undefined {
    const text = texts[depth];
    if (text === undefined) return withoutEntry(place, entry, interval);
    const branch = place as Branch;
    const before = branch.places.get(text)!;
    const after = this.#without(before, texts, depth + 1, interval, entry);
    if (after === undefined) branch.delete(text);
    else if (after !== before) branch.set(text, after);
    return branch.places.size === 0 ? undefined : branch;
  }
}

function withEntry(place: Place | undefined, entry: Entry, interval: Interval | undefined): Place {
  if (interval !== undefined) {
    const set = (place as IntervalSet | undefined) ?? new IntervalSet();
    set.add(interval, entry);
    return set;
  }
  if (place === undefined) return entry;
  if (!Array.isArray(place)) return [place as Entry, entry];
  place.push(entry);
  return place;
}

function withoutEntry(place: Place, entry: Entry, interval: Interval | undefined): Place | undefined {
  if (interval !== undefined) {
    const set = place as IntervalSet;
    set.remove(interval, entry);
    return set.size === 0 ? undefined : set;
  }
  if (!Array.isArray(place)) return undefined;
  place[place.indexOf(entry)] = place.at(-1)!;
  place.pop();
  return place.length === 0 ? undefined : place;
}
