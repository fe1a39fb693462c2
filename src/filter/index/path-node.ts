import type { ExpandedName, XmlDocument, XmlElement } from "../../xml/index.ts";
import type { Group } from "./group.ts";
import { PathValues } from "./path-values.ts";
import { passes, pathText, stepText, type Step } from "./steps.ts";

/** A place in the tree of all paths that filters have: paths that begin alike share their beginning. */
export class PathNode {
  readonly id: number;
  readonly parent: PathNode | undefined;
  readonly step: Step | undefined;
  readonly #children = new Map<string, PathNode>();
  readonly #byName = new Map<ExpandedName, PathNode>();
  /** Children whose test is not the one name. */
  readonly #byTest: PathNode[] = [];
  #deep: PathNode | undefined;
  /** What is looked at when an element is here. */
  readonly groups: Group[] = [];
  /** Groups whose binding is here. */
  bound = 0;
  readonly #values = new Map<string, PathValues>();
  /** The first element of the document that is being matched that is here. */
  first: XmlElement | XmlDocument | undefined;

  constructor(id: number, parent: PathNode | undefined, step: Step | undefined) {
    this.id = id;
    this.parent = parent;
    this.step = step;
  }

  /** Whether elements below may be at a node below this one. */
  get continues(): boolean {
    return this.isDeep || this.#byName.size > 0 || this.#byTest.length > 0;
  }

  get isDeep(): boolean {
    return this.step?.kind === "deep";
  }

  get isUnused(): boolean {
    return this.groups.length === 0 && this.bound === 0 && this.#children.size === 0;
  }

  child(step: Step): PathNode | undefined {
    return this.#children.get(stepText(step));
  }

  addChild(id: number, step: Step): PathNode {
    const node = new PathNode(id, this, step);
    this.#children.set(stepText(step), node);
    if (step.kind === "deep") this.#deep = node;
    else if (step.kind === "child" && step.test.kind === "name") this.#byName.set(step.test.name, node);
    else this.#byTest.push(node);
    return node;
  }

  removeChild(node: PathNode): void {
    const step = node.step!;
    this.#children.delete(stepText(step));
    if (step.kind === "deep") this.#deep = undefined;
    else if (step.kind === "child" && step.test.kind === "name") this.#byName.delete(step.test.name);
    else this.#byTest.splice(this.#byTest.indexOf(node), 1);
  }

  /** Adds the nodes at which a child element of an element that is here is. */
  advance(name: ExpandedName, found: Set<PathNode>): void {
    if (this.isDeep) found.add(this);
    const named = this.#byName.get(name) ?? this.#equallyNamed(name);
    if (named !== undefined) named.enter(found);
    for (const node of this.#byTest) {
      if (node.step?.kind === "child" && passes(node.step.test, name)) node.enter(found);
    }
  }

  /** Adds the node, and the one that is at the same element because `//` may be nothing. */
  enter(found: Set<PathNode>): void {
    found.add(this);
    if (this.#deep !== undefined) found.add(this.#deep);
  }

  /** The values of a path from elements that are here; shared by all groups. */
  values(path: readonly Step[]): PathValues {
    const key = pathText(path);
    let values = this.#values.get(key);
    if (values === undefined) this.#values.set(key, (values = new PathValues(path)));
    values.users++;
    return values;
  }

  release(values: PathValues): void {
    if (--values.users === 0) this.#values.delete(pathText(values.steps));
  }

  /** A name of a document that is not the one object for it. */
  #equallyNamed(name: ExpandedName): PathNode | undefined {
    return name.interned ? undefined : this.#children.get(stepText({ kind: "child", test: { kind: "name", name } }));
  }
}
