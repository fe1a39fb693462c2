import { expect, it } from "vitest";
import { changeableCatalog } from "./changeable-catalog.ts";
import { daemonPart, nodeLeave, NS, until } from "./set-up.ts";

it("events wait for a paused listener, also through a restart", async () => {
  const part = await daemonPart();
  const listener = await part.create();
  expect(await part.listeners.pause(listener.id)).toMatchObject({ state: "paused" });
  await part.send(nodeLeave("1"));
  await part.reopen();
  await part.send(nodeLeave("2"));
  await until(() => expect(part.listeners.get(listener.id).counts.waiting).toBe(2));
  expect(part.receivers.told).toEqual([]);
  await until(async () =>
    expect((await part.records()).map(({ nextAttemptAt }) => nextAttemptAt)).toEqual([undefined, undefined]),
  );
  expect(await part.listeners.resume(listener.id)).toMatchObject({ state: "active" });
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["1", "2"]));
});

it("what runs when a listener is paused may end; what had not begun waits", async () => {
  const part = await daemonPart();
  const listener = await part.create({ concurrency: 1 });
  let end: () => void = () => undefined;
  part.receivers.answers.set("a", () => new Promise((resolve) => (end = () => resolve({}))));
  await part.send(nodeLeave("1"), nodeLeave("2"), nodeLeave("3"));
  await until(() => expect(part.receivers.told).toHaveLength(1));
  await until(async () => expect(await part.records()).toHaveLength(3));
  await part.listeners.pause(listener.id);
  end();
  await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ delivered: 1, waiting: 2 }));
  await part.pass(60_000);
  expect(part.receivers.told).toHaveLength(1);
});

it("while slow attempts run, what waits behind them is read again and again, and told of once", async () => {
  const part = await daemonPart();
  const listener = await part.create({ concurrency: 4 });
  await part.listeners.pause(listener.id);
  const ids = Array.from({ length: 60 }, (_, n) => `${n}`);
  await part.send(...ids.map(nodeLeave));
  await until(async () => expect(await part.records({ limit: 100 })).toHaveLength(60));
  part.receivers.answers.set("a", async () => {
    await part.listeners.oldestWaiting();
    return {};
  });
  await part.listeners.resume(listener.id);
  await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ delivered: 60, waiting: 0 }));
  expect(part.receivers.idsOf(listener)).toEqual(ids);
});

it("a notifier that cannot be opened makes the listener fail until the settings change or somebody resumes it", async () => {
  const part = await daemonPart();
  part.receivers.unopenable.set("a", "no e-mail can be sent: section [email] is missing");
  const listener = await part.create();
  expect(listener).toMatchObject({ state: "failed", stateReason: "no e-mail can be sent: section [email] is missing" });
  await part.send(nodeLeave("1"));
  await until(() => expect(part.listeners.get(listener.id).counts.waiting).toBe(1));
  await part.listeners.useSettings(part.options.settings);
  expect(part.listeners.get(listener.id).state).toBe("failed");
  part.receivers.unopenable.clear();
  await part.listeners.useSettings(part.options.settings);
  expect(part.listeners.get(listener.id).state).toBe("active");
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["1"]));

  part.receivers.unopenable.set("b", "away");
  const second = await part.create({ config: { to: "b" } });
  expect(second.state).toBe("failed");
  part.receivers.unopenable.clear();
  expect(await part.listeners.resume(second.id)).toMatchObject({ state: "active" });
});

it("a change of the catalog that makes a filter or event types impossible makes the listener fail, and back", async () => {
  const fields = `<xs:element name="Size" type="xs:int"/>`;
  const { catalog, change } = await changeableCatalog({ Thing: fields });
  const part = await daemonPart({ catalog });
  const xquery = `declare namespace e = "${NS}"; /e:Event/e:Thing[e:Size > 3]`;
  const filtered = await part.create({ eventTypes: ["*"], xquery });
  const typed = await part.create({ eventTypes: ["thing.happened"] });
  const thing = (size: number): string => `<Event xmlns="${NS}"><Thing><Size>${size}</Size></Thing></Event>`;
  await part.send(thing(3), thing(4));
  await until(() => expect(part.listeners.list().map(({ counts }) => counts.delivered)).toEqual([1, 2]));

  await change({ Thing: fields.replace("Size", "Length") });
  expect(part.listeners.get(filtered.id).state).toBe("failed");
  expect(part.listeners.get(filtered.id).stateReason).toMatch(/Thing has no child Size/);
  expect(part.listeners.get(typed.id).state).toBe("active");

  await change({ Thing: undefined });
  expect(part.listeners.get(typed.id)).toMatchObject({
    ...{ state: "failed", stateReason: "the catalog has no event type thing.happened any more" },
  });
  await change({ Thing: fields });
  expect(part.listeners.list().map(({ state }) => state)).toEqual(["active", "active"]);
  await part.send(thing(5));
  await until(() => expect(part.listeners.list().map(({ counts }) => counts.delivered)).toEqual([2, 3]));
});

