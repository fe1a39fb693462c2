import { afterEach, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { startBroker } from "../../src/broker/index.ts";
import { TcpProxy, type ProxyBehaviour } from "../helpers/tcp-proxy.ts";

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Times are short where the other end is silent on purpose, and never an assertion. */
const PATIENT = { reconnect: { minDelayMs: 1, maxDelayMs: 50 }, sendTimeoutMs: 50_000, closeTimeoutMs: 50 };
const LANES = 20;

/** A publisher and a durable consumer, each behind a proxy of its own, on the embedded broker. */
async function line(impatience: { readonly idleTimeoutMs?: number; readonly stallTimeoutMs?: number } = {}): Promise<{
  readonly toPublisher: TcpProxy;
  readonly toConsumer: TcpProxy;
  readonly publisher: EventPublisher;
  readonly received: string[];
}> {
  const broker = await startBroker({ users: { admin: "secret" } });
  cleanUps.push(() => broker.close());
  const proxies = [await TcpProxy.start(broker.port), await TcpProxy.start(broker.port)] as const;
  for (const proxy of proxies) cleanUps.push(() => proxy.close());
  const [toPublisher, toConsumer] = proxies;
  const url = ({ port }: TcpProxy): string => `amqp://admin:secret@127.0.0.1:${port}/org.clacks`;
  const received: string[] = [];
  const consumer = await AMQPEventConsumer.open(url(toConsumer), {
    ...PATIENT,
    ...impatience,
    durable: "faults",
    callback: (_event, { properties }) => void received.push(properties.messageId ?? ""),
  });
  cleanUps.push(() => consumer.close());
  const publisher = await EventPublisher.open(url(toPublisher), { ...PATIENT, ...impatience, validate: false });
  cleanUps.push(() => publisher.close());
  return { toPublisher, toConsumer, publisher, received };
}

/** Sends the events of these numbers, several at a time; resolves when all are accepted. */
async function sendAll(publisher: EventPublisher, from: number, to: number): Promise<void> {
  let next = from;
  const lane = async (): Promise<void> => {
    while (next < to) {
      const messageId = `m-${next++}`;
      await publisher.sendEvent("<Event><Ping/></Event>", { messageId });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

async function until(claim: () => void): Promise<void> {
  await vi.waitFor(claim, { timeout: 50_000 });
}

function ids(to: number): Set<string> {
  return new Set(Array.from({ length: to }, (_, i) => `m-${i}`));
}

const BYTE_BY_BYTE: ProxyBehaviour = { pieceBytes: 1 };

describe("between publisher, broker and consumer", () => {
  it("connections that are cut again and again lose no accepted event", async () => {
    const { toPublisher, toConsumer, publisher, received } = await line();
    const sending = sendAll(publisher, 0, 600);
    for (let round = 1; round <= 5; round++) {
      const before = received.length;
      await until(() => expect(received.length).toBeGreaterThan(Math.min(before + 20, 599)));
      toPublisher.cut();
      toConsumer.cut();
      await until(() => expect(toConsumer.made).toBeGreaterThan(round));
    }
    await sending;
    await until(() => expect(new Set(received)).toEqual(ids(600)));
    expect(toPublisher.made).toBeGreaterThan(1);
  });

  const bad: readonly [title: string, behaviour: ProxyBehaviour][] = [
    ["single bytes", BYTE_BY_BYTE],
    ["everything late", { delayMs: 20 }],
  ];

  it.each(bad)("links that pass %s change nothing", async (_title, behaviour) => {
    const { toPublisher, toConsumer, publisher, received } = await line();
    toPublisher.behave(behaviour);
    toConsumer.behave(behaviour);
    await sendAll(publisher, 0, 60);
    await until(() => expect(new Set(received)).toEqual(ids(60)));
    expect(received).toHaveLength(60);
    expect([toPublisher.made, toConsumer.made]).toEqual([1, 1]);
  });

  it("a connection attempt through such links succeeds", async () => {
    const { toPublisher, toConsumer, publisher, received } = await line();
    toPublisher.behave(BYTE_BY_BYTE);
    toConsumer.behave(BYTE_BY_BYTE);
    toPublisher.cut();
    toConsumer.cut();
    await sendAll(publisher, 0, 20);
    await until(() => expect(new Set(received)).toEqual(ids(20)));
  });

  const silent: readonly [title: string, impatience: { idleTimeoutMs?: number; stallTimeoutMs?: number }][] = [
    ["the idle time-out", { idleTimeoutMs: 100 }],
    ["the watch for stalls", { stallTimeoutMs: 100 }],
  ];

  it.each(silent)("half-open connections are noticed by %s, and made again", async (_title, impatience) => {
    const { toPublisher, toConsumer, publisher, received } = await line(impatience);
    await sendAll(publisher, 0, 20);
    await until(() => expect(new Set(received)).toEqual(ids(20)));
    toPublisher.behave({ swallows: true });
    toConsumer.behave({ swallows: true });
    const sending = sendAll(publisher, 20, 40);
    const lost = new Promise((resolve) => publisher.on("disconnected", resolve));
    await lost;
    toPublisher.behave({});
    toConsumer.behave({});
    await sending;
    await until(() => expect(new Set(received)).toEqual(ids(40)));
  });
});
