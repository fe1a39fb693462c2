import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { once } from "node:events";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { RheaClient } from "../rhea-client.ts";
import { BrokerProcess } from "./broker-process.ts";
import { HeldThread } from "./held-thread.ts";
import { JOBS, StoredBroker, kept } from "./store-harness.ts";

let stored: StoredBroker;
beforeEach(() => {
  stored = new StoredBroker();
});
afterEach(() => stored.remove());

const BIG = "x".repeat(10_000);

describeWith([SQLITE], "A full disk", () => {
  const FULL = { store: { folder: "", maxBytes: 400_000 } };

  it("refuses publishers, serves consumers, and takes messages again when there is room", async () => {
    await stored.start(FULL);
    const sender = await stored.client.sender(JOBS);
    let accepted = 0;
    for (;;) {
      const { outcome, error } = await sender.send(BIG);
      if (outcome === "accepted" && accepted++ < 1000) continue;
      expect({ outcome, condition: error?.condition }).toEqual({
        ...{ outcome: "rejected", condition: "amqp:resource-limit-exceeded" },
      });
      break;
    }
    expect(accepted).toBeGreaterThan(10);
    expect(await stored.take(JOBS, accepted - 5)).toHaveLength(accepted - 5);
    await stored.publish(JOBS, ["again"]);
    await stored.restart(FULL);
    const bodies = await stored.take(JOBS, 6);
    expect(bodies).toEqual([...Array.from({ length: 5 }, () => BIG), "again"]);
    expect(stored.problems).toEqual([]);
  });

  it("loses nothing that is given up meanwhile", async () => {
    await stored.start({ ...FULL, maxDeliveryAttempts: 1 });
    const sender = await stored.client.sender(JOBS);
    let accepted = 0;
    while ((await sender.send(BIG)).outcome === "accepted") accepted++;
    const receiver = await stored.client.receiver(JOBS);
    receiver.credit(accepted);
    for (const { delivery } of await receiver.take(accepted)) delivery.reject();
    await expect
      .poll(() => stored.broker.management.queues())
      .toMatchObject([
        { address: "jobs", messages: 0 },
        { address: "jobs.dead-letter", messages: accepted },
      ]);
    await stored.restart({ store: { folder: "" } });
    const found = stored.broker.management.queues().reduce((sum, { messages }) => sum + messages, 0);
    expect(found).toBe(accepted);
  });
});

describeWith([SQLITE], "A storage thread that has ended", () => {
  it("refuses publishers, ends their links with the reason, and is told", async () => {
    let thread: HeldThread | undefined;
    await stored.start({ store: { folder: "", start: (setup) => (thread = new HeldThread(setup)) } });
    const sender = await stored.client.sender(JOBS);
    await sender.send("one");
    if (thread !== undefined) thread.holds = true;
    const answer = sender.send("two");
    await thread?.flushed();
    thread?.emit("error", new Error("out of memory"));
    const reason = expect.stringContaining("is gone: out of memory") as string;
    const gone = await Promise.race([sender.detached(), answer.then(() => sender.detached())]);
    expect(gone).toMatchObject({ condition: "amqp:internal-error", message: reason });
    await expect(stored.client.sender(JOBS)).rejects.toMatchObject({
      condition: "amqp:internal-error",
      message: reason,
    });
    await expect(stored.client.receiver(kept())).rejects.toMatchObject({ condition: "amqp:internal-error" });
    expect(stored.problems).toEqual([expect.stringContaining("out of memory")]);
    expect((await stored.client.receiver({ dynamic: true })).link.is_open()).toBe(true);
    await stored.restart();
    expect(await stored.take(JOBS, 2)).toEqual(["one", "two"]);
  });
});

describeWith([SQLITE], "A broker that stands still", () => {
  it("is left by its clients after the idle time-out, and has lost nothing", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-stop-"));
    const broker = await BrokerProcess.start(join(folder, "store"));
    const client = await RheaClient.connect(broker.url, { idle_time_out: 1000 });
    const sender = await client.sender(JOBS);
    expect(await sender.send("one")).toEqual({ outcome: "accepted" });
    broker.signal("SIGSTOP");
    let isAnswered = false;
    void sender.send("two").then(() => (isAnswered = true));
    await once(client.connection, "disconnected");
    expect(isAnswered).toBe(false);
    broker.signal("SIGCONT");
    const again = await RheaClient.connect(broker.url);
    const receiver = await again.receiver(JOBS);
    receiver.credit(1);
    expect((await receiver.next()).body).toBe("one");
    await again.close();
    await broker.close();
    rmSync(folder, { recursive: true });
  });
});
