import type { FastifyInstance } from "fastify";
import { Refusal } from "./refusal.ts";

/**
 * Refuses U+0000 in paths and queries before anything is looked up by them: nothing is called so, and PostgreSQL has no such text.
 * Behind the guard, so that who has no token learns nothing.
 */
export function refuseNullCharacters(app: FastifyInstance): void {
  app.addHook("preValidation", async ({ params, query }) => {
    if (hasNull(params)) throw new Refusal(404, "xqbus:unknown-name", "there is nothing with U+0000 in its name");
    if (hasNull(query)) throw new Refusal(400, "xqbus:illegal-argument", "the query has the character U+0000");
  });
}

/** Whether one of the texts of an object of texts, or of lists of them, has it. */
function hasNull(texts: unknown): boolean {
  if (typeof texts !== "object" || texts === null) return false;
  return Object.values(texts).some((value: unknown) => JSON.stringify(value ?? "").includes("\\u0000"));
}
