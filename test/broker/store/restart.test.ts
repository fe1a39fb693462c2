import rhea from "rhea";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { startBroker } from "../../../src/broker/index.ts";
import { afterEach, beforeEach, expect, it } from "vitest";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { JOBS, StoredBroker, TOPIC, kept } from "./store-harness.ts";

let stored: StoredBroker;

beforeEach(() => {
  stored = new StoredBroker();
});
afterEach(() => stored.remove());

const FILTER = { q: rhea.types.wrap_described("/e/n > 1", "apache.org:xquery-filter:string") };
const PATTERN = { p: rhea.types.wrap_described("phone.*", "apache.org:legacy-amqp-topic-binding:string") };

async function subscribe(source: object, name: string): Promise<void> {
  const receiver = await stored.client.receiver(source, { name });
  receiver.link.detach();
  await stored.client.settle();
}

describeWith([SQLITE], "A broker that is started again", () => {
  it("has the messages of its queues, in their order", async () => {
    await stored.start();
    await stored.publish(JOBS, ["low", { priority: 1 }], ["one"], ["two"], ["high", { priority: 9 }]);
    await stored.restart();
    expect(stored.broker.management.queues()).toMatchObject([{ address: "jobs", messages: 4 }]);
    expect(await stored.take(JOBS, 4)).toEqual(["high", "one", "two", "low"]);
    await stored.restart();
    expect(stored.broker.management.queues()).toEqual([]);
    await stored.stop();
    const rows = stored.sql("SELECT (SELECT count(*) FROM message) + (SELECT count(*) FROM entry) AS rows");
    expect(rows).toEqual([{ rows: 0 }]);
  });

  it("leaves no file when an option cannot be used, and makes one for its owner alone", async () => {
    await expect(startBroker({ users: {}, store: { folder: stored.folder } })).rejects.toThrow("users is empty");
    expect(readdirSync(stored.folder)).toEqual([]);
    await stored.start();
    const modes = readdirSync(stored.folder).map((name) => statSync(join(stored.folder, name)).mode & 0o077);
    expect(modes).toEqual([0, 0]);
  });

  it("has its kept subscriptions with filters and routing patterns", async () => {
    await stored.start();
    await subscribe(kept(FILTER), "filter");
    await subscribe(kept(PATTERN), "pattern");
    await stored.publish(TOPIC, ["<e><n>1</n></e>"], ["<e><n>2</n></e>", { subject: "phone.call" }]);
    await stored.restart();
    await stored.publish(TOPIC, ["<e><n>3</n></e>"], ["<e><n>0</n></e>"]);
    expect(stored.broker.management.subscriptions()).toMatchObject([
      { topic: TOPIC, filter: "/e/n > 1", kept: true, messages: 2, consumers: 0 },
      { topic: TOPIC, kept: true, messages: 1, consumers: 0 },
    ]);
    expect(stored.broker.management.queues()).toMatchObject([{ address: `${TOPIC}.unrouted`, messages: 2 }]);
    expect(await stored.take(kept(FILTER), 2, "filter")).toEqual(["<e><n>2</n></e>", "<e><n>3</n></e>"]);
    expect(await stored.take(kept(PATTERN), 1, "pattern")).toEqual(["<e><n>2</n></e>"]);
  });

  it("keeps a changed filter, and forgets a subscription that was closed", async () => {
    await stored.start();
    await subscribe(kept(FILTER), "changed");
    await subscribe(kept(PATTERN), "changed");
    await (await stored.client.receiver(kept(), { name: "closed" })).close();
    await stored.restart();
    expect(stored.broker.management.subscriptions()).toMatchObject([{ filter: undefined, messages: 0 }]);
    await stored.publish(TOPIC, ["one", { subject: "phone.call" }]);
    expect(stored.broker.management.subscriptions()).toMatchObject([{ messages: 1 }]);
  });

  it("lets several clients share a kept subscription again", async () => {
    await stored.start();
    const shared = { ...kept(), capabilities: ["shared", "global"] };
    await subscribe(shared, "both|1");
    await stored.publish(TOPIC, ["one"], ["two"]);
    await stored.restart();
    const other = await stored.connect("another");
    const [first, second] = [
      await stored.client.receiver(shared, { name: "both|1" }),
      await other.receiver(shared, { name: "both|2" }),
    ];
    for (const receiver of [first, second]) receiver.credit(1);
    const bodies = [(await first.next()).body, (await second.next()).body];
    expect(bodies.sort()).toEqual(["one", "two"]);
  });

  it("stores a body once, until its last subscription has it", async () => {
    await stored.start();
    for (const name of ["a", "b", "c"]) await subscribe(kept(), name);
    await stored.publish(TOPIC, ["one"], ["two"]);
    await stored.stop();
    const counts = "SELECT (SELECT count(*) FROM message) AS messages, (SELECT count(*) FROM entry) AS entries";
    expect(stored.sql(counts)).toEqual([{ messages: 2, entries: 6 }]);
    await stored.start();
    expect(await stored.take(kept(), 2, "a")).toEqual(["one", "two"]);
    expect(await stored.take(kept(), 1, "b")).toEqual(["one"]);
    await stored.stop();
    expect(stored.sql(counts)).toEqual([{ messages: 2, entries: 3 }]);
    await stored.start();
    expect(await stored.take(kept(), 2, "c")).toEqual(["one", "two"]);
    await stored.stop();
    expect(stored.sql(counts)).toEqual([{ messages: 1, entries: 1 }]);
  });

  it("goes on counting failed attempts, up to the dead letters, which it has as well", async () => {
    await stored.start({ maxDeliveryAttempts: 3 });
    await stored.publish(JOBS, ["poison"]);
    for (let attempt = 0; attempt < 3; attempt++) {
      const receiver = await stored.client.receiver(JOBS);
      receiver.credit(1);
      const { message, delivery } = await receiver.next();
      expect(message.delivery_count ?? 0).toBe(attempt);
      delivery.modified({ delivery_failed: true });
      await stored.client.settle();
      await stored.restart({ maxDeliveryAttempts: 3 });
    }
    expect(stored.broker.management.queues()).toMatchObject([{ address: "jobs.dead-letter", messages: 1 }]);
    const receiver = await stored.client.receiver({ address: "jobs.dead-letter" });
    receiver.credit(1);
    expect((await receiver.next()).message.message_annotations).toMatchObject({
      "x-opt-dead-letter-reason": "delivery-attempts",
      "x-opt-dead-letter-origin": "jobs",
      "x-opt-dead-letter-count": 3,
    });
  });

  it("keeps times: what was delayed waits on, what is too old becomes a dead letter", async () => {
    await stored.start();
    const later = rhea.types.wrap_timestamp(Date.now() + 3_600_000);
    const soon = rhea.types.wrap_timestamp(Date.now() + 1_500);
    await stored.publish(
      JOBS,
      ["later", { message_annotations: { "x-opt-delivery-time": later } }],
      ["soon", { message_annotations: { "x-opt-delivery-time": soon } }],
      ["old", { ttl: 1 }],
      ["young", { ttl: 3_600_000 }],
    );
    await stored.restart();
    expect(await stored.take(JOBS, 2)).toEqual(["young", "soon"]);
    expect(stored.broker.management.queues()).toMatchObject([
      { address: "jobs", messages: 1, delayed: 1 },
      { address: "jobs.dead-letter", messages: 1 },
    ]);
  });

  it("does not keep what is temporary", async () => {
    await stored.start();
    const receiver = await stored.client.receiver({ dynamic: true });
    const address = (receiver.link.source as { address: string }).address;
    await stored.publish(address, ["one"]);
    await stored.client.receiver(TOPIC);
    await stored.publish(TOPIC, ["two"]);
    await stored.restart();
    expect(stored.broker.management.queues()).toEqual([]);
    expect(stored.broker.management.subscriptions()).toEqual([]);
  });

  it("keeps what management has moved, and not what it has purged or deleted", async () => {
    await stored.start({ maxQueueMessages: 1000 });
    await stored.publish(JOBS, ["one"], ["two"], ["three"]);
    await stored.publish({ address: "old", capabilities: ["queue"] }, ["x"]);
    expect(await stored.broker.management.move("jobs", "others", { max: 2 })).toBe(2);
    expect(stored.broker.management.delete("old")).toBe(1);
    await stored.restart();
    expect(stored.broker.management.queues()).toMatchObject([
      { address: "jobs", messages: 1 },
      { address: "others", messages: 2 },
    ]);
    expect(stored.broker.management.purge("jobs")).toBe(1);
    await stored.restart();
    expect(await stored.take({ address: "others", capabilities: ["queue"] }, 2)).toEqual(["one", "two"]);
  });

  it("replays what nobody wanted before", async () => {
    await stored.start();
    await stored.publish(TOPIC, ["one"], ["two"]);
    await stored.restart();
    await subscribe(kept(), "late");
    expect(await stored.broker.management.replay(TOPIC)).toBe(2);
    await stored.restart();
    expect(await stored.take(kept(), 2, "late")).toEqual(["one", "two"]);
  });
});

