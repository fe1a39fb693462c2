import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import { AMQPServiceProxy, serveMethods } from "../../src/service/index.ts";
import type { CallContext } from "../../src/service/index.ts";
import { describeWith } from "../helpers/requirements.ts";
import { PRODUCTS, PRODUCT_NEEDS } from "./products.ts";
import type { Product } from "./running-broker.ts";

const PATIENCE = { timeout: 60_000, interval: 20 };
const CLIENT = { reconnect: { minDelayMs: 20, maxDelayMs: 500 }, timeoutMs: 30_000, callTimeoutMs: 60_000 };

/** What the suite wants of a broker. */
interface Served {
  readonly url: string;
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const methods = {
  add: (a: number, b: number): number => a + b,
  async slow(this: CallContext, ms: number): Promise<string> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return "slow";
  },
  fail: (): never => {
    throw new TypeError("boom");
  },
  who(this: CallContext): string | null {
    return this.user ?? null;
  },
};

function suite(start: () => Promise<Served>): void {
  let broker: Served;

  beforeAll(async () => {
    broker = await start();
  }, 600_000);

  afterAll(() => broker.stop());

  it("carries calls to a service and the answers back", async () => {
    // It ends without that time, also where the broker does not say how it sees a link.
    const patient = { ...CLIENT, closeTimeoutMs: 3_600_000, onError: () => undefined };
    await using service = await serveMethods(broker.url, "core", methods, patient);
    await using core = new AMQPServiceProxy<typeof methods>(broker.url, { ...CLIENT, service: "core" });
    expect(await core.getMethods()).toEqual(["add", "fail", "getMethods", "slow", "who"]);
    const sums = await Promise.all(Array.from({ length: 200 }, (_, n) => core.add(n, 1)));
    expect(sums).toEqual(Array.from({ length: 200 }, (_, n) => n + 1));
    await expect(core.fail()).rejects.toMatchObject({ rpcCode: -32603, message: "core.fail: boom" });
    expect(await core.who()).toBe("admin");
    expect(core.counts).toEqual({ sent: 203, answered: 203, late: 0, foreign: 0 });
    // The broker's word for the last answer may come after the answer itself.
    await vi.waitFor(
      () => expect(service.counts).toMatchObject({ received: 203, called: 203, failed: 1, replied: 203 }),
      PATIENCE,
    );
  }, 120_000);

  it("divides the calls among workers, each call to one", async () => {
    const done = [0, 0];
    const workers = await Promise.all(
      done.map((_, worker) =>
        serveMethods(broker.url, "shared", { work: () => void done[worker]!++ }, { ...CLIENT, concurrency: 1 }),
      ),
    );
    await using shared = new AMQPServiceProxy<{ work(): void }>(broker.url, { ...CLIENT, service: "shared" });
    await Promise.all(Array.from({ length: 100 }, () => shared.work()));
    expect(done[0]! + done[1]!).toBe(100);
    expect(Math.min(...done)).toBeGreaterThan(0);
    await Promise.all(workers.map((worker) => worker.close()));
  }, 120_000);

  it("drops the answer to somebody who has gone, and serves the others", async () => {
    await using service = await serveMethods(broker.url, "patient", methods, CLIENT);
    const gone = new AMQPServiceProxy<typeof methods>(broker.url, {
      ...CLIENT,
      service: "patient",
      closeTimeoutMs: 10,
    });
    const slow = gone.slow(1_000).catch((error: unknown) => error);
    await vi.waitFor(() => expect(service.counts.called).toBe(1), PATIENCE);
    await gone.close();
    expect(await slow).toMatchObject({ code: "xqbus:already-closed" });
    await using core = new AMQPServiceProxy<typeof methods>(broker.url, { ...CLIENT, service: "patient" });
    expect(await core.add(1, 2)).toBe(3);
    await vi.waitFor(() => expect(service.counts.dropped + service.counts.replied).toBe(2), PATIENCE);
    expect(await core.add(2, 2)).toBe(4);
    expect(service.status).toBe("connected");
  }, 120_000);

  it("serves again after it was killed, and fails what was under way", async () => {
    await using service = await serveMethods(broker.url, "restarted", methods, CLIENT);
    await using core = new AMQPServiceProxy<typeof methods>(broker.url, { ...CLIENT, service: "restarted" });
    const slow = core.slow(60_000).catch((error: unknown) => error);
    await vi.waitFor(() => expect(service.counts.called).toBe(1), PATIENCE);
    await broker.kill();
    expect(await slow).toMatchObject({ code: "xqbus:not-connected" });
    const during = core.call("add", [1, 1], { timeoutMs: 120_000 });
    await broker.start();
    expect(await during).toBe(2);
    expect(service.status).toBe("connected");
    await service.close({ timeoutMs: 10 });
  }, 300_000);
}

async function embedded(): Promise<Served> {
  let running = await startBroker({ users: { admin: "secret" } });
  const { port } = running;
  return {
    url: running.url("admin"),
    kill: () => running.close(),
    start: async () => {
      running = await startBroker({ users: { admin: "secret" }, port });
    },
    stop: () => running.close(),
  };
}

describe("services on the embedded broker", () => suite(embedded));

for (const [product, start] of Object.entries(PRODUCTS) as [Product, (typeof PRODUCTS)[Product]][]) {
  describeWith(PRODUCT_NEEDS[product], `services on a real broker: ${product}`, () => {
    suite(async () => {
      const broker = await start();
      return {
        url: broker.url,
        kill: () => broker.kill(),
        start: () => broker.restart(),
        stop: () => broker.stop(),
      };
    });
  });
}
