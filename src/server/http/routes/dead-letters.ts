import { isUtf8 } from "node:buffer";
import { Type } from "typebox";
import { XqbusError } from "../../../errors.ts";
import { bytesOf, Event, maskSensitive } from "../../../event/index.ts";
import type { Catalog } from "../../../schema/index.ts";
import type { DeadLetterQuery, DeadLetterView } from "../../dead-letters/dead-letter.ts";
import type { Caller } from "../caller.ts";
import { forbidden, forbiddenType } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, ID_PARAMS, items, refTo } from "../schemas/answers.ts";
import {
  DEAD_LETTER,
  DEAD_LETTER_CHANGE,
  DEAD_LETTER_CHOICE,
  DEAD_LETTER_DOCUMENT,
  DEAD_LETTER_GROUP,
  DEAD_LETTER_QUERY,
} from "../schemas/dead-letter.ts";

type DeadLetterScope = "dead-letter:read" | "dead-letter:write";

/** Dead letters: `/dead-letters`. */
export function addDeadLetterRoutes({ app, parts: { deadLetters, catalog } }: RouteContext): void {
  for (const schema of [DEAD_LETTER, DEAD_LETTER_DOCUMENT, DEAD_LETTER_GROUP, DEAD_LETTER_CHANGE])
    app.addSchema(schema);
  const tags = ["dead letters"];

  app.get<{ Querystring: DeadLetterQuery }>(
    "/dead-letters",
    {
      config: { access: "dead-letter:read", isByType: true },
      schema: {
        summary: "Dead letters, the oldest first",
        tags,
        querystring: DEAD_LETTER_QUERY,
        response: { 200: answer("The dead letters", items(refTo("DeadLetter"))) },
      },
    },
    async ({ query, caller }) => ({ items: await deadLetters.list(query, viewOf(caller)) }),
  );
  app.get<{ Querystring: DeadLetterQuery }>(
    "/dead-letters/groups",
    {
      config: { access: "dead-letter:read", isByType: true },
      schema: {
        summary: "Dead letters by their cause",
        tags,
        querystring: DEAD_LETTER_QUERY,
        response: { 200: answer("The groups", items(refTo("DeadLetterGroup"))) },
      },
    },
    async ({ query, caller }) => ({ items: await deadLetters.groups(query, viewOf(caller)) }),
  );
  app.get<{ Params: { readonly id: string }; Querystring: { readonly raw?: boolean } }>(
    "/dead-letters/:id",
    {
      config: { access: "dead-letter:read", isByType: true },
      schema: {
        summary: "A dead letter with its event",
        description: "With raw, which needs the scope dead-letter:write, the document is as it was sent.",
        tags,
        params: ID_PARAMS,
        querystring: given({ raw: Type.Optional(Type.Boolean()) }),
        response: { 200: answer("The dead letter", refTo("DeadLetterDocument")) },
      },
    },
    async ({ params, query, caller }) => {
      const isRaw = query.raw === true;
      if (isRaw && !caller.grants.allows("dead-letter:write")) throw forbidden("dead-letter:write");
      const { document, ...letter } = await deadLetters.show(params.id, viewOf(caller));
      if (isRaw && !allowsLetter(caller, "dead-letter:write", letter.eventType)) {
        throw forbiddenType("dead-letter:write", letter.eventType ?? "*");
      }
      const bytes = isRaw ? document : maskedDocument(document, catalog);
      const encoding = isUtf8(bytes) ? "utf8" : "base64";
      return { ...letter, document: Buffer.from(bytes).toString(encoding), encoding };
    },
  );
  for (const verb of ["redrive", "delete"] as const) {
    app.post<{ Body: DeadLetterQuery & { readonly dryRun?: boolean } }>(
      `/dead-letters/${verb}`,
      {
        config: { access: "dead-letter:write", isByType: true, audit: `dead-letter.${verb}` },
        schema: {
          summary: verb === "redrive" ? "Deliver again to the one that failed" : "Delete dead letters",
          tags,
          body: DEAD_LETTER_CHOICE,
          response: { 200: answer("What came of it", refTo("DeadLetterChange")) },
        },
      },
      async (request) => {
        const { dryRun = false, ...query } = request.body;
        const chosen = { ...query, ...(query.ids === undefined ? {} : { ids: query.ids.length }) };
        request.auditFacts = { isNoChange: dryRun, details: chosen };
        const change = await deadLetters[verb](query, { dryRun, ...seenView(request.caller, "dead-letter:write") });
        const counts = { matched: change.matched, changed: change.changed, refused: change.refused.length };
        request.auditFacts = { isNoChange: dryRun, details: { ...chosen, ...counts } };
        return change;
      },
    );
  }
}

/** A filter asks for sensitive values only when its caller may see them. */
function viewOf(caller: Caller): DeadLetterView {
  return {
    ...seenView(caller, "dead-letter:read"),
    isMasked: (eventType) => !allowsLetter(caller, "dead-letter:write", eventType),
  };
}

/** What a caller may not look at, or not change, is not there for them. Without a limit the types need not be read. */
function seenView(caller: Caller, scope: DeadLetterScope): Pick<DeadLetterView, "isSeen"> {
  if (caller.grants.allowsAll(scope)) return {};
  return { isSeen: (eventType) => allowsLetter(caller, scope, eventType) };
}

/** What is no event is of no type that a scope could be limited to. */
function allowsLetter({ grants }: Caller, scope: DeadLetterScope, eventType: string | undefined): boolean {
  return eventType === undefined ? grants.allowsAll(scope) : grants.allowsType(scope, eventType);
}

/** What is no event cannot be masked, and is not shown. */
function maskedDocument(document: Uint8Array, catalog: Catalog): Uint8Array {
  try {
    return bytesOf(maskSensitive(Event.parse(document, { catalog }), catalog));
  } catch (error) {
    if (error instanceof XqbusError) return new Uint8Array();
    throw error;
  }
}
