import { Type } from "typebox";
import type { HealthReport } from "../../health.ts";
import { ANONYMOUS } from "../caller.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, named, refTo } from "../schemas/answers.ts";

const STATUS = Type.Enum(["ok", "degraded", "failed"]);
const HEALTH = named(
  "Health",
  {
    status: STATUS,
    checks: Type.Array(
      Type.Object({
        name: Type.String(),
        status: STATUS,
        detail: Type.String({ description: "empty for callers without a token" }),
      }),
    ),
  },
  "Whether the daemon can do its work",
);

/** Health: `/livez` and `/readyz`, open to everybody, and `/metrics`. */
export function addHealthRoutes({ app, parts, options, metrics }: RouteContext): void {
  app.addSchema(HEALTH);
  const tags = ["daemon"];

  app.get(
    "/livez",
    {
      config: { access: "open", isUnlimited: true },
      schema: {
        summary: "Whether the process answers",
        tags,
        response: { 200: answer("It does", Type.Object({ status: Type.Literal("ok") })) },
      },
    },
    () => ({ status: "ok" }),
  );
  app.get(
    "/readyz",
    {
      config: { access: "open" },
      schema: {
        summary: "Whether the daemon can do its work",
        tags,
        response: { 200: answer("It can", refTo("Health")), 503: answer("It cannot", refTo("Health")) },
      },
    },
    async ({ caller, id }, reply): Promise<HealthReport> => {
      const report = await parts.health().catch((error: unknown): HealthReport => {
        options.log({ level: "error", message: "the health of the daemon is not known", requestId: id, error });
        return { status: "failed", checks: [{ name: "health", status: "failed", detail: "the checks have failed" }] };
      });
      void reply.code(report.status === "failed" ? 503 : 200);
      if (caller !== ANONYMOUS) return report;
      return { status: report.status, checks: report.checks.map((check) => ({ ...check, detail: "" })) };
    },
  );
  app.get(
    "/metrics",
    {
      config: { access: "metrics:read" },
      schema: {
        summary: "Metrics for Prometheus",
        tags,
        response: { 200: answer("In the text format of Prometheus", Type.String(), "text/plain") },
      },
    },
    async (_, reply) => {
      void reply.type(metrics.contentType);
      return metrics.text();
    },
  );
}
