import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { describeWith, JAVA, MAVEN } from "../helpers/requirements.ts";
import { freePort } from "./free-port.ts";
import { PRODUCTS } from "./products.ts";
import type { Product } from "./running-broker.ts";

const FULL = process.env["XQBUS_FULL"] === "1";
const RESTARTS = FULL ? 20 : 3;
const CLIENTS = FULL ? 200 : 50;
const LANES = 20;
/** The products that keep durable subscriptions; on RabbitMQ the client refuses them. */
const KEEPING = (Object.keys(PRODUCTS) as Product[]).filter((product) => product !== "rabbitmq");
/** Events that every restart is surrounded by. */
const EVENTS = 100;
const PATIENCE = { timeout: 120_000, interval: 20 };
const CLIENT = {
  reconnect: { minDelayMs: 20, maxDelayMs: 500 },
  timeoutMs: 30_000,
  sendTimeoutMs: 300_000,
  closeTimeoutMs: 1_000,
};

/** What the test wants of a broker. */
interface Killable {
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function startEmbedded(): Promise<Killable> {
  const port = await freePort();
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = fork(join(import.meta.dirname, "embedded-child.ts"), [String(port)], { execArgv: ["--import", "tsx"] });
    await once(child, "message");
  };
  const kill = async (): Promise<void> => {
    const exit = child === undefined ? undefined : once(child, "exit");
    child?.kill("SIGKILL");
    await exit;
  };
  await start();
  return { url: `amqp://admin:secret@127.0.0.1:${port}/org.clacks`, start, kill, stop: kill };
}

async function startProduct(product: Product): Promise<Killable> {
  const broker = await PRODUCTS[product]();
  return { url: broker.url, kill: () => broker.kill(), start: () => broker.restart(), stop: () => broker.stop() };
}

/** Sends without a pause until it is stopped. */
class Load {
  readonly accepted: Set<string> = new Set();
  readonly attempted: Set<string> = new Set();
  #next = 0;
  #stopped = false;
  readonly #lanes: Promise<void>[];

  constructor(publisher: EventPublisher) {
    this.#lanes = Array.from({ length: LANES }, async () => {
      while (!this.#stopped) {
        const messageId = `m-${this.#next++}`;
        this.attempted.add(messageId);
        await publisher.sendEvent("<Event><Ping/></Event>", { messageId });
        this.accepted.add(messageId);
      }
    });
  }

  /** Resolves when every event that was begun is accepted. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#lanes);
  }
}

/** Kills the broker under load; returns what was accepted and what arrived. */
async function killUnderLoad(broker: Killable, durable: string | undefined): Promise<Load & { received: Set<string> }> {
  const received = new Set<string>();
  await using consumer = await AMQPEventConsumer.open(broker.url, {
    ...CLIENT,
    ...(durable === undefined ? {} : { durable }),
    callback: (_event, { properties }) => void received.add(properties.messageId ?? ""),
  });
  await using publisher = await EventPublisher.open(broker.url, { ...CLIENT, validate: false });
  const load = new Load(publisher);
  const flows = async (): Promise<void> => {
    const target = received.size + EVENTS;
    await vi.waitFor(() => expect(received.size).toBeGreaterThan(target), PATIENCE);
  };
  for (let restart = 0; restart < RESTARTS; restart++) {
    await flows();
    await broker.kill();
    await broker.start();
  }
  await flows();
  await load.stop();
  if (durable !== undefined) await vi.waitFor(() => expect(received.size).toBe(load.attempted.size), PATIENCE);
  expect(consumer.status).toBe("connected");
  return Object.assign(load, { received });
}

describe("the embedded broker, killed and started again", () => {
  let broker: Killable;

  beforeAll(async () => {
    broker = await startEmbedded();
  });

  afterAll(() => broker.stop());

  it(`${RESTARTS} times under load: every send is accepted at last, every receiver receives again`, async () => {
    const { accepted, attempted, received } = await killUnderLoad(broker, undefined);
    expect(accepted).toEqual(attempted);
    expect([...received].filter((id) => !attempted.has(id))).toEqual([]);
  }, 600_000);

  it(`has all of ${CLIENTS} clients back`, async () => {
    const got = new Set<number>();
    const consumers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, client) =>
        AMQPEventConsumer.open(broker.url, { ...CLIENT, callback: () => void got.add(client) }),
      ),
    );
    await broker.kill();
    await vi.waitFor(() => expect(consumers.some(({ status }) => status === "connected")).toBe(false), PATIENCE);
    await broker.start();
    await vi.waitFor(() => expect(consumers.every(({ status }) => status === "connected")).toBe(true), PATIENCE);
    await using publisher = await EventPublisher.open(broker.url, { ...CLIENT, validate: false });
    await publisher.sendEvent("<Event><Ping/></Event>");
    await vi.waitFor(() => expect(got.size).toBe(CLIENTS), PATIENCE);
    await Promise.all(consumers.map((consumer) => consumer.close()));
  }, 600_000);
});

describeWith([JAVA, MAVEN], "a real broker, killed and started again", () => {
  describe.each(KEEPING)("%s", (product) => {
    let broker: Killable;

    beforeAll(async () => {
      broker = await startProduct(product);
    }, 600_000);

    afterAll(() => broker.stop());

    it(`${RESTARTS} times under load: a durable subscription loses nothing that was accepted`, async () => {
      const { accepted, attempted, received } = await killUnderLoad(broker, "restarts");
      expect(accepted).toEqual(attempted);
      expect([...accepted].filter((id) => !received.has(id))).toEqual([]);
      expect([...received].filter((id) => !attempted.has(id))).toEqual([]);
    }, 1_800_000);
  });
});
