import { XmlElement, type XmlAttribute } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import type { ElementDeclaration, IdentityConstraint } from "../model/components.ts";
import type { SimpleTypeChecker } from "../values/index.ts";
import {
  explainDuplicate,
  explainFieldWithoutValue,
  explainMissingField,
  explainSeveralFields,
  explainUnknownKey,
} from "./explain-identity.ts";
import { parseIdentityPath, selectNodes, type IdentityPath } from "./identity-path.ts";
import type { ProblemList } from "./problem-list.ts";
import { attributeChecker, type ComplexTypeView } from "./type-view.ts";

/** What is known of an element that was judged. */
export interface JudgedElement {
  readonly isNillable: boolean;
  readonly view: ComplexTypeView | undefined;
  /** What checks its text, when it holds a valid value. */
  readonly checker: SimpleTypeChecker | undefined;
  /** Its text, or the default value. */
  readonly text: string;
}

/** Checks keys, references to keys and uniqueness (XML Schema 1.0 part 1, section 3.11.4). */
export class IdentityChecks {
  readonly #table: ComponentTable;
  readonly #problems: ProblemList;
  readonly #judged = new Map<XmlElement, JudgedElement>();
  /** The node tables by the name of the constraint, in the order in which their elements ended. */
  readonly #nodeTables = new Map<string, NodeTable[]>();

  constructor(table: ComponentTable, problems: ProblemList) {
    this.#table = table;
    this.#problems = problems;
  }

  /** Takes note of an element that a selector or field may select. */
  note(element: XmlElement, judged: JudgedElement): void {
    this.#judged.set(element, judged);
  }

  /** Checks the constraints of an element, after everything in it. */
  check(element: XmlElement, { identityConstraints }: ElementDeclaration): void {
    for (const constraint of identityConstraints) {
      if (constraint.kind !== "keyref") this.#collect(element, constraint);
    }
    for (const constraint of identityConstraints) {
      if (constraint.kind === "keyref") this.#follow(element, constraint);
    }
  }

