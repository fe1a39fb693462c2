import rhea from "rhea";
import { describe, expect, it } from "vitest";
import { QueueSender, TimeoutError } from "../../src/amqp/index.ts";
import { ScriptedBroker } from "./scripted-broker.ts";

const HOUR_MS = 3_600_000;

describe("a sender to queues", () => {
  it("gives up what waits for credit where a queue takes and answers nothing, and sends when it does again", async () => {
    const broker = await ScriptedBroker.start({ credit: 0, onPublish: (delivery) => void delivery.accept() });
    const sender = new QueueSender(broker.url(), { sendTimeoutMs: HOUR_MS, creditTimeoutMs: 50 });
    try {
      await sender.start();
      const message = rhea.message.encode({ body: "one" });
      const given = await Promise.allSettled([1, 2, 3].map(() => sender.send("org.clacks.sub.full", message)));
      const errors = given.map((each) => (each.status === "rejected" ? (each.reason as unknown) : undefined));
      for (const error of errors) {
        expect(error).toBeInstanceOf(TimeoutError);
        expect(error).toMatchObject({
          message:
            'nothing is sent to "org.clacks.sub.full": the broker has taken none of 3 events that wait for 50 ms: it gives no credit',
        });
      }
      const next = sender.send("org.clacks.sub.full", message);
      broker.giveCredit(1);
      await next;
    } finally {
      await sender.close();
      await broker.close();
    }
  });

  it("waits for an answer to what a queue has taken for the time of a sending", async () => {
    const taken: { accept(): void }[] = [];
    const broker = await ScriptedBroker.start({ credit: 1, onPublish: (delivery) => void taken.push(delivery) });
    const sender = new QueueSender(broker.url(), { sendTimeoutMs: HOUR_MS, creditTimeoutMs: 50 });
    try {
      await sender.start();
      const message = rhea.message.encode({ body: "one" });
      const first = sender.send("org.clacks.sub.slow", message);
      await expect.poll(() => taken.length, { timeout: 20_000 }).toBe(1);
      await expect(sender.send("org.clacks.sub.slow", message)).rejects.toThrow("has answered none of 1 events");
      taken[0]?.accept();
      await first;
    } finally {
      await sender.close();
      await broker.close();
    }
  });
});
