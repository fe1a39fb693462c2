import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openListeners, type RunningListeners } from "../../src/listener/index.ts";
import { afterTest, CLIENT_POLL, daemonPart, nodeLeave, until } from "./set-up.ts";

it("an event that is sent the moment after create resolved reaches the listener", async () => {
  const part = await daemonPart();
  const listener = await part.create({ name: "ops" });
  await part.send(nodeLeave("one"), CLIENT_POLL);
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["one"]));
  await until(async () => expect((await part.records()).map(({ state }) => state)).toEqual(["delivered"]));
  const [record] = await part.records();
  expect(record).toMatchObject({
    listener: listener.id,
    eventType: "NodeLeave",
    subject: "org.clacks.event.NodeLeave",
    reason: undefined,
    redrives: 0,
    nextAttemptAt: undefined,
    attempts: [{ number: 1, outcome: "delivered", status: 200, code: undefined, message: undefined }],
  });
  expect(part.listeners.get(listener.id).counts).toEqual({
    ...{ matched: 1, delivered: 1, failedAttempts: 0, deadLettered: 0, waiting: 0, filterErrors: 0 },
  });
});

it("there is a subscription on the bus only while there are listeners", async () => {
  const part = await daemonPart();
  const subscriptions = (): number => part.bus.broker.management.subscriptions().length;
  expect(subscriptions()).toBe(0);
  const [first, second] = [await part.create(), await part.create()];
  expect(subscriptions()).toBe(1);
  await part.listeners.delete(first.id);
  expect(subscriptions()).toBe(1);
  await part.listeners.delete(second.id);
  expect(subscriptions()).toBe(0);
  const third = await part.create();
  await part.send(nodeLeave("again"));
  await until(() => expect(part.receivers.idsOf(third)).toEqual(["again"]));
});

it("the listeners of two daemons on one bus get each event both, and each has its own again after a restart", async () => {
  const part = await daemonPart();
  const first = await part.create();
  const folder = join(part.folder, "other");
  mkdirSync(folder);
  const open = async (): Promise<RunningListeners> => {
    const listeners = await openListeners({ ...part.options, folder });
    afterTest(() => listeners.stop());
    await listeners.start();
    return listeners;
  };
  const other = await open();
  const second = await other.create({ notifier: "fake", eventTypes: ["NodeLeave"], config: { to: "b" } });
  await part.send(nodeLeave("one"), nodeLeave("two"));
  const heard = (id: string): readonly string[] => [...part.receivers.idsOf({ id })].sort();
  for (const { id } of [first, second]) await until(() => expect(heard(id)).toEqual(["one", "two"]));
  await other.stop();
  await part.send(nodeLeave("three"));
  await open();
  for (const { id } of [first, second]) await until(() => expect(heard(id)).toEqual(["one", "three", "two"]));
  expect(part.bus.broker.management.subscriptions()).toHaveLength(2);
});

it("listeners and what waits for them are there again after a restart, and what came meanwhile too", async () => {
  const part = await daemonPart();
  const listener = await part.create({ name: "ops", rate: "100/s", eventTypes: ["NodeLeave", "ClientPoll"] });
  part.receivers.answers.set("a", () => {
    throw new Error("away");
  });
  await part.send(nodeLeave("before"));
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["before"]));
  const shown = part.listeners.get(listener.id);
  await part.listeners.stop();
  await part.send(nodeLeave("meanwhile"));
  part.receivers.answers.clear();
  await part.reopen();
  expect(part.listeners.get(listener.id)).toEqual({
    ...shown,
    counts: expect.objectContaining({ waiting: 1 }) as unknown,
  });
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["before", "meanwhile"]));
  await part.pass(60_000);
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["before", "meanwhile", "before"]));
  await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ delivered: 2, waiting: 0 }));
  const [, before] = await part.records();
  expect(before?.attempts.map(({ number, outcome, message }) => [number, outcome, message])).toEqual([
    [1, "failed", "away"],
    [2, "delivered", undefined],
  ]);
});
