import type { Transaction } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import type { ActionRow } from "../action-tables.ts";
import { findAction } from "../find-action.ts";
import {
  isEnded,
  type NewStep,
  type Run,
  type RunChanges,
  type RunEnd,
  type RunEndHook,
  type RunError,
  type RunKind,
  type RunTables,
} from "../run/index.ts";
import type { WorkTables } from "../work-database.ts";
import { advance, type StepDecision } from "./advance.ts";
import { stepDecider } from "./decide-step.ts";
import type { WorkflowDefinition, WorkflowStep } from "./definition.ts";
import { graphOf } from "./graph.ts";
import { DECISION, statusOf } from "./step-status.ts";

/** The kind of runs that are workflows. */
export const WORKFLOW = "workflow";
/** The kind of runs that only take time. */
const DELAY = "delay";
const NO_RETRY = "1x";

/**
 * How runs of workflows are carried out. Begun: records the first steps and waits. Begun again: does what failed again, and goes on; or, where
 * the time is over, fails.
 */
export const WORKFLOW_KIND: RunKind = {
  begin: async (run, changes) => {
    const definition = workflowDefinition(await changes.definition(run.id));
    const { timeoutMs } = definition;
    const deadline = timeoutMs === undefined ? undefined : (run.firstAt ?? run.createdAt) + timeoutMs;
    if (deadline !== undefined && changes.now >= deadline) {
      const message = `the workflow has not ended within ${timeoutMs} ms`;
      await changes.end(run.id, { state: "failed", error: { code: "xqbus:timeout", message } });
      return;
    }
    await doFailedAgain(run, definition, changes);
    if (!(await goOn(run, definition, changes))) await changes.wait(run.id, deadline);
  },
};

/** Lets a workflow go on in the transaction that ends one of its steps, and ends its steps with it. */
export const workflowHook: RunEndHook = async (run, changes) => {
  if (run.kind === WORKFLOW && run.state !== "succeeded") {
    for (const child of await changes.children(run.id)) if (!isEnded(child)) await changes.cancel(child.id);
  }
  if (run.kind === DECISION) return;
  const parent = await changes.parentOf(run);
  // One that is queued or just taken sees the step when it begins.
  if (parent?.kind !== WORKFLOW || parent.state !== "waiting") return;
  await goOn(parent, workflowDefinition(await changes.definition(parent.id)), changes);
};

/** The definition that a run was started with. */
export function workflowDefinition(definition: unknown): WorkflowDefinition {
  return definition as WorkflowDefinition;
}

/** Records what follows from the runs that there are. @returns whether the workflow is at its end */
async function goOn(run: Run, definition: WorkflowDefinition, changes: RunChanges): Promise<boolean> {
  for (;;) {
    const rows = await stepRuns(run, changes);
    const output = async (step: string): Promise<unknown> => {
      const id = rows.get(step)?.id;
      return id === undefined ? null : ((await changes.output(id)) ?? null);
    };
    const decide = stepDecider({ event: () => changes.event(run.id), output });
    const { decisions, end } = await advance(definition, rows, decide);
    let isAsDecided = true;
    for (const decision of decisions) isAsDecided = (await carryOut(decision, run, changes)) && isAsDecided;
    if (!isAsDecided) continue;
    if (end === undefined) return false;
    await changes.end(run.id, end.state === "failed" ? end : await outputsOf(end.last, output, changes));
    return true;
  }
}

async function stepRuns({ id }: Run, changes: RunChanges): Promise<ReadonlyMap<string, Run>> {
  return new Map((await changes.children(id)).map((child) => [child.step ?? "", child]));
}

/** @returns false: the step could not be recorded as was decided, it has failed instead */
async function carryOut(decision: StepDecision, run: Run, changes: RunChanges): Promise<boolean> {
  const { step } = decision;
  switch (decision.kind) {
    case "skip": {
      const { run: row } = await changes.record(decisionRun(run, step));
      await changes.end(row.id, { state: "succeeded", output: { skipped: decision.reason } });
      return true;
    }
    case "fail":
      await fail(decision.error, run, step, changes);
      return true;
    case "start":
      try {
        await changes.record(await stepRun(decision, run, changes));
        return true;
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await fail({ code: error.code, message: error.message }, run, step, changes);
        return false;
      }
  }
}

