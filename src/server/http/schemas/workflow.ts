import { Type, type TSchema } from "typebox";
import { given, named, refTo, text, time } from "./answers.ts";

const QUERY: TSchema = Type.Object({ xquery: Type.String(), of: Type.String() });

/** A step of a workflow. */
const STEP: TSchema = Type.Object({
  name: Type.String(),
  action: Type.Optional(Type.String()),
  after: Type.Array(Type.String()),
  when: Type.Optional(QUERY),
  input: Type.Object({
    kind: Type.String(),
    step: Type.Optional(Type.String()),
    xquery: Type.Optional(Type.String()),
    of: Type.Optional(Type.String()),
  }),
  delayMs: Type.Number(),
  retry: Type.Optional(Type.String()),
  timeoutMs: Type.Optional(Type.Number()),
  onFailure: Type.Object({ kind: Type.String(), step: Type.Optional(Type.String()) }),
});

/** A definition that was checked. */
const DEFINITION: TSchema = Type.Object({
  name: Type.String(),
  description: Type.Optional(Type.String()),
  timeoutMs: Type.Optional(Type.Number()),
  steps: Type.Array(STEP),
});

/** A workflow. */
export const WORKFLOW: TSchema = named(
  "Workflow",
  {
    id: Type.String(),
    name: Type.String(),
    definition: DEFINITION,
    mermaid: Type.String({ description: "a picture of its graph, in Mermaid's language" }),
    createdAt: time(),
    updatedAt: time(),
  },
  "A graph of steps that are actions",
);

/** A run of a workflow with its steps. */
export const WORKFLOW_RUN: TSchema = named(
  "WorkflowRun",
  {
    id: Type.String(),
    workflow: Type.String({ description: "id of the workflow" }),
    name: Type.String(),
    state: Type.String(),
    error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
    createdAt: time(),
    endedAt: Type.Optional(time()),
    steps: Type.Array(
      Type.Object({
        step: Type.String(),
        status: Type.String({
          description: "waiting, running, succeeded, skipped, failed, tolerated, handled, blocked or cancelled",
        }),
        run: Type.Optional(Type.String({ description: "id of its run" })),
        attempts: Type.Integer(),
        error: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
      }),
    ),
    mermaid: Type.String({ description: "a picture of where it is, in Mermaid's language" }),
  },
  "A run of a workflow, and where its steps are",
);

/** A definition as TOML, or as the object that TOML would be. */
export const WORKFLOW_INPUT: TSchema = given({
  toml: Type.Optional(text(262_144, "the text of a TOML file")),
  file: Type.Optional(text(1000, "what messages call it")),
  definition: Type.Optional(Type.Record(Type.String(), Type.Unknown(), { description: "the same as an object" })),
});

/** Several workflows. */
export const WORKFLOWS: TSchema = Type.Object({ items: Type.Array(refTo("Workflow")) });
