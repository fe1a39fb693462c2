import swagger from "@fastify/swagger";
import type { FastifyInstance, FastifySchema } from "fastify";
import { Type } from "typebox";
import { invariant } from "../../errors.ts";
import { EVENT_SCOPES, SCOPES } from "../access/index.ts";
import { PROBLEM_TYPE } from "./problem.ts";
import { answer, refTo } from "./schemas/answers.ts";
import { PROBLEM } from "./schemas/problem.ts";

const DESCRIPTION = `Events, listeners, deliveries and dead letters of a daemon of xqbus. Get a token with \`POST /token\`: user and password are id and
secret of an API key. Every error is a problem+json with a stable \`code\`. Times are ms since 1970.`;

/** Serves the OpenAPI document of the routes that are added from now on. */
export async function addOpenApi(app: FastifyInstance): Promise<void> {
  app.addSchema(PROBLEM);
  app.addHook("onRoute", (route) => {
    const needed = route.config?.access;
    invariant(needed !== undefined, `the route ${route.url} says who may use it`);
    const schema = { ...route.schema } as FastifySchema & { security?: unknown; response?: object };
    schema.response = {
      ...(schema.response ?? {}),
      default: answer("Refused, or failed", refTo("Problem"), PROBLEM_TYPE),
    };
    schema.security = needed === "open" ? [] : [{ apiKey: [needed] }];
    route.schema = schema;
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "xqbus",
        description: DESCRIPTION,
        version: "1",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      components: {
        securitySchemes: {
          apiKey: {
            type: "oauth2",
            description:
              `The token of an API key. The scopes ${EVENT_SCOPES.join(", ")} may have a pattern of event types behind them, ` +
              "* for one word and # for any number: event:publish:repo.*. What belongs to other types is not there then: 404, or not in the list.",
            flows: { clientCredentials: { tokenUrl: "token", scopes: { ...SCOPES } } },
          },
        },
      },
    },
    refResolver: { buildLocalReference: (schema) => schema.$id as string },
  });
  app.get(
    "/openapi.json",
    {
      config: { access: "open" },
      schema: {
        summary: "This document",
        tags: ["daemon"],
        response: { 200: answer("OpenAPI 3.1", Type.Object({}, { additionalProperties: true })) },
      },
    },
    // The document is made once everything is there.
    async () => app.swagger(),
  );
}
