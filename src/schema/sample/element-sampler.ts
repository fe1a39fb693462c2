import { internName, sameName, type ExpandedName } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ComplexType, ElementDeclaration, Particle, Term, TypeDefinition, Wildcard } from "../model/components.ts";
import { wildcardAllows } from "../model/content.ts";
import { substitutesOf } from "../model/derivation.ts";
import { XSI_NAMESPACE } from "../model/xsd.ts";
import { viewOf, type ComplexTypeView } from "../problems/type-view.ts";
import { compileSimpleType, type SimpleTypeChecker } from "../values/index.ts";
import { sampleAttributes } from "./attribute-sampler.ts";
import { derivedTypes, type DerivedTypes } from "./derived-types.ts";
import { GivenValues, pathBelow } from "./given-values.ts";
import { heights, type Heights } from "./heights.ts";
import { madeUpNamespace } from "./made-up-names.ts";
import type { Random } from "./random.ts";
import { SampleError } from "./sample-error.ts";
import type { ResolvedSampleOptions } from "./sample-options.ts";
import {
  givenText,
  plainText,
  type SampleAttribute,
  type SampleContent,
  type SampleElement,
  type SampleText,
} from "./sample-tree.ts";
import { ValueSampler } from "./values/value-sampler.ts";
import { sampleWords } from "./values/text-sample.ts";

/** Makes the elements of one document. References to IDs are left empty: which there are is known only in the end. */
export class ElementSampler {
  readonly values: ValueSampler;
  readonly given: GivenValues;
  /** Values that name an ID of the document. */
  readonly references: SampleText[] = [];
  readonly #table: ComponentTable;
  readonly #event: ElementDeclaration;
  readonly #options: ResolvedSampleOptions;
  readonly #random: Random;
  readonly #derived: DerivedTypes;
  readonly #heights: Heights;
  #made = 0;

  /** @param event the event type that stands where the envelope allows any */
  constructor(table: ComponentTable, event: ElementDeclaration, options: ResolvedSampleOptions, random: Random) {
    this.#table = table;
    this.#event = event;
    this.#options = options;
    this.#random = random;
    this.#derived = derivedTypes(table);
    this.#heights = heights(table);
    this.values = new ValueSampler(table, options.maxLength, random);
    this.given = new GivenValues(options.values);
  }

  /**
   * An element of a declaration that is not abstract.
   *
   * @param path the names that lead to it from the event, whose own path is empty; undefined for what is not in the event
   * @throws SampleError when its content can never be complete, or no value could be made
   */
  element(declaration: ElementDeclaration, depth: number = 0, path?: string): SampleElement {
    this.#made++;
    if (this.#heights.ofElement(declaration) === Infinity) {
      throw new SampleError(
        `an element ${declaration.name.localName}`,
        "its content needs itself without end, or is abstract",
      );
    }
    const declared = this.#table.typeOfElement(declaration);
    const type = this.#actualType(declared, declaration, depth);
    const attributes: SampleAttribute[] = [];
    if (type !== declared && type.name !== undefined) {
      const { namespace, localName } = type.name;
      attributes.push({ name: XSI_TYPE, value: this.values.nameIn(namespace, localName) });
    }
    const isNil = this.#isNil(declaration, path);
    if (isNil) attributes.push({ name: XSI_NIL, value: plainText("true") });
    if (type.kind === "simpleType") {
      const content = isNil ? [] : [this.#text(compileSimpleType(type, this.#table), declaration, path)];
      return { kind: "element", name: declaration.name, declaration, type, isNil, attributes, content };
    }
    const view = viewOf(type, this.#table);
    attributes.push(...this.#attributes(view, depth, path));
    const content = isNil ? [] : this.#content(view, declaration, depth, path);
    return { kind: "element", name: declaration.name, declaration, type, isNil, attributes, content };
  }

  #attributes(view: ComplexTypeView, depth: number, path: string | undefined): readonly SampleAttribute[] {
    return sampleAttributes(view, {
      table: this.#table,
      random: this.#random,
      optional: this.#isMinimal(depth) ? 0 : this.#options.optional,
      given: (name) => this.given.valueAt(path, `@${name}`),
      fixed: (checker, text, scope) => this.values.fixed(checker, text, scope),
      make: (checker) => this.#value(checker),
    });
  }

  #value(checker: SimpleTypeChecker): SampleText {
    if (checker.identity !== "IDREF") return this.values.sample(checker);
    const reference: SampleText = { kind: "text", text: "", checker };
    this.references.push(reference);
    return reference;
  }

  #text(checker: SimpleTypeChecker, declaration: ElementDeclaration, path: string | undefined): SampleText {
    const given = this.given.valueAt(path);
    if (given !== undefined) return givenText(given, checker);
    const { fixed, source } = declaration;
    if (fixed !== undefined) return this.values.fixed(checker, fixed, source.node);
    if (declaration.default !== undefined && this.#random.chance(BY_DEFAULT))
      return { kind: "text", text: "", checker };
    return this.#value(checker);
  }

  #content(
    view: ComplexTypeView,
    declaration: ElementDeclaration,
    depth: number,
    path: string | undefined,
  ): readonly SampleContent[] {
    if (view.text !== undefined) return [this.#text(view.text, declaration, path)];
    const given = this.given.valueAt(path);
    if (view.isMixed && given !== undefined) return [plainText(given)];
    if (view.isMixed && declaration.fixed !== undefined) return [plainText(declaration.fixed)];
    const children = view.particle === undefined ? [] : this.#particle(view.particle, depth, path);
    return view.isMixed ? this.#mix(children) : children;
  }

  #mix(children: readonly SampleElement[]): readonly SampleContent[] {
    const words = (): readonly SampleText[] =>
      this.#random.chance(0.5) ? [plainText(sampleWords(this.#random.between(1, 12), this.#random))] : [];
    return [...words(), ...children.flatMap((child) => [child, ...words()])];
  }

