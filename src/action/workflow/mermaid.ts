import type { WorkflowDefinition, WorkflowStep } from "./definition.ts";
import { graphOf } from "./graph.ts";
import type { StepReport } from "./run-report.ts";

/** Colours of the states of steps. */
const CLASSES: readonly string[] = [
  "classDef succeeded fill:#d4f4dd,stroke:#2e7d32",
  "classDef failed fill:#fde0dc,stroke:#c62828",
  "classDef tolerated fill:#fff3cd,stroke:#b26a00",
  "classDef handled fill:#fff3cd,stroke:#b26a00",
  "classDef skipped fill:#eeeeee,stroke:#9e9e9e,color:#757575",
  "classDef running fill:#dbe9ff,stroke:#1565c0",
  "classDef waiting fill:#ffffff,stroke:#9e9e9e",
  "classDef cancelled fill:#eeeeee,stroke:#c62828,color:#757575",
  "classDef blocked fill:#ffffff,stroke:#c62828,stroke-dasharray:4",
];

/** A picture of the graph, in Mermaid's language (a flowchart): conditions and delays at the arrows, dotted ones for failures. */
export function workflowMermaid(definition: WorkflowDefinition): string {
  return [...graphLines(definition), ""].join("\n");
}

/** The same of one run; the class of a step is where it is. */
export function runMermaid(
  definition: WorkflowDefinition,
  steps: readonly Pick<StepReport, "step" | "status">[],
): string {
  const statuses = new Map(steps.map(({ step, status }) => [step, status]));
  const classes = definition.steps.map(({ name }, index) => `class s${index} ${statuses.get(name) ?? "waiting"}`);
  return [...graphLines(definition), ...[...CLASSES, ...classes].map((line) => `  ${line}`), ""].join("\n");
}

function graphLines({ steps }: WorkflowDefinition): readonly string[] {
  const id = (name: string): string => `s${steps.findIndex((step) => step.name === name)}`;
  const { failuresTo, step: stepOf } = graphOf({ steps });
  const lines = steps.flatMap((step) => [
    `${id(step.name)}["${boxText(step)}"]`,
    ...step.after.map((before) => `${id(before)} -->${conditionText(step)} ${id(step.name)}`),
    ...(step.onFailure.kind === "step"
      ? [`${id(step.name)} ${failureArrow(stepOf(step.onFailure.step))} ${id(step.onFailure.step)}`]
      : []),
    ...(step.after.length === 0 && step.when !== undefined && failuresTo(step.name).length === 0
      ? [`start((" ")) -->${conditionText(step)} ${id(step.name)}`]
      : []),
  ]);
  return ["flowchart TD", ...lines.map((line) => `  ${line}`)];
}

function boxText({ name, action, delayMs }: WorkflowStep): string {
  const pause = delayMs === 0 ? "" : `<br/>after ${delayMs / 1000} s`;
  return `${name}${action === undefined || action === name ? "" : `<br/><i>${quoted(action)}</i>`}${pause}`;
}

/** The arrow from a step that failed to the one that takes over; its condition decides here as well. */
function failureArrow(takesOver: WorkflowStep | undefined): string {
  const when = takesOver?.when;
  return when === undefined ? "-. failure .->" : `-.->|"failure, ${quoted(when.xquery)}"|`;
}

function conditionText({ when }: WorkflowStep): string {
  return when === undefined ? "" : `|"${quoted(when.xquery)}"|`;
}

/** Mermaid has no escapes but entities, written with #. */
function quoted(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  const short = line.length > 60 ? `${line.slice(0, 59)}…` : line;
  return short.replaceAll(/[#&<>"|]/g, (character) => `#${character.codePointAt(0)};`);
}
