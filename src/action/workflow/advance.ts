import type { ActionEvent, RunError } from "../run/index.ts";
import type { WorkflowDefinition, WorkflowStep } from "./definition.ts";
import { graphOf, type WorkflowGraph } from "./graph.ts";
import { DECISION, errorOf, statusOf, type StepRow, type StepStatus } from "./step-status.ts";

/** What is to be recorded for a step; a start without an event has that of the workflow. */
export type StepDecision =
  | { readonly kind: "start"; readonly step: WorkflowStep; readonly event: ActionEvent | undefined }
  | { readonly kind: "skip"; readonly step: WorkflowStep; readonly reason: string }
  | { readonly kind: "fail"; readonly step: WorkflowStep; readonly error: RunError };

/** How a workflow ends; it gives what these steps gave. */
export type WorkflowEnd =
  | { readonly state: "succeeded"; readonly last: readonly string[] }
  | { readonly state: "failed"; readonly error: RunError };

/** How a workflow goes on. */
export interface Advance {
  /** In the order of the steps. */
  readonly decisions: readonly StepDecision[];
  /** How the workflow ends; undefined: it goes on. */
  readonly end: WorkflowEnd | undefined;
}

/** Runs of steps by the steps' names. */
export type StepRows = ReadonlyMap<string, StepRow>;

/**
 * What follows from the definition of a workflow, what it was started with, and the runs of its steps: which steps are decided now,
 * and whether it is at its end. Nothing else counts, so that asking again after what it says was done gives nothing new.
 *
 * - A step is decided when everything before it is: it is skipped where all of that was skipped, or its condition does not hold.
 * - What comes after a step that failed is not decided; everything else goes on, and the workflow fails in the end.
 *
 * @param decide what is to be done with a step whose turn it is; it sees what was decided on the way as well
 */
export async function advance(
  definition: WorkflowDefinition,
  given: StepRows,
  decide: (step: WorkflowStep, rows: StepRows) => Promise<StepDecision>,
): Promise<Advance> {
  const graph = graphOf(definition);
  const statuses = new Map<string, StepStatus>();
  const decisions: StepDecision[] = [];
  const rows = new Map(given);
  for (const step of definition.steps) {
    const state = stateOf(step, graph, statuses, rows);
    if (state !== "ready" && state !== "unneeded") {
      statuses.set(step.name, state);
      continue;
    }
    const decision = state === "ready" ? await decide(step, rows) : skip(step, "what is before it was skipped");
    decisions.push(decision);
    const decided = rowOf(decision);
    rows.set(step.name, decided);
    statuses.set(step.name, statusOf(step, decided));
  }
  return { decisions, end: endOf(definition, graph, statuses, rows) };
}

/** Where the steps are by their runs alone; one that is still to be decided is open. */
export function stepStatuses(definition: WorkflowDefinition, rows: StepRows): ReadonlyMap<string, StepStatus> {
  const graph = graphOf(definition);
  const statuses = new Map<string, StepStatus>();
  for (const step of definition.steps) {
    const state = stateOf(step, graph, statuses, rows);
    statuses.set(step.name, state === "ready" || state === "unneeded" ? "open" : state);
  }
  return statuses;
}

/** That a step is not done. */
export function skip(step: WorkflowStep, reason: string): StepDecision {
  return { kind: "skip", step, reason };
}

/** Where a step is; `ready` to be decided, or `unneeded` by what is before it. */
function stateOf(
  step: WorkflowStep,
  graph: WorkflowGraph,
  statuses: ReadonlyMap<string, StepStatus>,
  rows: StepRows,
): StepStatus | "ready" | "unneeded" {
  const row = rows.get(step.name);
  return row === undefined ? readiness(step, graph, statuses) : statusOf(step, row);
}

/** Whether a step without a run can begin. */
function readiness(
  { name, after }: WorkflowStep,
  { failuresTo }: WorkflowGraph,
  statuses: ReadonlyMap<string, StepStatus>,
): "ready" | "open" | "blocked" | "unneeded" {
  const failures = failuresTo(name);
  if (failures.length > 0) {
    const seen = failures.map((step) => statuses.get(step.name));
    if (seen.includes("open")) return "open";
    if (seen.includes("handled")) return "ready";
    return seen.includes("blocked") ? "blocked" : "unneeded";
  }
  const seen = after.map((other) => statuses.get(other));
  if (seen.includes("blocked") || seen.includes("failed")) return "blocked";
  if (seen.includes("open")) return "open";
  return seen.length > 0 && seen.every((status) => status === "skipped" || status === "handled") ? "unneeded" : "ready";
}

/** The run that a decision leads to, as far as other steps see it. */
function rowOf(decision: StepDecision): StepRow {
  if (decision.kind === "start") return { kind: "action", state: "queued", error: undefined };
  if (decision.kind === "skip") return { kind: DECISION, state: "succeeded", error: undefined };
  return { kind: DECISION, state: "failed", error: decision.error };
}

function endOf(
  { steps }: WorkflowDefinition,
  { behind }: WorkflowGraph,
  statuses: ReadonlyMap<string, StepStatus>,
  rows: StepRows,
): WorkflowEnd | undefined {
  if ([...statuses.values()].includes("open")) return undefined;
  const failed = steps.find(({ name }) => statuses.get(name) === "failed");
  if (failed !== undefined) {
    const { code, message } = errorOf(rows.get(failed.name) as StepRow);
    return { state: "failed", error: { code, message: `step "${failed.name}": ${message}` } };
  }
  const last = steps.filter(
    ({ name }) =>
      statuses.get(name) === "succeeded" && behind(name).every((other) => statuses.get(other) === "skipped"),
  );
  return { state: "succeeded", last: last.map(({ name }) => name) };
}