  #collect(scope: XmlElement, constraint: IdentityConstraint): void {
    const entries = new Map<string, XmlElement>();
    for (const { element, key, values } of this.#sequences(scope, constraint)) {
      if (!entries.has(key)) {
        entries.set(key, element);
        continue;
      }
      const code = `cvc-identity-constraint.${constraint.kind === "key" ? "4.2.2" : "4.1"}`;
      this.#problems.add(element, code, explainDuplicate(element, constraint, values));
    }
    const name = String(constraint.name);
    const tables = this.#nodeTables.get(name);
    if (tables === undefined) this.#nodeTables.set(name, [{ scope, entries }]);
    else tables.push({ scope, entries });
  }

  #follow(scope: XmlElement, constraint: IdentityConstraint): void {
    const known = this.#keysWithin(scope, String(constraint.refer));
    for (const { element, key, values } of this.#sequences(scope, constraint)) {
      if (known.has(key)) continue;
      this.#problems.add(element, "cvc-identity-constraint.4.3", explainUnknownKey(element, constraint, values));
    }
  }

  /** The key sequences of an element and of what is in it; one that two of its descendants have does not count. */
  #keysWithin(scope: XmlElement, name: string): ReadonlySet<string> {
    const inner = new Map<string, XmlElement | undefined>();
    const tables = this.#nodeTables.get(name) ?? [];
    for (let i = tables.length - 1; i >= 0 && tables[i]!.scope.offset >= scope.offset; i--) {
      const { scope: owner, entries } = tables[i]!;
      if (owner === scope) return new Set([...entries.keys(), ...this.#unambiguous(inner)]);
      for (const [key, element] of entries) {
        inner.set(key, inner.has(key) && inner.get(key) !== element ? undefined : element);
      }
    }
    return new Set(this.#unambiguous(inner));
  }

  #unambiguous(keys: ReadonlyMap<string, XmlElement | undefined>): readonly string[] {
    return [...keys].flatMap(([key, element]) => (element === undefined ? [] : key));
  }

  /** The selected elements that have all fields; reports what is wrong with the fields of the others. */
  *#sequences(scope: XmlElement, constraint: IdentityConstraint): Iterable<KeySequence> {
    const { selector, fields } = pathsOf(constraint);
    for (const element of selectNodes(selector, scope)) {
      if (!(element instanceof XmlElement)) continue;
      const parts = fields.map((field, index) => this.#fieldValue(element, constraint, field, index));
      const present = parts.filter((part) => part !== undefined);
      if (present.length < parts.length) continue;
      const key = present.map((part) => part.key).join(FIELD_SEPARATOR);
      yield { element, key, values: present.map((part) => part.value) };
    }
  }

  #fieldValue(
    element: XmlElement,
    constraint: IdentityConstraint,
    path: IdentityPath,
    index: number,
  ): { readonly key: string; readonly value: string } | undefined {
    const nodes = [...selectNodes(path, element)];
    const name = constraint.fields[index] ?? "";
    if (nodes.length > 1) {
      this.#problems.add(element, "cvc-identity-constraint.3", explainSeveralFields(element, constraint, name));
      return undefined;
    }
    const [node] = nodes;
    if (node instanceof XmlElement && this.#holdsElements(node)) {
      this.#problems.add(element, "cvc-identity-constraint.3", explainFieldWithoutValue(element, constraint, name));
      return undefined;
    }
    const found = node === undefined ? this.#defaultOf(element, path) : this.#valueOf(node);
    if (found === "unknown") return undefined;
    const isNillableKey =
      constraint.kind === "key" && node instanceof XmlElement && this.#judged.get(node)?.isNillable === true;
    if (found === undefined || isNillableKey) {
      if (constraint.kind === "key") {
        const code = `cvc-identity-constraint.4.2.${isNillableKey ? "3" : "1"}`;
        this.#problems.add(element, code, explainMissingField(element, constraint, name));
      }
      return undefined;
    }
    const { checker, text, scope } = found;
    return { key: checker.key(text, scope), value: checker.normalize(text) };
  }

  #holdsElements(node: XmlElement): boolean {
    const view = this.#judged.get(node)?.view;
    return view !== undefined && view.text === undefined;
  }

  /**
   * The value of a node; undefined for an attribute that is not looked at; `unknown` for nodes that were not judged, or whose
   * value is wrong and reported.
   */
  #valueOf(node: XmlElement | XmlAttribute): FieldValue | "unknown" | undefined {
    if (node instanceof XmlElement) {
      const judged = this.#judged.get(node);
      return judged?.checker === undefined ? "unknown" : { checker: judged.checker, text: judged.text, scope: node };
    }
    const view = this.#judged.get(node.parent)?.view;
    const global = view?.attributeWildcard === undefined ? undefined : this.#table.attribute(node.name);
    const checker =
      view?.attributes.get(String(node.name))?.checker ??
      (global === undefined ? undefined : attributeChecker(global, this.#table));
    if (checker === undefined) {
      return view?.attributeWildcard?.allows(node.name.namespace) === true ? undefined : "unknown";
    }
    const isValid = checker.check(node.value, node.parent) === undefined;
    return !isValid ? "unknown" : { checker, text: node.value, scope: node.parent };
  }

  /** The default value of an attribute that is not there; only attributes of the element itself. */
  #defaultOf(element: XmlElement, path: IdentityPath): FieldValue | undefined {
    const view = this.#judged.get(element)?.view;
    for (const { steps, attribute } of path) {
      if (steps.length > 0 || attribute?.name === undefined) continue;
      const allowed = view?.attributes.get(String(attribute.name));
      const text = allowed?.default ?? allowed?.fixed;
      if (allowed !== undefined && text !== undefined) {
        return { checker: allowed.checker, text, scope: allowed.declaration.source.node };
      }
    }
    return undefined;
  }
}

interface NodeTable {
  readonly scope: XmlElement;
  readonly entries: ReadonlyMap<string, XmlElement>;
}

interface KeySequence {
  readonly element: XmlElement;
  readonly key: string;
  readonly values: readonly string[];
}

interface FieldValue {
  readonly checker: SimpleTypeChecker;
  readonly text: string;
  readonly scope: XmlElement;
}

interface ConstraintPaths {
  readonly selector: IdentityPath;
  readonly fields: readonly IdentityPath[];
}

const knownPaths = new WeakMap<IdentityConstraint, ConstraintPaths>();

function pathsOf(constraint: IdentityConstraint): ConstraintPaths {
  let paths = knownPaths.get(constraint);
  if (paths === undefined) {
    const { node } = constraint.source;
    paths = {
      selector: parseIdentityPath(constraint.selector, node),
      fields: constraint.fields.map((field) => parseIdentityPath(field, node)),
    };
    knownPaths.set(constraint, paths);
  }
  return paths;
}

/** No document can have this character. */
const FIELD_SEPARATOR = "\u0002";
