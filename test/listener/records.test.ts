import { expect, it } from "vitest";
import { NotifyError, type Listener } from "../../src/listener/index.ts";
import { changeableCatalog } from "./changeable-catalog.ts";
import { CLIENT_POLL, daemonPart, nodeLeave, NS, until, type Part } from "./set-up.ts";

const DAY = 24 * 60 * 60_000;

/** A part with dead letters of the listener, one for each id. */
async function deadLetters(part: Part, ...ids: readonly string[]): Promise<Listener> {
  const listener = await part.create({ eventTypes: ["*"] });
  part.receivers.answers.set("a", () => {
    throw new NotifyError("xqbus:notify-failed", "gone", { isPermanent: true, status: 410 });
  });
  await part.send(...ids.map(nodeLeave));
  await until(() => expect(part.listeners.get(listener.id).counts.deadLettered).toBe(ids.length));
  part.receivers.answers.clear();
  return listener;
}

it("who is told of an event gets the trace context of its sender, also after a restart", async () => {
  const part = await daemonPart();
  await part.create();
  part.receivers.answers.set("a", () => {
    throw new Error("away");
  });
  const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const publisher = await part.bus.publisher();
  await publisher.sendEvent(nodeLeave("1"), { traceparent });
  await until(() => expect(part.receivers.told).toHaveLength(1));
  part.receivers.answers.clear();
  await part.reopen();
  await part.pass(3_600_000);
  await until(() => expect(part.receivers.told).toHaveLength(2));
  expect(part.receivers.told.map((told) => told.traceparent)).toEqual([traceparent, traceparent]);
  expect((await part.listeners.trace(part.receivers.told[0]?.id ?? ""))?.traceparent).toBe(traceparent);
});

it("the timeline of an event has a delivery for each listener that it matched", async () => {
  const part = await daemonPart();
  const listeners = [await part.create(), await part.create({ config: { to: "b" } })];
  await part.create({ eventTypes: ["ClientPoll"] });
  part.receivers.answers.set("b", () => {
    throw new Error("away");
  });
  await part.send(nodeLeave("1"));
  await until(async () => expect((await part.records()).flatMap(({ attempts }) => attempts)).toHaveLength(2));
  const eventId = part.receivers.told[0]?.id ?? "";
  const trace = await part.listeners.trace(eventId);
  expect(trace).toMatchObject({
    ...{ eventId, eventType: "NodeLeave", subject: "org.clacks.event.NodeLeave", traceparent: undefined },
    bytes: nodeLeave("1").length,
  });
  expect(trace?.deliveries.map(({ listener, state }) => [listener, state])).toEqual([
    [listeners[0]?.id, "delivered"],
    [listeners[1]?.id, "waiting"],
  ]);
  const [delivery] = trace?.deliveries ?? [];
  expect(await part.listeners.delivery(delivery?.id ?? "")).toEqual(delivery);
  expect(Buffer.from(await part.listeners.eventOf(delivery?.id ?? "")).toString()).toBe(nodeLeave("1"));
  expect(await part.listeners.trace("no-such-event")).toBeUndefined();
});

it("deliveries are listed from the latest, by what is asked for and page by page", async () => {
  const part = await daemonPart();
  const listener = await part.create({ eventTypes: ["*"] });
  const other = await part.create();
  await part.send(nodeLeave("1"), nodeLeave("2"), CLIENT_POLL);
  await until(() => expect(part.listeners.list().map(({ counts }) => counts.delivered)).toEqual([3, 2]));
  const all = await part.records();
  expect(all.map((each) => each.id)).toEqual(
    all
      .map((each) => each.id)
      .sort()
      .reverse(),
  );
  expect(await part.records({ listener: listener.id })).toEqual(all.filter((each) => each.listener === listener.id));
  expect(await part.records({ limit: 2 })).toEqual(all.slice(0, 2));
  expect(await part.records({ limit: 2, before: all[1]?.id ?? "" })).toEqual(all.slice(2, 4));
  expect(await part.records({ state: "dead" })).toEqual([]);
  expect(await part.records({ eventId: all[0]?.eventId ?? "", state: "delivered" })).toEqual(
    all.filter((each) => each.eventId === all[0]?.eventId),
  );
  expect(await part.records({ listener: other.id, eventId: all[0]?.eventId ?? "" })).toEqual([]);
});

it("what is done is delivered again when somebody wants it; attempts are numbered on, and count anew", async () => {
  const part = await daemonPart();
  const listener = await deadLetters(part, "1");
  const [dead] = await part.records({ state: "dead" });
  const id = dead?.id ?? "";
  expect(await part.listeners.retry(id)).toMatchObject({ id, redrives: 1, reason: undefined, error: undefined });
  await until(() => expect(part.listeners.get(listener.id).counts.delivered).toBe(1));
  await part.listeners.retry(id);
  await until(() => expect(part.listeners.get(listener.id).counts.delivered).toBe(2));
  const record = await part.listeners.delivery(id);
  expect(record).toMatchObject({ state: "delivered", redrives: 2 });
  expect(record.attempts.map(({ number, outcome }) => [number, outcome])).toEqual([
    [1, "failed"],
    [2, "delivered"],
    [3, "delivered"],
  ]);
  await part.listeners.pause(listener.id);
  await part.listeners.retry(id);
  await expect(part.listeners.retry(id)).rejects.toThrow(`the delivery ${id} waits for an attempt already`);
  expect(part.listeners.get(listener.id).counts.waiting).toBe(1);
});

