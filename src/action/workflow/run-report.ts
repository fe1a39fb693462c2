import { isEnded, type Run, type RunError, type RunQueue } from "../run/index.ts";
import { stepStatuses } from "./advance.ts";
import { runMermaid } from "./mermaid.ts";
import { errorOf, type StepStatus } from "./step-status.ts";
import { workflowDefinition } from "./workflow-run.ts";

/** Where a step of a run is: `waiting` for others, a time or a place; `running`; `cancelled` with the workflow; or as it ended. */
export interface StepReport {
  readonly step: string;
  readonly status: Exclude<StepStatus, "open"> | "waiting" | "running" | "cancelled";
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
export async function workflowRunReport(
  run: Run,
  runs: Pick<RunQueue, "list" | "definition">,
): Promise<WorkflowRunReport> {
  const definition = workflowDefinition(await runs.definition(run.id));
  const children = await runs.list({ parent: run.id, limit: MAX_STEPS });
  const rows = new Map(children.map((child) => [child.step ?? "", child]));
  const statuses = stepStatuses(definition, rows);
  const steps = definition.steps.map(({ name: step }): StepReport => {
    const child = rows.get(step);
    const status = shownStatus(statuses.get(step) ?? "open", child, run);
    if (child === undefined) return { step, status, attempts: 0 };
    const isFailed = child.state === "failed" || child.state === "cancelled";
    return { step, status, run: child.id, attempts: child.attempts, ...(isFailed && { error: errorOf(child) }) };
  });
  const { id, subject: workflow, name, state, error, createdAt, endedAt } = run;
  return {
    ...{ id, workflow, name, state, ...(error && { error }), createdAt, ...(endedAt !== undefined && { endedAt }) },
    ...{ steps, mermaid: runMermaid(definition, steps) },
  };
}

function shownStatus(status: StepStatus, step: Run | undefined, workflow: Run): StepReport["status"] {
  // What the end of the workflow ended has not failed by itself.
  if (step?.state === "cancelled" && isEnded(workflow)) return "cancelled";
  if (status !== "open") return status;
  if (step?.state === "running") return "running";
  return isEnded(workflow) ? "cancelled" : "waiting";
}
