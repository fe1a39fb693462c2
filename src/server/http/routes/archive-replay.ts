import { Type } from "typebox";
import { XqbusError } from "../../../errors.ts";
import { prepareReplay, type ReplayGoal, type ReplayOrigin } from "../../replay/index.ts";
import { answered, archiveOf, PROGRESS, QUERY, queryOf, viewOf, type QueryRequest } from "../archive-requests.ts";
import { statusOf } from "../problem-status.ts";
import { Refusal } from "../refusal.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, text } from "../schemas/answers.ts";

interface ReplayRequest extends QueryRequest {
  readonly from?: ReplayOrigin;
  readonly to?: string;
  readonly toSubscription?: string;
  readonly dryRun?: boolean;
  readonly speed?: number;
  readonly rate?: string;
  readonly progress?: boolean;
}

const NAME = { minLength: 1, maxLength: 500 };
const REQUEST = given({
  ...QUERY,
  from: Type.Optional(
    Type.Unsafe<ReplayOrigin>({
      type: "string",
      enum: ["archive", "unrouted"],
      description: "the archive (default), or the events of the embedded broker that no subscription wanted",
    }),
  ),
  to: Type.Optional(Type.String({ ...NAME, description: "address on the bus: a topic or a queue" })),
  toSubscription: Type.Optional(
    Type.String({ ...NAME, description: "one subscription of the embedded broker instead: <name>, or <topic> <name>" }),
  ),
  dryRun: Type.Optional(Type.Boolean({ description: "count only" })),
  speed: Type.Optional(Type.Number({ exclusiveMinimum: 0, description: "1: as the events came" })),
  rate: Type.Optional(text(100, "events at most: 100/s, 600/min")),
  progress: PROGRESS,
});
const REPLAYED = Type.Object({
  matched: Type.Integer(),
  sent: Type.Integer(),
  unwanted: Type.Integer({
    description: "that nobody there wants, as far as the daemon knows: filters and rights of subscriptions",
  }),
});

/** `POST /archive/replay`. */
export function addArchiveReplayRoute({ app, parts, options: http }: RouteContext): void {
  const { catalog } = parts;
  app.post<{ Body: ReplayRequest }>(
    "/archive/replay",
    {
      config: { access: "archive:replay", isByType: true, audit: "archive.replay" },
      schema: {
        summary: "Send archived events once more",
        description:
          "To an address (to) or to one subscription (toSubscription), with their message ids, and the application property " +
          "xqbus_replayed. With from: unrouted they leave the queue <domain>.unrouted; those that nobody wants stay. " +
          "Filters see the event without the values of sensitive fields.",
        tags: ["archive"],
        body: REQUEST,
        response: { 200: answer("What was sent", REPLAYED) },
      },
    },
    async (request, reply) => {
      const { from = "archive", to, toSubscription, dryRun = false, speed, rate, progress, ...wanted } = request.body;
      const goal = goalOf(to, toSubscription);
      const query = queryOf(wanted, catalog);
      const details = {
        from,
        ...(to === undefined ? {} : { to }),
        ...(toSubscription && { toSubscription }),
        ...wanted,
      };
      request.auditFacts = { isNoChange: dryRun, details };
      const start = await prepareReplay({ ...parts, archive: () => archiveOf(parts) }, { from, to: goal, query });
      return answered({ request, reply, options: http }, progress, (options) =>
        start({
          ...{ ...options, dryRun },
          ...(speed === undefined ? {} : { speed }),
          ...(rate === undefined ? {} : { rate }),
          ...viewOf(request.caller, catalog, "archive:replay"),
        }).catch(rethrowFull),
      );
    },
  );
}

function goalOf(address: string | undefined, name: string | undefined): ReplayGoal {
  if (address !== undefined && name === undefined) return { kind: "address", address };
  if (name !== undefined && address === undefined) return { kind: "subscription", name };
  throw new XqbusError("xqbus:illegal-argument", "a replay needs one of to and toSubscription");
}

/** Which queue has no room is for whoever has filled it. */
function rethrowFull(error: unknown): never {
  const code = "amqp:resource-limit-exceeded";
  throw error instanceof XqbusError && error.code === code ? new Refusal(statusOf(code), code, error.message) : error;
}
