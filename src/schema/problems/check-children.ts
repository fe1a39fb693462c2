import { XmlElement, type ExpandedName } from "../../xml/index.ts";
import { ENVELOPE_NAME } from "../assemble/envelope.ts";
import { ContentMatcher, type LaterPlace, type Leaf } from "../model/content-matcher.ts";
import type { ElementDeclaration } from "../model/components.ts";
import { nearestName } from "../../nearest-name.ts";
import type { DiagnoseContext } from "./diagnose-context.ts";
import type { Explanation } from "./explanation.ts";
import { explainEmptyEnvelope, explainNoEvent, explainSecondEvent, isEvent } from "./explain-envelope.ts";
import { explainMissing, explainNamespace, explainUnexpected, namesOf } from "./explain-content.ts";
import { Siblings } from "./siblings.ts";
import type { ComplexTypeView } from "./type-view.ts";

/** What a child of an element is judged by. */
export interface ChildPlan {
  readonly child: XmlElement;
  /** Its place in the content model, or the declaration that it has elsewhere; undefined when it is not looked into. */
  readonly judgedBy: Leaf | ElementDeclaration | undefined;
  /** Why it is not allowed where it is. */
  readonly fault: Explanation | undefined;
}

/** What is known of the children of an element. */
export interface ChildrenPlan {
  readonly children: readonly ChildPlan[];
  /** That children are missing. */
  readonly incomplete: Explanation | undefined;
}

/**
 * Follows the content model over the children of an element, and goes on sensibly behind each that is not allowed.
 *
 * - A child that is misspelt, or in the wrong namespace, takes the place of the element that was meant.
 * - Before a child that comes later in the model, what is needed is missing; unless it comes later among the children: then
 *   the order is wrong, and those are reported that are fewer.
 * - Any other child is passed over.
 *
 * @param room faults after which it is in vain to go on
 */
export function planChildren(
  parent: XmlElement,
  view: ComplexTypeView,
  room: number,
  context: DiagnoseContext,
): ChildrenPlan {
  return new ChildrenPlanner(parent, view, context).plan(room);
}

class ChildrenPlanner {
  readonly #parent: XmlElement;
  readonly #view: ComplexTypeView;
  readonly #context: DiagnoseContext;
  readonly #matcher: ContentMatcher;
  readonly #siblings: Siblings;
  readonly #isEnvelope: boolean;
  /** What children that came too late or too early would have been needed for. */
  readonly #missing: (readonly Leaf[])[] = [];
  readonly #misplaced: ExpandedName[] = [];
  #faults = 0;
  #hasEvent = false;

  constructor(parent: XmlElement, view: ComplexTypeView, context: DiagnoseContext) {
    this.#parent = parent;
    this.#view = view;
    this.#context = context;
    this.#matcher = new ContentMatcher(view.particle, context.table);
    this.#siblings = new Siblings(parent);
    this.#isEnvelope =
      !(parent.parent instanceof XmlElement) &&
      parent.name.localName === ENVELOPE_NAME &&
      parent.name.namespace === context.namespace;
  }