it("what is not valid any more is not delivered again", async () => {
  const { catalog, change } = await changeableCatalog({ Thing: `<xs:element name="Size" type="xs:int"/>` });
  const part = await daemonPart({ catalog });
  const listener = await part.create({ eventTypes: ["Thing"] });
  await part.send(`<Event xmlns="${NS}"><Thing><Size>7</Size></Thing></Event>`);
  await until(() => expect(part.listeners.get(listener.id).counts.delivered).toBe(1));
  await change({ Thing: `<xs:element name="Size" type="xs:boolean"/>` });
  const [record] = await part.records();
  await expect(part.listeners.retry(record?.id ?? "")).rejects.toMatchObject({
    ...{ code: "xqbus:invalid-event", problems: [{ path: "/Event/Thing/Size" }] },
  });
  expect(await part.records()).toEqual([record]);
});

it("deleted dead letters are known to have been, and their bodies are gone", async () => {
  const part = await daemonPart();
  await deadLetters(part, "1", "2");
  const [second, first] = await part.records({ state: "dead" });
  const ids = [second?.id ?? "", first?.id ?? ""] as const;
  expect(await part.listeners.deleteDeadLetters([ids[0]])).toBe(1);
  expect(await part.listeners.deleteDeadLetters(ids)).toBe(1);
  expect((await part.records({ state: "deleted" })).map(({ id }) => id)).toEqual(ids);
  await expect(part.listeners.eventOf(ids[0])).rejects.toMatchObject({ code: "xqbus:resource-not-found" });
  await expect(part.listeners.retry(ids[0])).rejects.toThrow(`the delivery ${ids[0]} was deleted`);
});

it("what was delivered is forgotten in time, bodies before records, and dead letters last", async () => {
  const part = await daemonPart();
  const listener = await deadLetters(part, "dead");
  await part.send(nodeLeave("done"));
  await until(() => expect(part.listeners.get(listener.id).counts.delivered).toBe(1));
  const [done, dead] = await part.records();
  const body = async (id = ""): Promise<string> =>
    part.listeners.eventOf(id).then(
      (bytes) => `${bytes.length > 0}`,
      (error: { readonly code: string }) => error.code,
    );
  const seen = async (): Promise<unknown> => [
    (await part.records()).length,
    await body(done?.id),
    await body(dead?.id),
  ];
  await part.pass(7 * DAY - 1);
  expect(await seen()).toEqual([2, "true", "true"]);
  await part.pass(60 * 60_000 + 2);
  await until(async () => expect(await seen()).toEqual([2, "xqbus:resource-not-found", "true"]));
  await part.pass(23 * DAY);
  await until(async () => expect(await seen()).toEqual([1, "xqbus:unknown-name", "true"]));
  expect(await part.listeners.trace(done?.eventId ?? "")).toBeUndefined();
  await part.pass(60 * DAY);
  await until(async () => expect(await seen()).toEqual([0, "xqbus:unknown-name", "xqbus:unknown-name"]));
  expect(part.logs.map(({ message }) => message)).toContain(
    "1 dead letters were older than they are kept, and are gone",
  );
});

it("what waits is never too old", async () => {
  const part = await daemonPart();
  const listener = await part.create();
  await part.listeners.pause(listener.id);
  await part.send(nodeLeave("1"));
  await until(async () => expect(await part.records()).toHaveLength(1));
  expect(await part.listeners.oldestWaiting()).toEqual(new Map([[listener.id, part.clock.now()]]));
  await part.pass(400 * DAY);
  await part.listeners.resume(listener.id);
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["1"]));
});

it("deliveries beyond maxWaiting are dead letters from the beginning", async () => {
  const part = await daemonPart();
  const listener = await part.create({ maxWaiting: 2 });
  await part.listeners.pause(listener.id);
  await part.send(nodeLeave("1"), nodeLeave("2"), nodeLeave("3"));
  await until(async () => expect(await part.records()).toHaveLength(3));
  const [third] = await part.records({ reason: "listener-full" });
  expect(third).toMatchObject({
    ...{ state: "dead", attempts: [], error: "2 deliveries wait already (maxWaiting)", nextAttemptAt: undefined },
  });
  expect(part.listeners.get(listener.id).counts).toMatchObject({ matched: 3, waiting: 2, deadLettered: 1 });
  await expect(part.listeners.retry(third?.id ?? "")).rejects.toMatchObject({ code: "xqbus:limit-exceeded" });
  await part.listeners.resume(listener.id);
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["1", "2"]));
  await part.listeners.retry(third?.id ?? "");
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["1", "2", "3"]));
});
