import { skip, type StepDecision, type StepRows } from "./advance.ts";
import type { WorkflowStep } from "./definition.ts";
import { StepData, type DataSource } from "./step-data.ts";

/** Decides steps by their conditions and inputs; what several of them are about is read and parsed once. */
export function stepDecider(source: DataSource): (step: WorkflowStep, rows: StepRows) => Promise<StepDecision> {
  const data = new StepData(source);
  return async (step, rows) => {
    if (step.when !== undefined) {
      const condition = await data.conditionHolds(step.when, rows);
      if ("error" in condition) return { kind: "fail", step, error: condition.error };
      if (!condition.value) return skip(step, "its condition does not hold");
    }
    const input = await data.inputOf(step.input, rows);
    return "error" in input ? { kind: "fail", step, error: input.error } : { kind: "start", step, event: input.value };
  };
}