  plan(room: number): ChildrenPlan {
    const children: ChildPlan[] = [];
    for (const [index, child] of this.#siblings.elements.entries()) {
      if (this.#faults >= room) break;
      const leaf = this.#matcher.take(child.name);
      if (leaf === undefined) children.push(this.#recover(child, index));
      else children.push({ child, judgedBy: leaf, fault: undefined });
      if (this.#isEnvelope) this.#hasEvent ||= isEvent(child.name, this.#context);
    }
    return { children, incomplete: this.#faults >= room ? undefined : this.#findMissing() };
  }

  #recover(child: XmlElement, index: number): ChildPlan {
    const expected = this.#matcher.expected;
    const { elements } = this.#view;
    const own = elements.get(String(child.name));
    if (own !== undefined) {
      const place = this.#matcher.findLater(child.name);
      if (place !== undefined && this.#goOnBehind(place, index))
        return { child, judgedBy: place.leaf, fault: undefined };
      this.#misplaced.push(child.name);
      return this.#fault(child, own, this.#explain(child, index, expected, undefined));
    }
    const namesake = namesakeIn(expected, child.name);
    if (namesake !== undefined) {
      this.#standIn(namesake, index);
      return this.#fault(child, undefined, this.#explainNamesake(child, expected, namesake));
    }
    const isRepeated = this.#siblings.occursBefore(child.name, index);
    const suggestion =
      nearestName(child.name.localName, namesOf(expected)) ?? (isRepeated ? undefined : this.#nearest(child.name));
    const meant = suggestion === undefined ? undefined : this.#named(suggestion, expected);
    const judgedBy =
      meant !== undefined && this.#standIn(meant, index) ? meant : this.#context.table.element(child.name);
    if (meant === undefined) this.#standInForTheOnlyOnes(expected, index);
    return this.#fault(child, judgedBy, this.#explain(child, index, expected, suggestion));
  }

  /**
   * Where nothing else can come than what is needed next, saying that it is expected says already that it is missing: the child
   * takes its place.
   */
  #standInForTheOnlyOnes(expected: readonly Leaf[], index: number): void {
    const { missing } = this.#matcher;
    const isNeeded = missing.some(
      (leaves) => leaves.length === expected.length && leaves.every((leaf) => expected.includes(leaf)),
    );
    if (!isNeeded || this.#nextOf(expected, index) !== undefined) return;
    for (const { name } of expected.flatMap(({ elements }) => elements)) {
      const place = this.#matcher.findLater(name);
      if (place === undefined || this.#matcher.missingBehind(place).length >= missing.length) continue;
      this.#matcher.continueBehind(place);
      return;
    }
  }

  #fault(child: XmlElement, judgedBy: ChildPlan["judgedBy"], fault: Explanation): ChildPlan {
    this.#faults++;
    return { child, judgedBy, fault };
  }

  /** Lets a child stand for the element it was meant to be; false when there is no place for it beside those that are there. */
  #standIn({ name }: ElementDeclaration, index: number): boolean {
    const others = Math.min(this.#siblings.countAfter(name, index), MAX_OTHERS);
    if (others > 0 && !this.#matcher.accepts(name, 1 + others)) return false;
    if (this.#matcher.accept(name)) return true;
    const place = this.#matcher.findLater(name);
    return place !== undefined && this.#goOnBehind(place, index);
  }

  /** Goes on behind a later place unless it is the child at this index that is in the wrong place. */
  #goOnBehind(place: LaterPlace, index: number): boolean {
    const comeLater = place.skipped.flatMap((leaves) => this.#nextOf(leaves, index) ?? []);
    // The children up to the nearest skipped one would all be out of order.
    if (comeLater.length > 0 && comeLater.length >= Math.min(...comeLater) - index) return false;
    this.#missing.push(...place.skipped.filter((leaves) => this.#nextOf(leaves, index) === undefined));
    this.#matcher.continueBehind(place);
    return true;
  }

  #nextOf(leaves: readonly Leaf[], index: number): number | undefined {
    const found = leaves
      .flatMap(({ elements }) => elements)
      .flatMap(({ name }) => this.#siblings.nextAfter(name, index) ?? []);
    return found.length === 0 ? undefined : Math.min(...found);
  }

  #nearest({ localName }: ExpandedName): string | undefined {
    const candidates = [...this.#view.elements.values()].filter(({ isAbstract }) => !isAbstract);
    return nearestName(
      localName,
      candidates.map(({ name }) => name.localName),
    );
  }

  #named(localName: string, expected: readonly Leaf[]): ElementDeclaration | undefined {
    const all = [...expected.flatMap(({ elements }) => elements), ...this.#view.elements.values()];
    return all.find(({ name }) => name.localName === localName);
  }

  #explain(child: XmlElement, index: number, leaves: readonly Leaf[], suggestion: string | undefined): Explanation {
    if (this.#isEnvelope) {
      return this.#hasEvent ? explainSecondEvent(child.name) : explainNoEvent(child.name, this.#context);
    }
    const isRepeated = this.#siblings.occursBefore(child.name, index);
    return explainUnexpected(child, namesOf(leaves), isRepeated, suggestion);
  }

  #explainNamesake(child: XmlElement, leaves: readonly Leaf[], { name }: ElementDeclaration): Explanation {
    if (this.#isEnvelope) return explainNoEvent(child.name, this.#context);
    return explainNamespace(child, namesOf(leaves), name.namespace);
  }

  #findMissing(): Explanation | undefined {
    const missing = [...this.#missing, ...this.#matcher.missing].filter((leaves) => !this.#isMisplaced(leaves));
    if (missing.length === 0) return undefined;
    if (this.#isEnvelope) {
      if (this.#siblings.elements.length === 0) return explainEmptyEnvelope(this.#context);
      // The element in the place of the event is reported already.
      if (this.#faults > 0) return undefined;
    }
    return explainMissing(this.#parent.name, missing);
  }

  /** Whether the element is there, though in the wrong place; each such child counts once. */
  #isMisplaced(leaves: readonly Leaf[]): boolean {
    const names = leaves.flatMap(({ elements }) => elements.map(({ name }) => String(name)));
    const at = this.#misplaced.findIndex((name) => names.includes(String(name)));
    if (at >= 0) this.#misplaced.splice(at, 1);
    return at >= 0;
  }
}

/** Elements of one name that are tried in a row: enough to tell a small `maxOccurs` from a large one. */
const MAX_OTHERS = 16;

/** The expected element of the same local name in another namespace. */
function namesakeIn(leaves: readonly Leaf[], { localName }: ExpandedName): ElementDeclaration | undefined {
  return leaves.flatMap(({ elements }) => elements).find(({ name }) => name.localName === localName);
}