  #particle(particle: Particle, depth: number, path: string | undefined): readonly SampleElement[] {
    const children: SampleElement[] = [];
    for (let count = this.#occurrences(particle, depth, path); count > 0; count--) {
      children.push(...this.#term(particle.term, depth, path));
    }
    return children;
  }

  #occurrences({ minOccurs, maxOccurs, term }: Particle, depth: number, path: string | undefined): number {
    const isWanted = maxOccurs > 0 && this.#isWanted(term, path);
    const least = isWanted ? Math.max(minOccurs, 1) : minOccurs;
    if (maxOccurs <= least || this.#isMinimal(depth) || depth + this.#heights.ofTerm(term) > this.#options.maxDepth) {
      return least;
    }
    const most = Math.min(maxOccurs, least + Math.max(this.#options.maxOccurs, least === 0 ? 1 : 0));
    if (!this.#random.chance(this.#options.optional)) return least;
    return this.#random.between(Math.min(least + 1, most), most);
  }

  #term(term: Term, depth: number, path: string | undefined): readonly SampleElement[] {
    switch (term.kind) {
      case "element":
        return [this.#child(term, depth, path)];
      case "elementReference": {
        const head = this.#table.element(term.name);
        return head === undefined
          ? []
          : [this.#child(this.#choose(substitutesOf(head, this.#table), depth, path), depth, path)];
      }
      case "groupReference": {
        const particle = this.#table.group(term.name)?.particle;
        return particle === undefined ? [] : this.#particle(particle, depth, path);
      }
      case "choice": {
        const chosen = this.#chooseParticle(term.particles, depth, path);
        return chosen === undefined ? [] : this.#particle(chosen, depth, path);
      }
      case "sequence":
        return term.particles.flatMap((each) => this.#particle(each, depth, path));
      case "all":
        return this.#random.shuffle(term.particles).flatMap((each) => this.#particle(each, depth, path));
      case "wildcard":
        return [this.#anything(term, depth)];
    }
  }

  #child(declaration: ElementDeclaration, depth: number, path: string | undefined): SampleElement {
    const isEvent = path === undefined && declaration === this.#event;
    return this.element(declaration, depth + 1, isEvent ? "" : pathBelow(path, declaration.name.localName));
  }

  /** One of several elements: the head of a substitution group as often as all others; near the end the flattest one. */
  #choose(candidates: readonly ElementDeclaration[], depth: number, path: string | undefined): ElementDeclaration {
    if (path === undefined && candidates.includes(this.#event)) return this.#event;
    const wanted = candidates.find(({ name }) => this.given.isWantedAt(path, name.localName));
    if (wanted !== undefined) return wanted;
    const usable = candidates.filter((each) => this.#heights.ofElement(each) < Infinity);
    const [first] = usable;
    if (first === undefined) {
      throw new SampleError(
        `an element ${candidates[0]?.name.localName ?? ""}`,
        "nothing that may stand there can be complete",
      );
    }
    const fitting = this.#fitting(usable, depth, (each) => this.#heights.ofElement(each));
    return fitting.includes(first) && this.#random.chance(0.5) ? first : (this.#random.pick(fitting) ?? first);
  }

  #chooseParticle(particles: readonly Particle[], depth: number, path: string | undefined): Particle | undefined {
    const possible = particles.filter(({ maxOccurs }) => maxOccurs > 0);
    const wanted = possible.find(({ term }) => this.#isWanted(term, path));
    if (wanted !== undefined) return wanted;
    const height = ({ minOccurs, term }: Particle): number => (minOccurs === 0 ? 0 : this.#heights.ofTerm(term));
    return this.#random.pick(this.#fitting(possible, depth, height));
  }

  /** What may still be made at a depth; where everything is too high, what is flattest. */
  #fitting<T>(candidates: readonly T[], depth: number, height: (candidate: T) => number): readonly T[] {
    const least = Math.min(Infinity, ...candidates.map(height));
    const most = this.#isMinimal(depth) ? least : Math.max(least, this.#options.maxDepth - depth);
    return candidates.filter((each) => height(each) <= most);
  }

  #actualType(declared: TypeDefinition, declaration: ElementDeclaration, depth: number): TypeDefinition {
    if (declared.kind === "simpleType") return declared;
    if (!declared.isAbstract && !this.#random.chance(DERIVED)) return declared;
    const candidates: readonly ComplexType[] = [
      ...(declared.isAbstract ? [] : [declared]),
      ...this.#derived.for(declared, declaration),
    ].filter((each) => this.#heights.ofType(each) < Infinity);
    return this.#random.pick(this.#fitting(candidates, depth, (each) => this.#heights.ofType(each))) ?? declared;
  }

  #isNil({ isNillable, fixed }: ElementDeclaration, path: string | undefined): boolean {
    if (!isNillable || fixed !== undefined || this.given.isWantedAt(path)) return false;
    return this.#random.chance(NIL);
  }

  /** An element that a wildcard allows: a declared one, or a made-up one where nobody asks for a declaration. */
  #anything(wildcard: Wildcard, depth: number): SampleElement {
    const declared = [...this.#table.elements].filter(
      (each) => wildcardAllows(wildcard, each.name.namespace) && this.#heights.ofElement(each) < Infinity,
    );
    const madeUp =
      wildcard.processContents === "strict" ? undefined : madeUpNamespace((each) => wildcardAllows(wildcard, each));
    const fitting = this.#fitting(declared, depth, (each) => this.#heights.ofElement(each));
    const chosen = madeUp !== undefined && this.#random.chance(0.5) ? undefined : this.#random.pick(fitting);
    // Values are given for what the schema names: what comes through a wildcard has no path.
    if (chosen !== undefined) return this.element(chosen, depth + 1);
    if (madeUp === undefined)
      throw new SampleError("what a wildcard allows", "no declared element is in its namespaces");
    this.#made++;
    return {
      kind: "element",
      name: this.#undeclared(madeUp),
      declaration: undefined,
      type: undefined,
      isNil: false,
      attributes: [],
      content: this.#random.chance(0.5) ? [plainText(sampleWords(this.#random.between(1, 12), this.#random))] : [],
    };
  }

  #undeclared(namespace: string): ExpandedName {
    for (let number = 1; ; number++) {
      const name = internName(namespace, `any${number}`);
      if (this.#table.element(name) === undefined) return name;
    }
  }

  #isWanted(term: Term, path: string | undefined): boolean {
    if (path !== undefined && this.given.isEmpty) return false;
    switch (term.kind) {
      case "element":
        return this.given.isWantedAt(path, term.name.localName);
      case "elementReference": {
        const isHere = sameName(term.name, this.#event.name);
        // A catalog may have hundreds of event types, of which hardly any stands for another one.
        if (path === undefined && (isHere || this.#event.substitutionGroup === undefined)) return isHere;
        const head = this.#table.element(term.name);
        const all = head === undefined ? [] : substitutesOf(head, this.#table);
        if (path === undefined) return all.includes(this.#event);
        return all.some(({ name }) => this.given.isWantedAt(path, name.localName));
      }
      case "groupReference": {
        const particle = this.#table.group(term.name)?.particle;
        return particle !== undefined && this.#isWanted(particle.term, path);
      }
      case "all":
      case "choice":
      case "sequence":
        return term.particles.some((each) => this.#isWanted(each.term, path));
      case "wildcard":
        return false;
    }
  }

  #isMinimal(depth: number): boolean {
    return depth > this.#options.maxDepth || this.#made > this.#options.maxElements;
  }
}

const XSI_TYPE = internName(XSI_NAMESPACE, "type");
const XSI_NIL = internName(XSI_NAMESPACE, "nil");

/** How often an element that may be nil is so. */
const NIL = 0.15;

/** How often a derived type is asked for. */
const DERIVED = 0.25;

/** How often an element is left empty to get its default value. */
const BY_DEFAULT = 0.1;
