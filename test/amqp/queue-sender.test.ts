import rhea from "rhea";
import { afterEach, describe, expect, it, vi } from "vitest";
import { NotConnectedError, QueueSender, TimeoutError } from "../../src/amqp/index.ts";
import { ScriptedBroker } from "./scripted-broker.ts";

const HOUR_MS = 3_600_000;
/** No other interval of this process has it. */
const CREDIT_MS = 3_456_789;

/** The intervals that wait for credit from now on. */
function creditWatches(): ReadonlySet<unknown> {
  const running = new Set<unknown>();
  const [set, clear] = [globalThis.setInterval, globalThis.clearInterval];
  vi.spyOn(globalThis, "setInterval").mockImplementation((look, ms) => {
    const timer = set(look, ms);
    if (ms === CREDIT_MS) running.add(timer);
    return timer;
  });
  vi.spyOn(globalThis, "clearInterval").mockImplementation((timer) => {
    running.delete(timer);
    clear(timer as NodeJS.Timeout | undefined);
  });
  return running;
}

afterEach(() => vi.restoreAllMocks());

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

  it("leaves no timer when it is closed, and what is under way then fails", async () => {
    const broker = await ScriptedBroker.start({ credit: 0 });
    const sender = new QueueSender(broker.url(), { sendTimeoutMs: HOUR_MS, creditTimeoutMs: CREDIT_MS });
    const watches = creditWatches();
    try {
      await sender.start();
      for (const name of ["a", "b", "c"]) await sender.reach(`org.clacks.sub.${name}`);
      expect(watches.size).toBe(3);
      const waiting = sender.send("org.clacks.sub.a", rhea.message.encode({ body: "one" }));
      const failed = expect(waiting).rejects.toBeInstanceOf(NotConnectedError);
      await sender.close();
      await failed;
      expect(watches.size).toBe(0);
    } finally {
      await sender.close();
      await broker.close();
    }
  });

  it("leaves no timer for a queue that the broker takes back as soon as it has given it", async () => {
    const broker = await ScriptedBroker.start({
      onAttach: (link) => {
        link.set_target({ address: link.target.address });
        link.close({ condition: "amqp:resource-limit-exceeded", description: "too many" });
        return true;
      },
    });
    const sender = new QueueSender(broker.url(), { sendTimeoutMs: HOUR_MS, creditTimeoutMs: CREDIT_MS });
    const watches = creditWatches();
    try {
      await sender.start();
      const message = rhea.message.encode({ body: "one" });
      for (const name of ["a", "b"])
        await expect(sender.send(`org.clacks.sub.${name}`, message)).rejects.toThrow("too many");
      expect(watches.size).toBe(0);
    } finally {
      await sender.close();
      await broker.close();
    }
  });
});
