import type { XmlDocument } from "../../xml/index.ts";
import type { ActionEvent, RunEnd, RunError } from "../run/index.ts";
import type { WorkflowDefinition, WorkflowStep } from "./definition.ts";
import { graphOf, type WorkflowGraph } from "./graph.ts";
import { conditionHolds, inputOf, type WorkflowData } from "./step-data.ts";
import { DECISION, errorOf, statusOf, type StepRow, type StepStatus } from "./step-status.ts";

/** What is to be recorded for a step. */
export type StepDecision =
  | { readonly kind: "start"; readonly step: WorkflowStep; readonly event: ActionEvent }
  | { readonly kind: "skip"; readonly step: WorkflowStep; readonly reason: string }
  | { readonly kind: "fail"; readonly step: WorkflowStep; readonly error: RunError };

/** How a workflow goes on. */
export interface Advance {
  /** In the order of the steps. */
  readonly decisions: readonly StepDecision[];
  /** Where every step is, these decisions included. */
  readonly statuses: ReadonlyMap<string, StepStatus>;
  /** How the workflow ends; undefined: it goes on. */
  readonly end: RunEnd | undefined;
}

/**
 * What follows from the definition of a workflow, what it was started with, and the runs of its steps: which steps are decided now,
 * and whether it is at its end. Nothing else counts, so that asking again after what it says was done gives nothing new.
 *
 * - A step is decided when everything before it is: it is skipped where all of that was skipped, or its condition does not hold.
 * - What comes after a step that failed is not decided; everything else goes on, and the workflow fails in the end.
 */
export function advance(definition: WorkflowDefinition, data: WorkflowData): Advance {
  const graph = graphOf(definition);
  const statuses = new Map<string, StepStatus>();
  const decisions: StepDecision[] = [];
  // Conditions and inputs see what is decided on the way as well.
  const rows = new Map(data.rows);
  // What a query is about was decided before the step that has the query.
  const documents = new Map<string, XmlDocument>();
  for (const step of definition.steps) {
    const row = rows.get(step.name);
    if (row !== undefined) {
      statuses.set(step.name, statusOf(step, row));
      continue;
    }
    const state = readiness(step, graph, statuses);
    if (state === "open" || state === "blocked") {
      statuses.set(step.name, state);
      continue;
    }
    const decision =
      state === "skipped" ? skip(step, "what is before it was skipped") : decide(step, { ...data, rows, documents });
    decisions.push(decision);
    const decided = rowOf(decision);
    rows.set(step.name, decided);
    statuses.set(step.name, statusOf(step, decided));
  }
  return { decisions, statuses, end: endOf(definition, graph, statuses, rows) };
}

/** Whether a step without a run can begin. */
function readiness(
  { name, after }: WorkflowStep,
  { failuresTo }: WorkflowGraph,
  statuses: ReadonlyMap<string, StepStatus>,
): "ready" | "open" | "blocked" | "skipped" {
  const failures = failuresTo(name);
  if (failures.length > 0) {
    const seen = failures.map((step) => statuses.get(step.name));
    if (seen.includes("open")) return "open";
    if (seen.includes("handled")) return "ready";
    return seen.includes("blocked") ? "blocked" : "skipped";
  }
  const seen = after.map((other) => statuses.get(other));
  if (seen.includes("blocked") || seen.includes("failed")) return "blocked";
  if (seen.includes("open")) return "open";
  return seen.length > 0 && seen.every((status) => status === "skipped" || status === "handled") ? "skipped" : "ready";
}

function decide(step: WorkflowStep, data: WorkflowData): StepDecision {
  if (step.when !== undefined) {
    const condition = conditionHolds(step.when, data);
    if ("error" in condition) return { kind: "fail", step, error: condition.error };
    if (!condition.value) return skip(step, "its condition does not hold");
  }
  const input = inputOf(step.input, data);
  if ("error" in input) return { kind: "fail", step, error: input.error };
  return { kind: "start", step, event: input.value };
}

function skip(step: WorkflowStep, reason: string): StepDecision {
  return { kind: "skip", step, reason };
}

/** The run that a decision leads to, as far as other steps see it. */
function rowOf(decision: StepDecision): StepRow {
  const none = { output: undefined, error: undefined };
  if (decision.kind === "start") return { ...none, kind: "action", state: "queued" };
  if (decision.kind === "skip") return { ...none, kind: DECISION, state: "succeeded" };
  return { ...none, kind: DECISION, state: "failed", error: decision.error };
}

function endOf(
  { steps }: WorkflowDefinition,
  { behind }: WorkflowGraph,
  statuses: ReadonlyMap<string, StepStatus>,
  rows: ReadonlyMap<string, StepRow>,
): RunEnd | undefined {
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
  return {
    state: "succeeded",
    output: Object.fromEntries(last.map(({ name }) => [name, rows.get(name)?.output ?? null])),
  };
}
