import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import rhea from "rhea";
import { expect, it } from "vitest";
import { startBroker } from "../../src/broker/index.ts";
import { systemClock } from "../../src/clock.ts";
import {
  openListeners,
  type ArrivalReport,
  type AttemptReport,
  type AttemptTracer,
  type ListenerLogRecord,
  type NotifierType,
} from "../../src/listener/index.ts";
import { RheaClient } from "../broker/rhea-client.ts";
import { afterTest, CLIENT_POLL, daemonPart, nodeLeave, Receivers, SETTINGS, shippedCatalog, until } from "./set-up.ts";

it("a store that is full leaves events on the bus until there is room, and loses none", async () => {
  const part = await daemonPart({ maxBytes: 300_000 });
  const listener = await part.create();
  await part.listeners.pause(listener.id);
  const ids = Array.from({ length: 60 }, (_, n) => `${n} ${"x".repeat(6000)}`);
  await part.send(...ids.map(nodeLeave));
  await until(() => expect(part.logs.some(({ code }) => code === "xqbus:store-full")).toBe(true));
  expect((await part.records({ limit: 1000 })).length).toBeLessThan(ids.length);
  await part.reopen({ maxBytes: 30_000_000 });
  await part.listeners.resume(listener.id);
  await part.pass(60_000);
  await until(() => expect([...part.receivers.idsOf(listener)].sort()).toEqual([...ids].sort()));
});

it("a store that is full of what waits still takes the outcomes, so that room is made, and nothing is told twice", async () => {
  const part = await daemonPart({ maxBytes: 400_000 });
  const listener = await part.create();
  await part.listeners.pause(listener.id);
  const ids = Array.from({ length: 400 }, (_, n) => `${n} ${"x".repeat(1000)}`);
  await part.send(...ids.map(nodeLeave));
  await until(() => expect(part.listeners.health.isFull).toBe(true));
  await part.listeners.resume(listener.id);
  for (let turn = 0; turn < 60 && part.receivers.idsOf(listener).length < ids.length; turn++) await part.pass(10_000);
  expect([...part.receivers.idsOf(listener)].sort()).toEqual([...ids].sort());
  await part.pass(30_000);
  expect(part.listeners.health.isFull).toBe(false);
  // The receiver is told before the outcome is on disk.
  await until(() =>
    expect(part.listeners.get(listener.id).counts).toMatchObject({ delivered: ids.length, waiting: 0 }),
  );
  expect((await part.records({ limit: 1000 })).length).toBeLessThan(ids.length);
  const told = part.logs.filter(({ message }) => message.includes("are gone before their time"));
  expect(told.length).toBeGreaterThan(0);
  const errors = part.logs.filter(({ level, code }) => level === "error" && code === "xqbus:store-full");
  expect(errors.length).toBeLessThan(15);
});

