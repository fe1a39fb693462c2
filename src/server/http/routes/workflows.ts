import { Type } from "typebox";
import {
  workflowMermaid,
  workflowRunReport,
  WORKFLOW as WORKFLOW_KIND,
  type ActionService,
  type RunQuery,
  type Workflow,
} from "../../../action/index.ts";
import { XqbusError } from "../../../errors.ts";
import { removeTriggers } from "../../triggers.ts";
import { workflowSource } from "../../workflow-source.ts";
import type { RouteContext } from "../route-context.ts";
import { actionsOf } from "./actions.ts";
import { RUN_PAGE_QUERY, runPage, TRIGGERS_DELETED } from "../schemas/action.ts";
import { answer, given, ID_PARAMS, refTo } from "../schemas/answers.ts";
import { WORKFLOW, WORKFLOW_INPUT, WORKFLOW_RUN, WORKFLOWS } from "../schemas/workflow.ts";

interface WithId {
  readonly Params: { readonly id: string };
}

interface WorkflowBody {
  readonly toml?: string;
  readonly file?: string;
  readonly definition?: Readonly<Record<string, unknown>>;
}

/** Workflows: `/workflows`. They are started, and their runs cancelled and retried, like actions. */
export function addWorkflowRoutes({ app, parts }: RouteContext): void {
  const service = (): ActionService => actionsOf(parts);
  app.addSchema(WORKFLOW);
  app.addSchema(WORKFLOW_RUN);
  const tags = ["workflows"];
  const one = answer("The workflow", refTo("Workflow"));
  const shown = (workflow: Workflow) => ({ ...workflow, mermaid: workflowMermaid(workflow.definition) });

  app.get(
    "/workflows",
    {
      config: { access: "action:read" },
      schema: { summary: "All workflows", tags, response: { 200: answer("The workflows", WORKFLOWS) } },
    },
    async () => ({ items: (await service().workflows.list()).map(shown) }),
  );
  app.get<WithId>(
    "/workflows/:id",
    {
      config: { access: "action:read" },
      schema: { summary: "A workflow, by id or name", tags, params: ID_PARAMS, response: { 200: one } },
    },
    async ({ params }) => shown(await service().workflows.get(params.id)),
  );
  app.post<{ Body: WorkflowBody }>(
    "/workflows",
    {
      config: { access: "action:write", audit: "workflow.create" },
      schema: { summary: "Make a workflow", tags, body: WORKFLOW_INPUT, response: { 201: one } },
    },
    async (request, reply) => {
      const { definition, ...options } = await definitionOf(request.body);
      const made = await service().workflows.create(definition, options);
      request.auditFacts = { target: made.id, details: { name: made.name } };
      void reply.code(201).header("location", `workflows/${made.id}`);
      return shown(made);
    },
  );
  app.post<{ Body: WorkflowBody }>(
    "/workflows/check",
    {
      config: { access: "action:read" },
      schema: {
        summary: "Check a definition against the actions that there are",
        tags,
        body: WORKFLOW_INPUT,
        response: { 200: answer("It is right", Type.Object({ name: Type.String(), steps: Type.Integer() })) },
      },
    },
    async ({ body }) => {
      const { definition, ...options } = await definitionOf(body);
      const { name, steps } = await service().workflows.check(definition, options);
      return { name, steps: steps.length };
    },
  );
  app.patch<WithId & { Body: WorkflowBody }>(
    "/workflows/:id",
    {
      config: { access: "action:write", audit: "workflow.update" },
      schema: {
        summary: "Another definition of a workflow, for runs that begin from now on",
        tags,
        params: ID_PARAMS,
        body: WORKFLOW_INPUT,
        response: { 200: one },
      },
    },
    async (request) => {
      const { definition, ...options } = await definitionOf(request.body);
      return shown(await service().workflows.update(request.params.id, definition, options));
    },
  );
  app.delete<WithId & { Querystring: { readonly dryRun?: boolean } }>(
    "/workflows/:id",
    {
      config: { access: "action:write", audit: "workflow.delete" },
      schema: {
        summary: "Delete a workflow with its triggers; its runs go on",
        tags,
        params: ID_PARAMS,
        querystring: given({ dryRun: Type.Optional(Type.Boolean()) }),
        response: {
          200: answer("What was deleted", Type.Object({ name: Type.String(), ...TRIGGERS_DELETED })),
        },
      },
    },
    async (request) => {
      const { dryRun = false } = request.query;
      request.auditFacts = { isNoChange: dryRun };
      const workflow = await service().workflows.get(request.params.id);
      const { triggers, followers } = await removeTriggers(parts, workflow, { dryRun });
      if (!dryRun) await service().workflows.delete(workflow);
      return { name: workflow.name, triggers, followers };
    },
  );
  app.get<WithId & { readonly Querystring: Pick<RunQuery, "before" | "limit"> }>(
    "/workflows/:id/runs",
    {
      config: { access: "action:read" },
      schema: {
        ...{ summary: "The latest runs of a workflow", tags, params: ID_PARAMS },
        querystring: RUN_PAGE_QUERY,
        response: { 200: answer("The runs", runPage(refTo("WorkflowRun"))) },
      },
    },
    async ({ params, query }) => {
      const { id } = await service().workflows.get(params.id);
      const { runs } = service();
      return runs.page({ ...query, subject: id }, (run) => workflowRunReport(run, runs));
    },
  );
  app.get<WithId>(
    "/workflow-runs/:id",
    {
      config: { access: "action:read" },
      schema: {
        summary: "A run of a workflow, and where its steps are",
        tags,
        params: ID_PARAMS,
        response: { 200: answer("The run", refTo("WorkflowRun")) },
      },
    },
    async ({ params }) => {
      const run = await service().runs.find(params.id);
      if (run.kind === WORKFLOW_KIND) return workflowRunReport(run, service().runs);
      throw new XqbusError(
        "xqbus:unknown-name",
        `"${run.id}" is not a run of a workflow, but of the ${run.kind} "${run.name}"`,
      );
    },
  );
}

async function definitionOf({ toml, file = "workflow", definition }: WorkflowBody): ReturnType<typeof workflowSource> {
  if ((toml === undefined) === (definition === undefined)) {
    throw new XqbusError("xqbus:illegal-argument", "give one of toml and definition");
  }
  if (toml !== undefined) return workflowSource(toml, file);
  return { definition, source: file, text: { text: "", linesOf: () => [] } };
}
