import { Group } from "./group.ts";
import { PathAutomaton } from "./path-automaton.ts";
import type { ShapeUse } from "./shape-cache.ts";

/** The groups of all shapes, each at the node of the path tree where it is looked at. */
export class GroupTable {
  readonly automaton: PathAutomaton = new PathAutomaton();
  readonly #groups = new Map<string, Group>();
  readonly #byShape = new Map<ShapeUse, readonly Group[]>();

  get size(): number {
    return this.#groups.size;
  }

  /** The groups of a shape, one for each of its plans. */
  groupsOf(use: ShapeUse): readonly Group[] {
    let groups = this.#byShape.get(use);
    if (groups === undefined) {
      const { access } = use.shape;
      groups = access.kind === "indexed" ? access.plans.map((plan) => this.#take(plan)) : [];
      this.#byShape.set(use, groups);
    }
    return groups;
  }

  /** The shape has no filters any more. */
  release(use: ShapeUse): void {
    for (const group of this.#byShape.get(use) ?? []) {
      if (--group.users > 0) continue;
      this.#groups.delete(group.plan.key);
      const { trigger, binding } = group;
      trigger.groups.splice(trigger.groups.indexOf(group), 1);
      binding.bound--;
      for (const values of group.paths) binding.release(values);
      this.automaton.prune(trigger);
      this.automaton.prune(binding);
    }
    this.#byShape.delete(use);
  }

  #take(plan: Group["plan"]): Group {
    let group = this.#groups.get(plan.key);
    if (group === undefined) {
      const binding = this.automaton.node(plan.binding);
      const trigger = this.automaton.node(plan.trigger);
      group = new Group(plan, binding, trigger);
      binding.bound++;
      trigger.groups.push(group);
      this.#groups.set(plan.key, group);
    }
    group.users++;
    return group;
  }
}
