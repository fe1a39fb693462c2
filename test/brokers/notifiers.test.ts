import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import type { Notifier } from "../../src/listener/index.ts";
import { amqpNotifier } from "../../src/listener/notifiers/amqp.ts";
import { describeWith } from "../helpers/requirements.ts";
import { contextOf, noEnd, notificationOf } from "../listener/notifiers/fixtures.ts";
import { PRODUCTS, PRODUCT_NEEDS } from "./products.ts";
import { rheaClient } from "./rhea-client.ts";
import type { Product, RunningBroker } from "./running-broker.ts";

const PATIENCE = { timeout: 60_000, interval: 20 };

/** How a client of the product receives what matches `user.*` of an exchange. */
const PATTERNS: Readonly<Record<Product, (exchange: string) => string>> = {
  "qpid-broker-j": (exchange) => `${exchange}/user.*`,
  "activemq-classic": (exchange) => `topic://${exchange}.user.*`,
  artemis: (exchange) => `topic://${exchange}.user.*`,
  rabbitmq: (exchange) => `/exchange/${exchange}/user.*`,
};

/** Whether an exchange that is missing is there after the first event. */
const CREATES: Readonly<Record<Product, boolean>> = {
  "qpid-broker-j": true,
  "activemq-classic": true,
  artemis: true,
  rabbitmq: false,
};

for (const [product, start] of Object.entries(PRODUCTS) as [Product, (typeof PRODUCTS)[Product]][]) {
  describeWith(PRODUCT_NEEDS[product], `the amqp notifier at a real broker: ${product}`, () => {
    let broker: RunningBroker;
    const opened: Notifier[] = [];

    beforeAll(async () => {
      broker = await start();
    }, 600_000);

    afterEach(async () => {
      await Promise.all(opened.splice(0).map((notifier) => notifier.close()));
    });

    afterAll(() => broker.stop());

    async function notifier(exchange?: string): Promise<Notifier> {
      const context = await contextOf({ messaging: { url: broker.url } });
      const config = exchange === undefined ? {} : { exchange };
      const made = await amqpNotifier.open(amqpNotifier.check(config, context), context);
      opened.push(made);
      return made;
    }

    /** Tells of three events, of which two match. */
    async function expectTold(to: Notifier, exchange: string): Promise<void> {
      const client = await rheaClient(broker.url);
      const received = await client.receive(PATTERNS[product](exchange));
      for (const type of ["user.login", "repo.sync.start", "user.logout"]) {
        await to.notify(notificationOf(type, { type }), noEnd());
      }
      await vi.waitFor(() => expect(received).toHaveLength(2), PATIENCE);
      expect(received.map(({ subject }) => subject)).toEqual(["user.login", "user.logout"]);
      expect(JSON.parse(received[0]?.text ?? "")).toMatchObject({ event_type: "user.login" });
      await client.close();
    }

    it("sends to amq.topic, where clients match the words of the event type", async () => {
      await expectTold(await notifier(), "amq.topic");
    }, 120_000);

    it(`${CREATES[product] ? "creates an exchange that is missing" : "says what to create when an exchange is missing"}`, async () => {
      const to = await notifier("pulp");
      const first = to.notify(notificationOf("first"), noEnd());
      if (CREATES[product]) {
        await first;
        await expectTold(to, "pulp");
        // Another one finds it there.
        await expectTold(await notifier("pulp"), "pulp");
        return;
      }
      await expect(first).rejects.toThrow('declare an exchange of type topic with the name "pulp"');
    }, 120_000);

    it("fails while the broker is away, and works when it is back", async () => {
      const to = await notifier();
      await to.notify(notificationOf("before"), noEnd());
      await broker.kill();
      await expect(to.notify(notificationOf("during"), AbortSignal.timeout(10_000))).rejects.toMatchObject({
        code: expect.stringMatching(/^xqbus:(?:not-connected|timeout)$/) as string,
        isPermanent: false,
      });
      await broker.restart();
      await vi.waitFor(() => to.notify(notificationOf("after"), noEnd()), PATIENCE);
      await expectTold(to, "amq.topic");
    }, 300_000);
  });
}
