import { XqbusError } from "../../errors.ts";
import { compileFilter, FilterError } from "../../filter/index.ts";
import { parseXml, type XmlDocument } from "../../xml/index.ts";
import type { ActionEvent, RunError } from "../run/index.ts";
import { dataXml, failedXml } from "./data-xml.ts";
import { INPUT, type StepSource } from "./definition.ts";
import { queryContent } from "./query-content.ts";
import { DECISION, errorOf, type StepRow } from "./step-status.ts";

/** What queries and inputs of steps are about: what a workflow was started with, and the runs of its steps so far. */
export interface WorkflowData {
  readonly event: ActionEvent;
  readonly rows: ReadonlyMap<string, StepRow>;
  /** Documents that were made for queries already, by what they are of. */
  readonly documents?: Map<string, XmlDocument>;
}

/** A query of a definition. */
export interface Query {
  readonly xquery: string;
  readonly of: string;
}

/** A value, or why there is none. */
export type Computed<T> = { readonly value: T } | { readonly error: RunError };

/** Whether a condition holds. */
export function conditionHolds(query: Query, data: WorkflowData): Computed<boolean> {
  return computed(`the condition over ${query.of}`, () =>
    compileFilter(query.xquery, { budget: BUDGET }).matches(documentOf(query.of, data)),
  );
}

/** What the action of a step is called with. */
export function inputOf(source: StepSource, data: WorkflowData): Computed<ActionEvent> {
  switch (source.kind) {
    case "input":
      return { value: data.event };
    case "step": {
      const row = data.rows.get(source.step);
      return { value: eventOf(row?.state === "succeeded" && row.kind !== DECISION ? row.output : null) };
    }
    case "query":
      return computed(`the query for the input, over ${source.of},`, () => {
        const items = compileFilter(source.xquery, { budget: BUDGET }).evaluate(documentOf(source.of, data));
        return eventOf(queryContent(items));
      });
  }
}

function eventOf(content: unknown): ActionEvent {
  return { type: Array.isArray(content) ? "rows" : "result", content };
}

/** Nothing else of the runs changes while a query is evaluated, so that one takes a fifth of what filters may by default. */
const BUDGET = { maxSteps: 10_000_000 } as const;

/** What several queries are about is parsed once. */
function documentOf(of: string, data: WorkflowData): XmlDocument {
  const known = data.documents?.get(of);
  if (known !== undefined) return known;
  const made = newDocument(of, data);
  data.documents?.set(of, made);
  return made;
}

/** An event of the bus is its document, everything else is data. */
function newDocument(of: string, { event, rows }: WorkflowData): XmlDocument {
  if (of === INPUT) return parseXml(event.xml ?? dataXml(event.content), { limits: LIMITS });
  const row = rows.get(of);
  if (row === undefined || row.kind === DECISION) {
    return parseXml(row === undefined || row.state === "succeeded" ? "<skipped/>" : failedXml(errorOf(row)));
  }
  return parseXml(row.state === "succeeded" ? dataXml(row.output) : failedXml(errorOf(row)), { limits: LIMITS });
}

/** Runs have inputs of a few megabytes, whose names are there twice for each value. */
const LIMITS = { maxBytes: 64 * 1024 * 1024 } as const;

function computed<T>(what: string, compute: () => T): Computed<T> {
  try {
    return { value: compute() };
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    const message =
      error instanceof FilterError
        ? error.message.replace(error.code, "").replace(/^: | \(option \w+\)$/g, "")
        : error.message;
    return { error: { code: error.code, message: `${what} failed: ${message.trim()}` } };
  }
}
