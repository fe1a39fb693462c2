import type { FastifyInstance } from "fastify";
import type { Access } from "../access/index.ts";
import type { CheckedHttpOptions } from "./http-options.ts";

/** Writes a line into the audit log for each change, before it is answered; and for each that was refused. */
export function addAudit(app: FastifyInstance, access: Access, { log }: CheckedHttpOptions): void {
  app.addHook("onSend", async (request) => {
    const { audit: action } = request.routeOptions.config;
    const { caller, auditFacts, problemCode } = request;
    if (action === undefined || caller.id === "" || auditFacts.isNoChange === true) return;
    const { id = "" } = (request.params ?? {}) as { readonly id?: string | number };
    try {
      await access.record({
        who: caller.id,
        action,
        target: auditFacts.target ?? String(id),
        outcome: problemCode ?? "done",
        details: auditFacts.details ?? {},
      });
    } catch (error) {
      // The change is made, and its answer must not say otherwise.
      log({ level: "error", message: `the audit log was not written for ${action}`, requestId: request.id, error });
    }
  });
}
