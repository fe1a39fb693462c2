import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { describeWith } from "../helpers/requirements.ts";
import { TcpProxy } from "../helpers/tcp-proxy.ts";
import { FAULT_NAMES } from "./faults/faults.ts";
import { FAULTY_PRODUCTS, startKillable, type Killable } from "./faults/killable.ts";
import { runFault } from "./faults/run-fault.ts";
import { xqbusClient } from "./faults/xqbus-client.ts";
import { PRODUCT_NEEDS } from "./products.ts";

const FULL = process.env["XQBUS_FULL"] === "1";
const ROUNDS = FULL ? 20 : 3;
const CLIENTS = FULL ? 200 : 50;
const PATIENCE = { timeout: 120_000, interval: 20 };
/** Nothing is judged by it: a test in which nothing moves for so long fails. */
const QUIET_MS = 120_000;
const CLIENT = { reconnect: { minDelayMs: 20, maxDelayMs: 500 }, timeoutMs: 30_000, closeTimeoutMs: 1_000 };

for (const product of FAULTY_PRODUCTS) {
  describeWith(product === "embedded" ? [] : PRODUCT_NEEDS[product], `through faults with ${product}`, () => {
    let broker: Killable;

    beforeAll(async () => {
      broker = await startKillable(product);
    }, 600_000);

    afterAll(() => broker.stop());

    it.each(FAULT_NAMES)(
      "%s: what was accepted arrives, and every send is accepted at last",
      async (fault) => {
        const row = await runFault(broker, xqbusClient, fault, { rounds: ROUNDS, quietMs: QUIET_MS });
        expect(row).toMatchObject({ unanswered: 0, acknowledged: row.sent, lost: 0, received: row.sent });
        expect(row.sent).toBeGreaterThan(100);
      },
      1_800_000,
    );

    it(`${CLIENTS} receivers are back after a kill, with two attempts each at most from when the broker is there`, async () => {
      await using proxy = await TcpProxy.start(broker.port);
      const got = new Set<number>();
      const consumers = await Promise.all(
        Array.from({ length: CLIENTS }, (_, client) =>
          AMQPEventConsumer.open(proxy.through(broker.url), { ...CLIENT, callback: () => void got.add(client) }),
        ),
      );
      await broker.kill();
      await vi.waitFor(() => expect(consumers.some(({ status }) => status === "connected")).toBe(false), PATIENCE);
      await broker.start();
      const attempts = proxy.made;
      await vi.waitFor(() => expect(consumers.every(({ status }) => status === "connected")).toBe(true), PATIENCE);
      expect(proxy.made - attempts).toBeLessThanOrEqual(2 * CLIENTS);
      await using publisher = await EventPublisher.open(broker.url, { ...CLIENT, validate: false });
      await publisher.sendEvent("<Event><Ping/></Event>");
      await vi.waitFor(() => expect(got.size).toBe(CLIENTS), PATIENCE);
      await Promise.all(consumers.map((consumer) => consumer.close()));
    }, 600_000);
  });
}