describeWith([SQLITE], "Messages beyond the memory of a queue", () => {
  const SMALL = { queueMemoryBytes: 20_000, folder: "" };
  const COUNT = 500;
  const bodies = Array.from({ length: COUNT }, (_, i) => `message ${i} ${"x".repeat(i % 300)}`);

  it("stay on disk, and come in their order", async () => {
    await stored.start({ store: SMALL });
    await stored.publish(JOBS, ...bodies.map((body) => [body] as const));
    expect(stored.broker.management.queues()).toMatchObject([{ messages: COUNT }]);
    expect(stored.broker.counts.queuedBytes).toBeLessThan(40_000);
    expect(await stored.take(JOBS, 200)).toEqual(bodies.slice(0, 200));
    await stored.publish(JOBS, ["last"], ["first", { priority: 8 }]);
    await stored.restart({ store: SMALL });
    expect(stored.broker.counts.queuedBytes).toBeLessThan(250_000);
    expect(await stored.take(JOBS, 302)).toEqual(["first", ...bodies.slice(200), "last"]);
    expect(stored.broker.management.queues()).toEqual([]);
  });

  it("are purged, and are over, like the others", async () => {
    await stored.start({ store: SMALL });
    await stored.publish(JOBS, ...bodies.map((body) => [body] as const));
    expect(stored.broker.management.purge("jobs")).toBe(COUNT);
    await stored.publish(JOBS, ...bodies.map((body) => [body, { ttl: 1000 }] as const));
    await expect
      .poll(() => stored.broker.management.queues(), { timeout: 20_000 })
      .toMatchObject([{ address: "jobs.dead-letter", messages: COUNT }]);
    expect(stored.broker.counts).toMatchObject({ expired: COUNT, deadLettered: COUNT });
    await stored.restart({ store: SMALL });
    const dead = await stored.take("jobs.dead-letter", COUNT);
    expect([...dead].sort()).toEqual([...bodies].sort());
  });

  it("are browsed, moved and replayed by management like the others", async () => {
    await stored.start({ store: SMALL });
    const { management } = stored.broker;
    await stored.publish(JOBS, ...bodies.map((body) => [body] as const), ["first", { priority: 9 }]);
    const used = stored.broker.counts.queuedBytes;
    const decoded = (await management.browse("jobs")).map(
      (bytes) => rhea.message.decode(Buffer.from(bytes)).body as unknown,
    );
    expect(decoded).toEqual(["first", ...bodies]);
    expect(await management.browse("jobs", { max: 2 })).toHaveLength(2);
    expect(stored.broker.counts.queuedBytes).toBe(used);
    expect(await management.move("jobs", "others")).toBe(COUNT + 1);
    expect(management.queues()).toMatchObject([{ address: "others", messages: COUNT + 1 }]);
    expect(await stored.take({ address: "others", capabilities: ["queue"] }, COUNT + 1)).toEqual(["first", ...bodies]);
    await stored.publish(TOPIC, ...bodies.map((body) => [body] as const));
    const receiver = await stored.client.receiver(TOPIC);
    expect(await management.replay(TOPIC)).toBe(COUNT);
    receiver.credit(COUNT);
    expect((await receiver.take(COUNT)).map(({ body }) => body)).toEqual(bodies);
  });

  it("reach their consumer although others use up all memory", async () => {
    await stored.start({ store: SMALL, maxTotalBytes: 1_000_000 });
    await stored.publish(JOBS, ...bodies.map((body) => [body] as const));
    const temporary = await stored.client.receiver({ dynamic: true });
    const hog = await stored.client.sender(temporary.link.source.address);
    while ((await hog.send("x".repeat(1000))).outcome === "accepted");
    expect(await stored.take(JOBS, COUNT)).toEqual(bodies);
  });

  it("leave memory to publishers while a consumer looks for what is not there", async () => {
    await stored.start({ store: SMALL, maxTotalBytes: 8_000_000 });
    const large = Array.from({ length: 500 }, () => ["x".repeat(10_000)] as const);
    for (let i = 0; i < 2; i++) await stored.publish(JOBS, ...large);
    const filter = { s: rhea.types.wrap_described("n = 1", "apache.org:selector-filter:string") };
    const picky = await stored.client.receiver({ ...JOBS, filter });
    picky.credit(1);
    await expect.poll(() => stored.broker.counts.queuedBytes, { timeout: 20_000 }).toBeGreaterThan(5_900_000);
    await stored.publish({ address: "others", capabilities: ["queue"] }, ["x".repeat(10_000)]);
  });

  it("are found by a consumer with a filter, and by a browser", async () => {
    await stored.start({ store: SMALL });
    await stored.publish(JOBS, ...bodies.map((body, i) => [body, { application_properties: { n: i } }] as const));
    const filter = { s: rhea.types.wrap_described(`n = ${COUNT - 1}`, "apache.org:selector-filter:string") };
    expect(await stored.take({ ...JOBS, filter }, 1)).toEqual([bodies[COUNT - 1]]);
    const browser = await stored.client.receiver({ ...JOBS, distribution_mode: "copy" });
    browser.credit(COUNT);
    expect((await browser.take(COUNT - 1)).map(({ body }) => body)).toEqual(bodies.slice(0, -1));
  });
});