/** What is wrong with a step and not with the database. */
const REFUSALS: readonly string[] = ["xqbus:limit-exceeded", "xqbus:illegal-argument", "xqbus:unknown-name"];

function isRefusal(error: unknown): error is XqbusError {
  return error instanceof XqbusError && REFUSALS.includes(error.code);
}

async function fail(error: RunError, run: Run, step: WorkflowStep, changes: RunChanges): Promise<void> {
  const { run: row } = await changes.record(decisionRun(run, step));
  await changes.end(row.id, { state: "failed", error });
}

async function stepRun(
  { step, event }: Extract<StepDecision, { readonly kind: "start" }>,
  run: Run,
  changes: RunChanges,
): Promise<NewStep> {
  const common = { ...partOf(run, step), event, dueAt: changes.now + step.delayMs };
  if (step.action === undefined) {
    return { ...common, kind: DELAY, subject: DELAY, timeoutMs: step.delayMs, retry: NO_RETRY };
  }
  const action = await actionOf(step, changes);
  if (action === undefined) {
    throw new XqbusError("xqbus:unknown-name", `there is no action "${step.action}" (any more)`);
  }
  return {
    ...{ ...common, kind: "action", subject: action.id, name: action.name, key: `${run.id}/${step.name}` },
    ...{ timeoutMs: step.timeoutMs ?? action.timeout_ms, retry: step.retry ?? action.retry },
  };
}

async function actionOf({ action }: WorkflowStep, { transaction }: RunChanges): Promise<ActionRow | undefined> {
  return action === undefined
    ? undefined
    : findAction(transaction.withTables<Pick<WorkTables, keyof WorkTables>>(), action);
}

function decisionRun(run: Run, step: WorkflowStep): NewStep {
  const event = { type: "result", content: null };
  return { ...partOf(run, step), kind: DECISION, subject: DECISION, event, timeoutMs: 0, retry: NO_RETRY };
}

function partOf(
  run: Run,
  { name }: WorkflowStep,
): Pick<NewStep, "parent" | "step" | "name" | "trigger" | "eventId" | "depth"> {
  const trigger = { kind: "workflow", id: run.subject, run: run.id } as const;
  return { parent: run.id, step: name, name, trigger, eventId: run.eventId, depth: run.depth };
}

/** Queues again what a workflow that is begun again has failed at; what could not begin, or has another action now, is decided anew. */
async function doFailedAgain(run: Run, definition: WorkflowDefinition, changes: RunChanges): Promise<void> {
  const { step: stepOf, behind } = graphOf(definition);
  const children = await changes.children(run.id);
  const names = new Set(children.map(({ step }) => step));
  for (const child of children) {
    const step = stepOf(child.step ?? "");
    if (step === undefined) continue;
    // It was told to end with the workflow, and has not ended yet.
    if (!isEnded(child) && child.isCancelled) await changes.uncancel(child.id);
    // It was cancelled with the workflow, and nothing has gone on from there.
    const isLeft = child.state === "cancelled" && !behind(step.name).some((other) => names.has(other));
    if (!isLeft && statusOf(step, child) !== "failed") continue;
    const action = await actionOf(step, changes);
    const isSame =
      child.kind === DELAY || (child.kind !== DECISION && (action === undefined || action.id === child.subject));
    if (isSame) await changes.requeue(child.id);
    else await forget(child.id, changes.transaction);
  }
}

async function forget(id: string, transaction: Transaction<RunTables>): Promise<void> {
  await transaction.deleteFrom("run_log").where("run", "=", id).execute();
  await transaction.deleteFrom("run_attempt").where("run", "=", id).execute();
  await transaction.deleteFrom("run").where("id", "=", id).execute();
}

/** What a workflow gives: what its last steps gave, which together may be too large. */
async function outputsOf(
  steps: readonly string[],
  outputOf: (step: string) => Promise<unknown>,
  changes: RunChanges,
): Promise<RunEnd> {
  const output: Record<string, unknown> = {};
  try {
    for (const step of steps) {
      output[step] = await outputOf(step);
      // Before the next one is read.
      changes.assertOutput(output);
    }
    return { state: "succeeded", output };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { code, message } = error;
    return { state: "failed", error: { code, message } };
  }
}
