import { Type } from "typebox";
import { Refusal } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, items, named, refTo, time } from "../schemas/answers.ts";

const MEMBER = named(
  "Member",
  {
    id: Type.String({ description: "host, process id and a random end" }),
    slot: Type.Integer({ description: "what no other living daemon has" }),
    startedAt: time(),
    release: Type.String(),
    leases: Type.Integer({ description: "things that it does for all" }),
    isThis: Type.Boolean({ description: "whether it is the one that answers" }),
  },
  "A daemon among those of a bus",
);

/** The daemons of a bus: `GET /members`. */
export function addMemberRoutes({ app, parts: { shared } }: RouteContext): void {
  app.addSchema(MEMBER);
  app.get(
    "/members",
    {
      config: { access: "metrics:read" },
      schema: {
        ...{ summary: "The daemons of the bus that live", tags: ["members"] },
        response: { 200: answer("The daemons", items(refTo("Member"))) },
      },
    },
    async () => {
      if (shared === undefined) {
        const hint = "with [broker] url of another broker and a PostgreSQL in [storage] url it has others";
        throw new Refusal(404, "xqbus:resource-not-found", `this daemon is on its own; ${hint}`);
      }
      const { cluster } = shared;
      const leases = await cluster.leases();
      return {
        items: cluster.members.map(({ id, slot, startedAt, release }) => ({
          ...{ id, slot, startedAt, release },
          leases: leases.get(id) ?? 0,
          isThis: id === cluster.id,
        })),
      };
    },
  );
}
