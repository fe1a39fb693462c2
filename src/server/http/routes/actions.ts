import { isDeepStrictEqual } from "node:util";
import { Type } from "typebox";
import type { ActionInput, ActionService } from "../../../action/index.ts";
import { addTrigger, removeTrigger, removeTriggers, triggersOf, type NewTrigger } from "../../triggers.ts";
import { forbidden, Refusal } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { ACTION, ACTION_CHANGE, DELETION, NEW_ACTION, NEW_TRIGGER, TRIGGER } from "../schemas/action.ts";
import { answer, ID_PARAMS, items, refTo } from "../schemas/answers.ts";

interface WithId {
  readonly Params: { readonly id: string };
}

const STARTED = answer("The run is recorded", Type.Object({ id: Type.String() }));
const START_QUERY = Type.Object({
  app_id: Type.Optional(Type.String({ maxLength: 200, description: "not looked at" })),
  type: Type.Optional(Type.String({ maxLength: 200, description: "not looked at" })),
  token: Type.Optional(
    Type.String({ maxLength: 4096, description: "in place of the header Authorization, which is to be preferred" }),
  ),
});
const START_HEADERS = Type.Object({
  "idempotency-key": Type.Optional(
    Type.String({ pattern: "^[!-~]{1,128}$", description: "the same again starts nothing, and answers the same run" }),
  ),
});

interface StartRoute extends WithId {
  readonly Body: unknown;
  readonly Headers: { readonly "idempotency-key"?: string };
}

