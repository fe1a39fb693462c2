import { Type } from "typebox";
import type { AuditQuery } from "../../api-client/index.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, ID_PARAMS, items, named, refTo, text, time } from "../schemas/answers.ts";

const KEY = { id: Type.String(), name: Type.String(), scopes: Type.Array(Type.String()), createdAt: time() };
const API_KEY = named("ApiKey", KEY, "An API key, without its secret");
const NEW_API_KEY = named(
  "NewApiKey",
  { ...KEY, secret: Type.String() },
  "A new API key; its secret is shown this once",
);
const AUDIT_ENTRY = named(
  "AuditEntry",
  {
    id: Type.Integer(),
    at: time(),
    who: Type.String({ description: "id of an API key, or local" }),
    action: Type.String(),
    target: Type.String(),
    outcome: Type.String({ description: "done, or the code of the error" }),
    details: Type.Object({}, { additionalProperties: true }),
  },
  "A line of the audit log",
);

/** API keys and the audit log: `/api-keys`, `/audit`. */
export function addAccessRoutes({ app, access }: RouteContext): void {
  for (const schema of [API_KEY, NEW_API_KEY, AUDIT_ENTRY]) app.addSchema(schema);
  const tags = ["access"];

  app.get(
    "/api-keys",
    {
      config: { access: "admin" },
      schema: { summary: "All API keys", tags, response: { 200: answer("The keys", items(refTo("ApiKey"))) } },
    },
    () => ({ items: access.keys }),
  );
  app.post<{ Body: { readonly name: string; readonly scopes: readonly string[] } }>(
    "/api-keys",
    {
      config: { access: "admin", audit: "api-key.create" },
      schema: {
        summary: "Make an API key",
        tags,
        body: given({ name: text(200, "for people"), scopes: Type.Array(text(300), { minItems: 1, maxItems: 100 }) }),
        response: { 201: answer("The key with its secret", refTo("NewApiKey")) },
      },
    },
    async (request, reply) => {
      const { name, scopes } = request.body;
      request.auditFacts = { details: { name, scopes } };
      const key = await access.createKey(name, scopes);
      request.auditFacts = { target: key.id, details: { name, scopes } };
      void reply.code(201);
      return key;
    },
  );
  app.delete<{ Params: { readonly id: string } }>(
    "/api-keys/:id",
    {
      config: { access: "admin", audit: "api-key.delete" },
      schema: {
        summary: "Delete an API key; its tokens are of no use from now on",
        tags,
        params: ID_PARAMS,
        response: { 204: { description: "It is gone", type: "null" } },
      },
    },
    async (request, reply) => {
      const { name } = await access.deleteKey(request.params.id);
      request.auditFacts = { details: { name } };
      return reply.code(204).send();
    },
  );
  app.get<{ Querystring: AuditQuery }>(
    "/audit",
    {
      config: { access: "admin" },
      schema: {
        summary: "The audit log, the latest first",
        tags,
        querystring: given({
          who: Type.Optional(text(256)),
          action: Type.Optional(text(256)),
          target: Type.Optional(text(1000)),
          before: Type.Optional(Type.Integer({ minimum: 0, description: "those with a smaller id" })),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, description: "default 100" })),
        }),
        response: { 200: answer("The lines", items(refTo("AuditEntry"))) },
      },
    },
    async ({ query }) => ({ items: await access.audit(query) }),
  );
}
