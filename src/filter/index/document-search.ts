import { XmlElement, type XmlDocument } from "../../xml/index.ts";
import type { Group, HitSink } from "./group.ts";
import type { PathAutomaton, PathState } from "./path-automaton.ts";
import type { PathNode } from "./path-node.ts";
import type { PathValues } from "./path-values.ts";

/** Goes through a document once and looks at the groups wherever they may find something. One search at a time. */
export class DocumentSearch {
  readonly #automaton: PathAutomaton;
  readonly #loaded: PathValues[] = [];
  readonly #nodes: PathNode[] = [];
  readonly #groups: Group[] = [];

  constructor(automaton: PathAutomaton) {
    this.#automaton = automaton;
  }

  run(document: XmlDocument, sink: Omit<HitSink, "loaded">): void {
    const full: HitSink = {
      hit: (entry, isCertain) => sink.hit(entry, isCertain),
      mayProbe: () => sink.mayProbe(),
      probe: (entry) => sink.probe(entry),
      again: () => sink.again(),
      loaded: (values) => this.#loaded.push(values),
    };
    try {
      const { start } = this.#automaton;
      this.#arrive(start, document, document, full);
      if (start.continues) this.#walk(document, start, document, full);
    } finally {
      this.#forget();
    }
  }

  #walk(parent: XmlElement | XmlDocument, state: PathState, document: XmlDocument, sink: HitSink): void {
    const { children } = parent;
    for (let i = 0; i < children.length; i++) {
      const child = children[i]!;
      if (!(child instanceof XmlElement)) continue;
      const next = this.#automaton.step(state, child.name);
      if (next.nodes.length === 0) continue;
      this.#arrive(next, child, document, sink);
      if (next.continues) this.#walk(child, next, document, sink);
    }
  }

  #arrive(state: PathState, element: XmlElement | XmlDocument, document: XmlDocument, sink: HitSink): void {
    for (const node of state.nodes) {
      if (node.bound > 0 && node.first === undefined) {
        node.first = element;
        this.#nodes.push(node);
      }
      for (const group of node.groups) this.#look(group, element, document, sink);
    }
  }

  #look(group: Group, element: XmlElement | XmlDocument, document: XmlDocument, sink: HitSink): void {
    const { up } = group.plan;
    let bound: XmlElement | XmlDocument = document;
    if (up !== undefined) {
      bound = element;
      for (let i = 0; i < up; i++) bound = (bound as XmlElement).parent;
    }
    if (!group.meets(bound)) return;
    if (group.isFirstMeeting) this.#groups.push(group);
    else sink.again();
    group.search(bound, group.binding.first === bound, sink);
  }

  /** Nothing of the document is kept. */
  #forget(): void {
    for (const values of this.#loaded) values.forget();
    for (const node of this.#nodes) node.first = undefined;
    for (const group of this.#groups) group.forget();
    this.#loaded.length = 0;
    this.#nodes.length = 0;
    this.#groups.length = 0;
  }
}
