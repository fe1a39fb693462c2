import { AMQPEventConsumer, EventPublisher } from "../../../src/amqp/index.ts";
import type { FaultClient } from "./fault-client.ts";

/** Times are short where the other end is silent on purpose, and never an assertion. */
const OPTIONS = {
  // ActiveMQ Classic refuses a container that it knows until it has noticed that the connection before is gone.
  reconnect: { minDelayMs: 20, maxDelayMs: 500, first: true },
  timeoutMs: 60_000,
  sendTimeoutMs: 300_000,
  closeTimeoutMs: 1_000,
  idleTimeoutMs: 2_000,
};
const WINDOW = 100;

/** Our own clients. */
export const xqbusClient: FaultClient = {
  name: "xqbus",

  openSender: async ({ url }) => {
    const publisher = await EventPublisher.open(url, { ...OPTIONS, validate: false });
    let underWay = 0;
    return {
      isReady: () => underWay < WINDOW,
      send: (messageId, onAccepted) => {
        underWay++;
        const done = (): void => void underWay--;
        publisher.sendEvent("<Event><Ping/></Event>", { messageId }).then(onAccepted, done).then(done, done);
      },
      close: () => publisher.close(),
    };
  },

  openReceiver: async ({ url }, durable, handle) => {
    const consumer = await AMQPEventConsumer.open(url, {
      ...OPTIONS,
      durable,
      onError: () => undefined,
      callback: (_event, { properties }) => handle(properties.messageId ?? ""),
    });
    return { close: () => consumer.close() };
  },

  unsubscribe: async ({ url }, durable) => {
    const consumer = await AMQPEventConsumer.open(url, { ...OPTIONS, durable, callback: () => undefined });
    await consumer.unsubscribe();
  },
};
