import type { Run, RunError, RunQueue } from "../run/index.ts";
import { advance } from "./advance.ts";
import { runMermaid } from "./mermaid.ts";
import { errorOf, type StepStatus } from "./step-status.ts";
import { definitionOf } from "./workflow-run.ts";

/** Where a step of a run is: `waiting` for others, a time or a place; `running`; or as it ended. */
export interface StepReport {
  readonly step: string;
  readonly status: Exclude<StepStatus, "open"> | "waiting" | "running";
  /** Id of its run; undefined: it is not decided. */
  readonly run?: string;
  readonly attempts: number;
  readonly error?: RunError;
}

/** A run of a workflow, and where its steps are. */
export interface WorkflowRunReport {
  readonly id: string;
  /** Id of the workflow. */
  readonly workflow: string;
  readonly name: string;
  readonly state: Run["state"];
  readonly error?: RunError;
  /** Ms since 1970. */
  readonly createdAt: number;
  readonly endedAt?: number;
  /** In an order in which they can be done. */
  readonly steps: readonly StepReport[];
  /** A picture in Mermaid's language. */
  readonly mermaid: string;
}

/** Runs of a workflow have no more children than that: one for each step. */
const MAX_STEPS = 1000;

/** Tells where a run of a workflow is. */
export async function workflowRunReport(run: Run, runs: Pick<RunQueue, "list">): Promise<WorkflowRunReport> {
  const definition = definitionOf(run);
  const children = await runs.list({ parent: run.id, limit: MAX_STEPS });
  const rows = new Map(children.map((child) => [child.step ?? "", child]));
  const data = { event: run.event, rows };
  const { statuses } = advance(definition, data);
  const steps = definition.steps.map(({ name: step }): StepReport => {
    const child = rows.get(step);
    const status = statuses.get(step) ?? "open";
    if (child === undefined) return { step, status: status === "blocked" ? "blocked" : "waiting", attempts: 0 };
    const { id, attempts, state } = child;
    const error = state === "failed" || state === "cancelled" ? errorOf(child) : undefined;
    const open = state === "running" ? "running" : "waiting";
    return { step, status: status === "open" ? open : status, run: id, attempts, ...(error && { error }) };
  });
  const { id, subject: workflow, name, state, error, createdAt, endedAt } = run;
  return {
    ...{ id, workflow, name, state, ...(error && { error }), createdAt, ...(endedAt !== undefined && { endedAt }) },
    ...{ steps, mermaid: runMermaid(definition, data) },
  };
}
