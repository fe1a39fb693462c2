import type { ExpandedName } from "../../xml/index.ts";
import { PathNode } from "./path-node.ts";
import type { Step } from "./steps.ts";

/** The nodes of the path tree at which an element is: a state of the automaton that reads the names from the document down. */
export interface PathState {
  readonly nodes: readonly PathNode[];
  /** Whether anything can be found below the element. */
  readonly continues: boolean;
  /** The states of child elements, as far as they were needed. */
  readonly next: Map<ExpandedName, PathState>;
}

/** States and steps between them that are kept; beyond, all are made anew. Names come from documents, which may be hostile. */
const MAX_REMEMBERED = 20_000;

/**
 * All paths at once. The states of a deterministic automaton are made when a document needs them, so that an element costs one look into a
 * map, however many paths there are (Green, Miklau, Onizuka, Suciu: lazy DFA, ICDT 2003).
 */
export class PathAutomaton {
  readonly root: PathNode = new PathNode(0, undefined, undefined);
  #nextId = 1;
  #start: PathState | undefined;
  readonly #states = new Map<string, PathState>();
  #remembered = 0;

  /** The state at the document itself. */
  get start(): PathState {
    if (this.#start !== undefined) return this.#start;
    const nodes = new Set<PathNode>();
    this.root.enter(nodes);
    this.#start = this.#state(nodes);
    return this.#start;
  }

  /** The state of a child element with that name. */
  step(state: PathState, name: ExpandedName): PathState {
    return state.next.get(name) ?? this.#stepAnew(state, name);
  }

  /** The node of a path, made if need be. */
  node(path: readonly Step[]): PathNode {
    let node = this.root;
    for (const step of path) {
      let child = node.child(step);
      if (child === undefined) {
        child = node.addChild(this.#nextId++, step);
        this.#forget();
      }
      node = child;
    }
    return node;
  }

  /** Takes away a node that nobody uses any more, and those above it that only led there. */
  prune(from: PathNode): void {
    let node = from;
    while (node.parent !== undefined && node.isUnused) {
      node.parent.removeChild(node);
      node = node.parent;
      this.#forget();
    }
  }

  #stepAnew(state: PathState, name: ExpandedName): PathState {
    const nodes = new Set<PathNode>();
    for (const node of state.nodes) node.advance(name, nodes);
    // A name that is not the only object for it may never come again.
    if (!name.interned) return this.#state(nodes);
    if (++this.#remembered > MAX_REMEMBERED) this.#forget();
    const next = this.#state(nodes);
    state.next.set(name, next);
    return next;
  }

  #state(nodes: ReadonlySet<PathNode>): PathState {
    const sorted = [...nodes].sort((a, b) => a.id - b.id);
    const key = sorted.map(({ id }) => id).join(" ");
    let state = this.#states.get(key);
    if (state === undefined) {
      state = { nodes: sorted, continues: sorted.some((node) => node.continues), next: new Map() };
      this.#states.set(key, state);
    }
    return state;
  }

  #forget(): void {
    this.#start = undefined;
    this.#states.clear();
    this.#remembered = 0;
  }
}
