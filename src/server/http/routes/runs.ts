import { Type } from "typebox";
import { isId, type ActionService, type Run, type RunLogQuery, type RunQuery } from "../../../action/index.ts";
import { XqbusError } from "../../../errors.ts";
import type { RouteContext } from "../route-context.ts";
import { RUN, RUN_DETAILS, RUN_LOG, RUN_LOG_QUERY, RUN_QUERY, runPage } from "../schemas/action.ts";
import { answer, ID_PARAMS, refTo } from "../schemas/answers.ts";
import { actionsOf } from "./actions.ts";

interface WithId {
  readonly Params: { readonly id: string };
}

/** Runs: `/runs`, and the same below the paths of `/dpe/v3`. */
export function addRunRoutes({ app, parts }: RouteContext): void {
  app.addSchema(RUN);
  app.addSchema(RUN_DETAILS);
  const tags = ["runs"];
  const one = answer("The run", refTo("Run"));
  const details = answer("The run", refTo("RunDetails"));
  const params = ID_PARAMS;
  const read = { access: "action:read" } as const;
  const detailed = async ({ params: { id } }: { readonly params: { readonly id: string } }) => {
    const { runs } = actionsOf(parts);
    const run = await runs.get(id);
    const { items: logs, next: nextLogs } = await runs.logs(id);
    return { ...run, attemptList: await runs.attempts(id), logs, ...(nextLogs === undefined ? {} : { nextLogs }) };
  };

  app.get<{ Querystring: RunQuery }>(
    "/runs",
    {
      config: read,
      schema: {
        summary: "Runs without what they were given and gave, the latest first",
        tags,
        querystring: RUN_QUERY,
        response: { 200: answer("The runs", runPage(refTo("Run"))) },
      },
    },
    async ({ query: { subject: idOrName, ...query } }) => {
      const subject = idOrName === undefined ? undefined : await subjectOf(actionsOf(parts), idOrName);
      return actionsOf(parts).runs.page({ ...query, subject }, async (run) => run);
    },
  );
  app.get<WithId>(
    "/runs/:id",
    {
      config: read,
      schema: { summary: "A run with its attempts and lines", tags, params, response: { 200: details } },
    },
    detailed,
  );
  app.get<WithId & { readonly Querystring: RunLogQuery }>(
    "/runs/:id/logs",
    {
      config: read,
      schema: {
        ...{ summary: "What the code of a run wrote", tags, params },
        querystring: RUN_LOG_QUERY,
        response: { 200: answer("The lines", RUN_LOG) },
      },
    },
    async ({ params: { id }, query }) => {
      const { runs } = actionsOf(parts);
      await runs.find(id);
      return runs.logs(id, query);
    },
  );
  const changes = {
    cancel: ["Cancel a run", (id: string): Promise<Run> => actionsOf(parts).runs.cancel(id)],
    retry: ["Another try of a run", (id: string, who: string): Promise<Run> => actionsOf(parts).retry(id, who)],
  } as const;
  for (const [verb, [summary, change]] of Object.entries(changes)) {
    app.post<WithId>(
      `/runs/:id/${verb}`,
      {
        config: { access: "action:write", audit: `run.${verb}` },
        schema: { summary, tags, params, response: { 200: one } },
      },
      (request) => change(request.params.id, request.caller.id),
    );
  }
  for (const kind of ["actions", "workflows"]) {
    app.get<{ Params: { readonly id: string; readonly subject: string } }>(
      `/dpe/v3/${kind}/:subject/runs/:id`,
      {
        config: read,
        schema: {
          ...{ summary: "A run with its attempts and lines", tags },
          params: Type.Object({ subject: Type.String({ maxLength: 256 }), id: Type.String({ maxLength: 256 }) }),
          response: { 200: details },
        },
      },
      async ({ params }) => {
        const { id, subject } = params;
        const run = await detailed({ params });
        if (run.subject === (await subjectOf(actionsOf(parts), subject))) return run;
        throw new XqbusError("xqbus:unknown-name", `"${id.slice(0, 60)}" is not the id of a run of ${subject}`);
      },
    );
  }
}

/** The id of an action or workflow, which may have been deleted. */
async function subjectOf(actions: ActionService, idOrName: string): Promise<string> {
  const found = await actions.findStartable(idOrName);
  return found?.subject ?? (isId(idOrName) ? idOrName : (await actions.startable(idOrName)).subject);
}
