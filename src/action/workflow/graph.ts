import type { WorkflowDefinition, WorkflowStep } from "./definition.ts";

/** The graph of a workflow's steps. */
export interface WorkflowGraph {
  readonly step: (name: string) => WorkflowStep | undefined;
  /** Those that name this one for their failure. */
  readonly failuresTo: (name: string) => readonly WorkflowStep[];
  /** Those that must be decided before this one is, of which there are such steps. */
  readonly before: (name: string) => readonly string[];
  /** Those that this one is among {@link before} of. */
  readonly behind: (name: string) => readonly string[];
}

/** The graph of the steps; names that no step has are no part of it. */
export function graphOf({ steps }: Pick<WorkflowDefinition, "steps">): WorkflowGraph {
  const byName = new Map(steps.map((step) => [step.name, step]));
  const failures = new Map<string, WorkflowStep[]>();
  for (const step of steps) {
    if (step.onFailure.kind !== "step") continue;
    failures.set(step.onFailure.step, [...(failures.get(step.onFailure.step) ?? []), step]);
  }
  const failuresTo = (name: string): readonly WorkflowStep[] => failures.get(name) ?? [];
  const before = (name: string): readonly string[] => [
    ...(byName.get(name)?.after ?? []).filter((other) => byName.has(other)),
    ...failuresTo(name).map((step) => step.name),
  ];
  const behind = new Map<string, string[]>();
  for (const { name } of steps)
    for (const other of before(name)) behind.set(other, [...(behind.get(other) ?? []), name]);
  return { step: (name) => byName.get(name), failuresTo, before, behind: (name) => behind.get(name) ?? [] };
}

/** The steps in an order in which they can be done, as near as can be to their own, and those that are in no such order. */
export function inOrder({ steps }: Pick<WorkflowDefinition, "steps">): {
  readonly steps: readonly WorkflowStep[];
  readonly stuck: readonly WorkflowStep[];
} {
  const { before } = graphOf({ steps });
  const done = new Set<string>();
  const ordered: WorkflowStep[] = [];
  let left = steps;
  for (;;) {
    const free = left.filter(({ name }) => before(name).every((other) => done.has(other)));
    if (free.length === 0) return { steps: ordered, stuck: left };
    for (const step of free) {
      done.add(step.name);
      ordered.push(step);
    }
    left = left.filter(({ name }) => !done.has(name));
  }
}

/** A way from one of these steps back to itself, each before the next: `["a", "b", "a"]`; undefined: there is none. */
export function cycleAmong({ before }: WorkflowGraph, stuck: readonly WorkflowStep[]): readonly string[] | undefined {
  const names = new Set(stuck.map(({ name }) => name));
  const way: string[] = [];
  // Each of them waits for another one of them, so that going back ends where one has been.
  for (let at = stuck[0]?.name; at !== undefined; at = before(at).find((other) => names.has(other))) {
    const seen = way.indexOf(at);
    way.push(at);
    if (seen >= 0) return way.slice(seen).toReversed();
  }
  return undefined;
}

/** All steps that are before this one, in any distance. */
export function ancestorsOf({ before }: WorkflowGraph, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...before(name)];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (found.has(at)) continue;
    found.add(at);
    pending.push(...before(at));
  }
  return found;
}