/** Actions: `/actions`, their triggers, and the starts of `/dpe/v3`. */
export function addActionRoutes({ app, parts }: RouteContext): void {
  app.addSchema(ACTION);
  app.addSchema(TRIGGER);
  const tags = ["actions"];
  const one = answer("The action", refTo("Action"));
  const actions = (): ActionService => actionsOf(parts);
  const read = { access: "action:read" } as const;
  const write = (audit: string) => ({ access: "action:write", audit }) as const;

  app.get(
    "/actions",
    {
      config: read,
      schema: { summary: "All actions", tags, response: { 200: answer("The actions", items(refTo("Action"))) } },
    },
    async () => ({ items: await actions().actions.list() }),
  );
  app.post<{ Body: ActionInput }>(
    "/actions",
    {
      config: write("action.create"),
      schema: { summary: "Create an action", tags, body: NEW_ACTION, response: { 201: one } },
    },
    async (request, reply) => {
      const created = await actions().actions.create(request.body);
      request.auditFacts = { target: created.id, details: { name: created.name, module: created.module } };
      return reply.code(201).send(created);
    },
  );
  app.get<WithId>(
    "/actions/:id",
    { config: read, schema: { summary: "An action", tags, params: ID_PARAMS, response: { 200: one } } },
    ({ params }) => actions().actions.get(params.id),
  );
  app.patch<WithId & { Body: Partial<ActionInput> }>(
    "/actions/:id",
    {
      config: write("action.update"),
      schema: { summary: "Change an action", tags, params: ID_PARAMS, body: ACTION_CHANGE, response: { 200: one } },
    },
    ({ params, body }) => actions().actions.update(params.id, body),
  );
  app.delete<WithId & { Querystring: { readonly dryRun?: boolean } }>(
    "/actions/:id",
    {
      config: write("action.delete"),
      schema: {
        ...{ summary: "Delete an action with its triggers", tags, params: ID_PARAMS },
        querystring: Type.Object({ dryRun: Type.Optional(Type.Boolean()) }),
        response: { 200: answer("What goes with it", DELETION) },
      },
    },
    async (request) => {
      const action = await actions().actions.get(request.params.id);
      const { dryRun = false } = request.query;
      request.auditFacts = { isNoChange: dryRun };
      const deletion = await removeTriggers(parts, action, { dryRun });
      if (!dryRun) await actions().actions.delete(action);
      return deletion;
    },
  );
  app.get<WithId>(
    "/actions/:id/triggers",
    {
      config: read,
      schema: {
        summary: "What starts it",
        tags,
        params: ID_PARAMS,
        response: { 200: answer("The triggers", items(refTo("Trigger"))) },
      },
    },
    async ({ params }) => ({ items: await triggersOf(parts, (await actions().startable(params.id)).subject) }),
  );
  app.post<WithId & { Body: NewTrigger }>(
    "/actions/:id/triggers",
    {
      config: write("action.trigger.add"),
      schema: {
        ...{ summary: "Let something start it", tags, params: ID_PARAMS, body: NEW_TRIGGER },
        response: { 201: answer("The trigger", refTo("Trigger")) },
      },
    },
    async ({ params, body }, reply) => {
      const { subject } = await actions().startable(params.id);
      return reply.code(201).send(await addTrigger(parts, subject, body));
    },
  );
  app.delete<{ Params: { readonly id: string; readonly trigger: string } }>(
    "/actions/:id/triggers/:trigger",
    {
      config: write("action.trigger.remove"),
      schema: {
        ...{ summary: "Remove a trigger", tags },
        params: Type.Object({ id: Type.String({ maxLength: 256 }), trigger: Type.String({ maxLength: 256 }) }),
        response: { 200: answer("It is removed", Type.Object({})) },
      },
    },
    async ({ params }) => {
      await removeTrigger(parts, (await actions().startable(params.id)).subject, params.trigger);
      return {};
    },
  );
  for (const kind of ["action", "workflow"] as const) {
    app.post<StartRoute>(
      `/dpe/v3/${kind}s/:id/start`,
      {
        config: { access: "action:start", isByType: true, hasQueryToken: true, audit: `${kind}.start` },
        schema: {
          summary: `Start ${kind === "action" ? "an action" : "a workflow"} with rows`,
          ...{ tags, params: ID_PARAMS, querystring: START_QUERY, headers: START_HEADERS },
          body: Type.Unknown({ description: "content of the event: a list of rows, as a rule" }),
          response: { 200: STARTED },
        },
      },
      async (request) => {
        const { params, body, headers, caller } = request;
        const { grants } = caller;
        const mayStart = (idOrName: string): boolean => grants.allowsType("action:start", idOrName);
        const found = await actions().findStartable(params.id, kind);
        // Who may start nothing of this name learns nothing of what there is.
        if (![params.id, found?.subject, found?.name].some((each) => each !== undefined && mayStart(each))) {
          throw forbidden(`action:start:${params.id}`);
        }
        const { subject } = found ?? (await actions().startable(params.id, kind));
        const event = { type: "rows", content: body ?? null };
        const { run, isNew } = await actions().begin(subject, {
          ...{ kind, event, trigger: { kind: "http", who: caller.id } },
          key: keyOf(headers["idempotency-key"]),
        });
        // As it is kept: JSON has no negative zero, for one.
        const isSame = async (): Promise<boolean> =>
          isDeepStrictEqual(await actions().runs.event(run.id), JSON.parse(JSON.stringify(event)));
        if (!isNew && !(await isSame())) throw otherInput(run.id);
        request.auditFacts = { target: subject, details: { run: run.id } };
        return { id: run.id };
      },
    );
  }
}

/** The draft of the IETF for Idempotency-Key wants 422 here. */
function otherInput(run: string): Refusal {
  const message = `the run ${run} has this Idempotency-Key and another input; take another key for another request`;
  return new Refusal(422, "xqbus:illegal-argument", message);
}

/** Keys of callers are not those of schedules, triggers and steps, which would find a run that is not theirs. */
function keyOf(given: string | undefined): string | undefined {
  return given === undefined ? undefined : `http:${given}`;
}

/** @throws Refusal with status 404: the daemon has no actions */
export function actionsOf({ actions }: Pick<RouteContext["parts"], "actions">): ActionService {
  if (actions !== undefined) return actions;
  const message = "the daemon has no actions: enabled = true in [action] of its configuration turns them on";
  throw new Refusal(404, "xqbus:unknown-name", message);
}