it("an updated listener delivers by what it says now, and a secret that comes back as *** stays", async () => {
  const part = await daemonPart();
  const listener = await part.create({ config: { to: "a", password: "s3cret" }, name: "ops" });
  expect(listener).toMatchObject({ config: { to: "a", password: "***" }, shown: [["To", "a"]] });
  part.clock.advance(1000);
  const updated = await part.listeners.update(listener.id, {
    ...{ config: { password: "***", to: "b" }, eventTypes: ["ClientPoll"], concurrency: 2 },
  });
  expect(updated).toEqual({
    ...listener,
    ...{ config: { to: "b", password: "***" }, shown: [["To", "b"]] },
    ...{ eventTypes: ["ClientPoll"], concurrency: 2, updatedAt: listener.updatedAt + 1000 },
  });
  expect(part.receivers.opened.at(-1)).toEqual({ to: "b", password: "s3cret" });
  expect(part.receivers.closed).toBe(1);
  await part.send(nodeLeave("1"), `<Event xmlns="${NS}"><ClientPoll/></Event>`);
  await until(() => expect(part.receivers.told.map(({ type }) => type)).toEqual(["ClientPoll"]));
  await part.reopen();
  expect(part.listeners.get(listener.id)).toMatchObject({ config: { to: "b", password: "***" }, name: "ops" });
});

it("deleting a listener deletes what waits, and tells how much before", async () => {
  const part = await daemonPart();
  const [listener, other] = [await part.create(), await part.create()];
  await part.listeners.pause(listener.id);
  await part.send(nodeLeave("1"), nodeLeave("2"));
  await until(() => expect(part.listeners.get(other.id).counts.delivered).toBe(2));
  expect(await part.listeners.delete(listener.id, { dryRun: true })).toEqual({ waiting: 2 });
  expect(part.listeners.list()).toHaveLength(2);
  expect(await part.listeners.delete(listener.id)).toEqual({ waiting: 2 });
  expect(part.listeners.list().map(({ id }) => id)).toEqual([other.id]);
  expect(await part.records()).toHaveLength(2);
  await expect(part.records({ listener: listener.id })).rejects.toThrow(`"${listener.id}" is not the id of a listener`);
  await part.reopen();
  expect(part.listeners.list().map(({ id }) => id)).toEqual([other.id]);
});

it("a test sends a sample that the filter wants, once, and stores nothing", async () => {
  const part = await daemonPart();
  const xquery = `/*:Event/*:AsteriskNotification[*:Type = "CallEnded"]`;
  const listener = await part.create({ eventTypes: ["*"], xquery });
  part.receivers.answers.set("a", () => ({ status: 202, excerpt: "thanks" }));
  expect(await part.listeners.test(listener.id)).toEqual({
    ...{ eventType: "AsteriskNotification", outcome: "delivered", status: 202, excerpt: "thanks", error: undefined },
    elapsedMs: expect.any(Number) as number,
  });
  expect(part.receivers.told.map(({ isTest, event }) => [isTest, event.get("Type")])).toEqual([[true, "CallEnded"]]);
  part.receivers.answers.set("a", () => {
    throw new Error("no");
  });
  expect(await part.listeners.test(listener.id, { eventType: "NodeLeave" })).toMatchObject({
    ...{ eventType: "NodeLeave", outcome: "failed", error: "no" },
  });
  part.receivers.answers.set("a", () => new Promise(() => undefined));
  const signal = AbortSignal.timeout(10);
  expect(await part.listeners.test(listener.id, { signal })).toMatchObject({
    outcome: "failed",
    error: "the test was ended by its caller",
  });
  await expect(part.listeners.test(listener.id, { eventType: "NodeLeaf" })).rejects.toThrow(
    '"NodeLeaf" is not an event type of this catalog (did you mean "NodeLeave"?)',
  );
  expect(await part.records()).toEqual([]);
  expect(part.listeners.get(listener.id).counts).toMatchObject({ matched: 0, failedAttempts: 0 });
});
