import { Type } from "typebox";
import { XqbusError } from "../../../errors.ts";
import type { Broker, QueueInfo } from "../../../broker/index.ts";
import type { BrokerState, MessagesChanged } from "../../api-client/index.ts";
import type { RouteContext } from "../route-context.ts";
import { answer, given, items, text } from "../schemas/answers.ts";

const ANYTHING = Type.Object({}, { additionalProperties: true });
const ADDRESS = text(1000);
const MAX = Type.Optional(Type.Integer({ minimum: 1, description: "default: all" }));
const DRY_RUN = Type.Optional(Type.Boolean());
const CHANGED = answer("How many messages", Type.Object({ messages: Type.Integer() }));

interface Change {
  readonly dryRun?: boolean;
  readonly max?: number;
}

/** The embedded broker: `/broker`. With another broker there is only that there is none. */
export function addBrokerRoutes({ app, parts }: RouteContext): void {
  const tags = ["broker"];
  const embedded = (): Broker => {
    if (parts.broker !== undefined) return parts.broker;
    throw new XqbusError(
      "xqbus:no-broker",
      "the daemon works with a broker of somebody else; use the management of that one",
    );
  };
  const queueAt = (address: string): QueueInfo => {
    const queue = embedded()
      .management.queues()
      .find((each) => each.address === address);
    if (queue !== undefined) return queue;
    throw new XqbusError("amqp:not-found", `there is no queue ${JSON.stringify(address)}`);
  };
  const waiting = (address: string, max = Infinity): MessagesChanged => {
    const { messages, unsettled } = queueAt(address);
    return { messages: Math.min(messages - unsettled, max) };
  };

  app.get(
    "/broker",
    {
      config: { access: "broker:read" },
      schema: {
        summary: "How the broker is doing",
        tags,
        response: {
          200: answer(
            "Counts since its start and rates per second; of an embedded broker only",
            Type.Object({
              isEmbedded: Type.Boolean(),
              counts: Type.Optional(ANYTHING),
              rates: Type.Optional(ANYTHING),
            }),
          ),
        },
      },
    },
    (): BrokerState => {
      const { broker } = parts;
      if (broker === undefined) return { isEmbedded: false };
      return { isEmbedded: true, counts: broker.counts, rates: broker.management.rates() };
    },
  );
  for (const what of ["connections", "queues", "subscriptions"] as const) {
    app.get(
      `/broker/${what}`,
      {
        config: { access: "broker:read" },
        schema: { summary: `All ${what}`, tags, response: { 200: answer(`The ${what}`, items(ANYTHING)) } },
      },
      () => ({ items: embedded().management[what]() }),
    );
  }
  app.delete<{ Params: { readonly id: number } }>(
    "/broker/connections/:id",
    {
      config: { access: "broker:write", audit: "broker.connection.close" },
      schema: {
        summary: "End a connection",
        tags,
        params: Type.Object({ id: Type.Integer({ minimum: 0 }) }),
        response: { 204: { description: "It ends", type: "null" } },
      },
    },
    async ({ params }, reply) => {
      embedded().management.closeConnection(params.id);
      return reply.code(204).send();
    },
  );
  for (const verb of ["purge", "delete"] as const) {
    app.post<{ Body: Change & { readonly address: string } }>(
      `/broker/queues/${verb}`,
      {
        config: { access: "broker:write", audit: `broker.queue.${verb}` },
        schema: {
          summary:
            verb === "purge"
              ? "Delete the messages of a queue that no consumer has"
              : "Delete a queue with its messages",
          tags,
          body: given({ address: ADDRESS, dryRun: DRY_RUN }),
          response: { 200: CHANGED },
        },
      },
      (request): MessagesChanged => {
        const { address, dryRun = false } = request.body;
        request.auditFacts = { target: address, isNoChange: dryRun };
        const { management } = embedded();
        if (dryRun) return verb === "purge" ? waiting(address) : { messages: queueAt(address).messages };
        const messages = management[verb](address);
        request.auditFacts = { target: address, details: { messages } };
        return { messages };
      },
    );
  }
  app.post<{ Body: Change & { readonly from: string; readonly to: string } }>(
    "/broker/queues/move",
    {
      config: { access: "broker:write", audit: "broker.queue.move" },
      schema: {
        summary: "Move waiting messages to the end of another queue",
        tags,
        body: given({ from: ADDRESS, to: ADDRESS, max: MAX, dryRun: DRY_RUN }),
        response: { 200: CHANGED },
      },
    },
    async (request): Promise<MessagesChanged> => {
      const { from, to, max, dryRun = false } = request.body;
      request.auditFacts = { target: from, isNoChange: dryRun, details: { to } };
      if (dryRun) return waiting(from, max);
      const messages = await embedded().management.move(from, to, max === undefined ? {} : { max });
      request.auditFacts = { target: from, details: { to, messages } };
      return { messages };
    },
  );
  app.post<{ Body: Change & { readonly topic: string } }>(
    "/broker/topics/replay",
    {
      config: { access: "broker:write", audit: "broker.topic.replay" },
      schema: {
        summary: "Publish unrouted messages of a topic again",
        description: "With dryRun: how many there are; those that no subscription wants stay.",
        tags,
        body: given({ topic: ADDRESS, max: MAX, dryRun: DRY_RUN }),
        response: { 200: CHANGED },
      },
    },
    async (request): Promise<MessagesChanged> => {
      const { topic, max, dryRun = false } = request.body;
      request.auditFacts = { target: topic, isNoChange: dryRun };
      if (dryRun) return waiting(`${topic}.unrouted`, max);
      const messages = await embedded().management.replay(topic, max === undefined ? {} : { max });
      request.auditFacts = { target: topic, details: { messages } };
      return { messages };
    },
  );
}