it("an event that came several times without an outcome is warned of, and delivered", async () => {
  const broker = await startBroker({ port: 0 });
  const folder = mkdtempSync(join(tmpdir(), "xqbus-repeated-"));
  const logs: ListenerLogRecord[] = [];
  const receivers = new Receivers();
  const listeners = await openListeners({
    ...{ url: broker.url(undefined, "org.clacks"), catalog: await shippedCatalog(), folder, settings: SETTINGS },
    ...{ notifierTypes: [receivers.type], clock: systemClock({ keepsProcessAlive: false }) },
    onLog: (record) => logs.push(record),
  });
  const client = await RheaClient.connect(broker.url());
  afterTest(async () => {
    await client.close();
    await listeners.stop();
    await broker.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await listeners.start();
  const listener = await listeners.create({ notifier: "fake", eventTypes: ["NodeLeave"], config: { to: "somebody" } });
  const sender = await client.sender("org.clacks");
  for (const count of [2, 3, 4]) {
    await sender.send(rhea.message.data_section(Buffer.from(nodeLeave(`n${count}`))), {
      ...{ message_id: `m${count}`, subject: "org.clacks.event.NodeLeave", content_type: "application/xml" },
      delivery_count: count,
    });
    await until(() => expect(receivers.idsOf(listener)).toContain(`n${count}`));
  }
  const repeated = logs.filter(({ code }) => code === "xqbus:repeated-delivery");
  expect(repeated.map(({ level, message }) => `${level} ${message}`)).toEqual([
    expect.stringMatching(/^warn the event m3 was delivered 3 times before, /),
  ]);
});

it.skipIf(process.platform === "win32")(
  "nobody else can read the store, which has the secrets of listeners",
  async () => {
    const part = await daemonPart();
    await part.create();
    const path = join(part.folder, "listeners.db");
    expect([path, `${path}-wal`].map((file) => statSync(file).mode & 0o777)).toEqual([0o600, 0o600]);
    chmodSync(path, 0o644);
    await part.reopen();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  },
);

it("reports say when an event came and matched, and what each attempt gave; a tracer stands around it", async () => {
  const arrivals: ArrivalReport[] = [];
  const attempts: AttemptReport[] = [];
  const traceAttempt: AttemptTracer = async (notification, { notifier }, notify) => {
    expect(notifier).toBe("fake");
    return notify({ ...notification, traceparent: `${notification.traceparent ?? ""} in a span` });
  };
  const part = await daemonPart({
    traceAttempt,
    onArrival: (report) => arrivals.push(report),
    onAttempt: (report) => attempts.push(report),
  });
  const listener = await part.create({ retry: "2x schedule 1s jitter 0" });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  part.receivers.answers.set("a", () => {
    throw new Error("away");
  });
  const publisher = await part.bus.publisher();
  await publisher.sendEvent(nodeLeave("1"), { traceparent, messageId: "m1" });
  await publisher.sendEvent(CLIENT_POLL);
  await until(() => expect(attempts).toHaveLength(1));
  await part.pass(1000);
  await until(() => expect(attempts).toHaveLength(2));
  const now = part.clock.now();
  expect(arrivals).toEqual([
    {
      ...{ eventId: "m1", eventType: "NodeLeave", traceparent, listeners: [listener.id] },
      ...{ acceptedAt: now - 1000, matchedAt: now - 1000, storedAt: now - 1000 },
    },
  ]);
  expect(attempts.map(({ next, attempt, acceptedAt }) => [next, attempt.number, acceptedAt])).toEqual([
    ["retry", 1, now - 1000],
    ["attempts", 2, now - 1000],
  ]);
  expect(part.receivers.told.map((told) => told.traceparent)).toEqual([
    `${traceparent} in a span`,
    `${traceparent} in a span`,
  ]);
  expect(await part.listeners.trace("m1")).toMatchObject({ traceparent });
});

it("a notifier that does not open in time makes its listener fail, and is closed when it opens later", async () => {
  const part = await daemonPart();
  let open: () => void = () => undefined;
  let closed = 0;
  const late: NotifierType = {
    ...part.receivers.type,
    id: "late",
    open: async () => {
      await new Promise<void>((resolve) => (open = resolve));
      return { notify: async () => ({}), close: async () => void closed++ };
    },
  };
  await part.reopen({ notifierTypes: [late] });
  const creating = part.create({ notifier: "late" });
  await until(() => expect(part.listeners.list()).toHaveLength(1));
  await part.pass(10_000);
  expect(await creating).toMatchObject({
    ...{ state: "failed", stateReason: "no answer within 10000 ms (option openTimeoutMs)" },
  });
  open();
  await until(() => expect(closed).toBe(1));
});

it("other settings open all notifiers again", async () => {
  const part = await daemonPart();
  await part.create();
  const settings: unknown[] = [];
  const { type } = part.receivers;
  const opening: NotifierType = {
    ...type,
    open: (config, context) => {
      settings.push(context.settings);
      return type.open(config, context);
    },
  };
  await part.reopen({ notifierTypes: [opening] });
  await part.listeners.useSettings({ ...SETTINGS, fileFolder: "/srv/events" });
  expect(settings).toEqual([SETTINGS, { ...SETTINGS, fileFolder: "/srv/events" }]);
  expect(part.receivers.closed).toBe(2);
});

it("a listener of a notifier that the daemon does not have any more can be seen and deleted", async () => {
  const part = await daemonPart();
  const { id } = await part.create({ config: { password: "s3cret" } });
  await part.reopen({ notifierTypes: [] });
  expect(part.listeners.get(id)).toMatchObject({
    ...{
      state: "failed",
      stateReason: '"fake" is not a notifier of this daemon',
      config: { to: "***", password: "***" },
    },
  });
  expect(await part.listeners.delete(id)).toEqual({ waiting: 0 });
});
