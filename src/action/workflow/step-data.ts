import { XqbusError } from "../../errors.ts";
import { compileFilter, FilterError } from "../../filter/index.ts";
import { parseXml, type XmlDocument } from "../../xml/index.ts";
import type { ActionEvent, RunError } from "../run/index.ts";
import { dataXml, failedXml } from "./data-xml.ts";
import { INPUT, type StepSource } from "./definition.ts";
import { queryContent } from "./query-content.ts";
import type { StepRows } from "./advance.ts";
import { DECISION, errorOf, type StepRow } from "./step-status.ts";

/** Reads what a workflow was started with, and what its steps gave. */
export interface DataSource {
  readonly event: () => Promise<ActionEvent>;
  readonly output: (step: string) => Promise<unknown>;
}

/** A query of a definition. */
export interface Query {
  readonly xquery: string;
  readonly of: string;
}

/** A value, or why there is none. */
export type Computed<T> = { readonly value: T } | { readonly error: RunError };

/** What queries and inputs of steps are about; it is read where one needs it. */
export class StepData {
  readonly #source: DataSource;
  // What a query is about was decided before the step that has the query.
  readonly #documents: Map<string, XmlDocument> = new Map();

  constructor(source: DataSource) {
    this.#source = source;
  }

  /** Whether a condition holds. */
  async conditionHolds(query: Query, rows: StepRows): Promise<Computed<boolean>> {
    const document = await this.#read(query.of, rows);
    return computed(`the condition over ${query.of}`, () =>
      compileFilter(query.xquery, { budget: BUDGET }).matches(document()),
    );
  }

  /** What the action of a step is called with; undefined: with what the workflow was started with. */
  async inputOf(source: StepSource, rows: StepRows): Promise<Computed<ActionEvent | undefined>> {
    switch (source.kind) {
      case "input":
        return { value: undefined };
      case "step":
        return { value: eventOf(isDone(rows.get(source.step)) ? await this.#source.output(source.step) : null) };
      case "query": {
        const document = await this.#read(source.of, rows);
        return computed(`the query for the input, over ${source.of},`, () =>
          eventOf(queryContent(compileFilter(source.xquery, { budget: BUDGET }).evaluate(document()))),
        );
      }
    }
  }

  /** What makes the document of a query: that it cannot be made is a mistake of the query, that it cannot be read is none. */
  async #read(of: string, rows: StepRows): Promise<() => XmlDocument> {
    const known = this.#documents.get(of);
    if (known !== undefined) return () => known;
    const text = await this.#textOf(of, rows);
    return () => {
      const made = parseXml(text(), { limits: LIMITS });
      this.#documents.set(of, made);
      return made;
    };
  }

  /** An event of the bus is its document, everything else is data. */
  async #textOf(of: string, rows: StepRows): Promise<() => string> {
    if (of === INPUT) {
      const { xml, content } = await this.#source.event();
      return () => xml ?? dataXml(content);
    }
    const row = rows.get(of);
    if (isDone(row)) {
      const output = await this.#source.output(of);
      return () => dataXml(output);
    }
    return () => (row === undefined || row.state === "succeeded" ? "<skipped/>" : failedXml(errorOf(row)));
  }
}

/** Whether a step was carried out, and gave something. */
function isDone(row: StepRow | undefined): boolean {
  return row?.state === "succeeded" && row.kind !== DECISION;
}

function eventOf(content: unknown): ActionEvent {
  return { type: Array.isArray(content) ? "rows" : "result", content };
}

/** Nothing else of the runs changes while a query is evaluated, so that one takes a fifth of what filters may by default. */
const BUDGET = { maxSteps: 10_000_000 } as const;

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
