/** A query over what a workflow was started with, or over what a step gave. */
export interface WorkflowQuery {
  /** XQuery 3.1, of which XPath is a part. */
  readonly xquery: string;
  /** `input`, or the name of a step before it. Default `input`. */
  readonly of?: string | undefined;
}

/** What a user says of a step. In TOML the names are those of here, or with underscores (`on_failure`). */
export interface WorkflowStepInput {
  /** Name or id of an action. Without one the step is a pause, and needs a delay. */
  readonly action?: string | undefined;
  /** Steps that are to be done before: a text or a list of them. Default: none, it begins with the workflow. */
  readonly after?: string | readonly string[] | undefined;
  /** Whether the step is done, else it is skipped; a text is a query over the input. */
  readonly when?: string | WorkflowQuery | undefined;
  /** What the action gets: `input` (the default, what started the workflow), a step whose output it is, or a query, whose items are rows. */
  readonly input?: string | WorkflowQuery | undefined;
  /** How long it waits before it begins: `5m`. */
  readonly delay?: string | undefined;
  /** Retry policy as text (docs/subscription.md). Default: the action's. */
  readonly retry?: string | undefined;
  /** How long an attempt may take: `30s`. Default: the action's. */
  readonly timeout?: string | undefined;
  /** `fail` (the default), `continue`, or the name of a step that is done only then. */
  readonly onFailure?: string | undefined;
}

/** What a user says of a workflow. */
export interface WorkflowInput {
  /** For people, and in scopes; unique. */
  readonly name: string;
  readonly description?: string | undefined;
  /** How long the whole may take: `1h`. Default: any time. */
  readonly timeout?: string | undefined;
  readonly steps: Readonly<Record<string, WorkflowStepInput>>;
}

/** Where the input of a step comes from. */
export type StepSource =
  | { readonly kind: "input" }
  | { readonly kind: "step"; readonly step: string }
  | { readonly kind: "query"; readonly xquery: string; readonly of: string };

/** A step that was checked. Data of JSON. */
export interface WorkflowStep {
  readonly name: string;
  readonly action?: string;
  readonly after: readonly string[];
  readonly when?: { readonly xquery: string; readonly of: string };
  readonly input: StepSource;
  readonly delayMs: number;
  readonly retry?: string;
  readonly timeoutMs?: number;
  /** `step`: the other one takes over. */
  readonly onFailure:
    { readonly kind: "fail" } | { readonly kind: "continue" } | { readonly kind: "step"; readonly step: string };
}

/** A definition that was checked, as it is kept with each run. Data of JSON; the steps are in an order in which they can be done. */
export interface WorkflowDefinition {
  readonly name: string;
  readonly description?: string;
  readonly timeoutMs?: number;
  readonly steps: readonly WorkflowStep[];
}

/** The name by which queries and inputs mean what started the workflow. */
export const INPUT = "input";
