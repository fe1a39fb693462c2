import { Type } from "typebox";
import { readEvent } from "../../../amqp/index.ts";
import { compileFilter, FilterError, type FilterLanguage } from "../../../filter/index.ts";
import type { FilterCheckAnswer, FilterReading } from "../../api-client/index.ts";
import { CALLER_FILTER_BUDGET } from "../../filter-budget.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, named, refTo } from "../schemas/answers.ts";

const LANGUAGES: readonly FilterLanguage[] = ["xquery", "xpath", "xpath1"];
const FILTER = {
  query: Type.String({ maxLength: 64 * 1024 }),
  language: Type.Optional(Type.Enum([...LANGUAGES], { description: "default xquery" })),
  defaultElementNamespace: Type.Optional(Type.String({ maxLength: 2000 })),
};

const FILTER_CHECK = named(
  "FilterCheck",
  {
    canMatch: Type.Boolean(),
    eventTypes: Type.Union([Type.Literal("all"), Type.Array(Type.String())]),
    problems: Type.Array(
      Type.Object({
        code: Type.String(),
        severity: Type.Enum(["error", "warning"]),
        message: Type.String(),
        line: Type.Integer(),
        column: Type.Integer(),
      }),
    ),
  },
  "Whether a filter compiles, and which events it can match",
);

interface FilterBody extends FilterReading {
  readonly query: string;
}

/** Filters: `/filters/check`, `/filters/explain`. */
export function addFilterRoutes({ app, parts: { catalog } }: RouteContext): void {
  app.addSchema(FILTER_CHECK);
  const tags = ["filters"];

  app.post<{ Body: FilterBody }>(
    "/filters/check",
    {
      config: { access: "event-type:read" },
      schema: {
        summary: "Whether a filter compiles, and which events it can match",
        tags,
        body: given(FILTER),
        response: { 200: answer("What the catalog says", refTo("FilterCheck")) },
      },
    },
    ({ body: { query, ...reading } }): FilterCheckAnswer => {
      try {
        const { eventTypes, warnings } = compileFilter(query, { catalog, ...reading });
        return { canMatch: true, eventTypes, problems: warnings };
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        const { code, reason: message, line = 1, column = 1, problems } = error;
        const own = { code, severity: "error", message, line, column } as const;
        return { canMatch: false, eventTypes: [], problems: problems.length > 0 ? problems : [own] };
      }
    },
  );
  app.post<{ Body: FilterBody & { readonly event: string } }>(
    "/filters/explain",
    {
      config: { access: "event-type:read" },
      schema: {
        summary: "Why a filter matches an event, or why not",
        description: "Values of sensitive fields are masked. An evaluation may take a million steps.",
        tags,
        body: given({ ...FILTER, event: Type.String({ description: "in XML" }) }),
        response: {
          200: answer(
            "Its conditions and what they saw",
            Type.Object({ matches: Type.Boolean() }, { additionalProperties: true }),
          ),
        },
      },
    },
    ({ body: { query, event, ...reading } }) => {
      const filter = compileFilter(query, {
        ...{ catalog, onCatalogProblem: "warning", budget: CALLER_FILTER_BUDGET },
        ...reading,
      });
      return filter.explain(readEvent(event, {}, catalog).document);
    },
  );
}
