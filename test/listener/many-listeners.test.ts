import { expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import type { Listener } from "../../src/listener/index.ts";
import { CLIENT_POLL, daemonPart, nodeLeave, NS, until } from "./set-up.ts";

it("one listener that fails and one that hangs hold up none of the other 98 of the same event", async () => {
  const part = await daemonPart();
  part.receivers.answers.set("to 7", () => {
    throw new Error("away");
  });
  part.receivers.answers.set("to 42", () => new Promise(() => undefined));
  const listeners = [];
  for (let n = 0; n < 100; n++) listeners.push(await part.create({ config: { to: `to ${n}` } }));
  await part.send(nodeLeave("1"), nodeLeave("2"), nodeLeave("3"));
  const others = listeners.filter((_, n) => n !== 7 && n !== 42);
  await until(() => {
    const delivered = others.map(({ id }) => part.listeners.get(id).counts.delivered);
    expect(delivered).toEqual(others.map(() => 3));
  });
  expect(part.listeners.get(listeners[7]?.id ?? "").counts).toMatchObject({ waiting: 3, delivered: 0 });
  expect(part.listeners.get(listeners[42]?.id ?? "").counts).toMatchObject({ waiting: 3, delivered: 0 });
  expect(new Set(part.receivers.told.map(({ id }) => id)).size).toBe(3);
});

it("types, filters and routing keys together say what a listener wants", async () => {
  const part = await daemonPart();
  const wanted = [
    [{ eventTypes: ["NodeLeave"] }, ["a", "b"]],
    [{ eventTypes: ["NodeLeave", "ClientPoll"] }, ["a", "b", "ClientPoll"]],
    [{ eventTypes: ["*"] }, ["a", "b", "ClientPoll"]],
    [{ eventTypes: ["*"], xquery: `/*/*[*:Id = "b"]` }, ["b"]],
    [{ eventTypes: ["ClientPoll"], xquery: `not(/*/*[*:Id = "b"])` }, ["ClientPoll"]],
    [{ eventTypes: ["*"], routingKey: "#.NodeLeave" }, ["a", "b"]],
    [{ eventTypes: ["NodeLeave"], routingKey: "*.event.ClientPoll" }, []],
    [{ eventTypes: ["*"], xquery: "declare variable $Id external; $Id = 'b'" }, ["b"]],
  ] as const;
  const listeners: Listener[] = [];
  for (const [input] of wanted) listeners.push(await part.create(input));
  const publisher = await part.bus.publisher();
  await publisher.sendEvent(nodeLeave("a"));
  await publisher.sendEvent(nodeLeave("b"));
  await publisher.sendEvent(CLIENT_POLL);
  const got = (id: string): readonly string[] =>
    part.receivers.told.filter((each) => each.listener === id).map(({ event }) => event.get("Id") ?? event.name);
  await until(() => expect(listeners.map(({ id }) => got(id))).toEqual(wanted.map(([, names]) => names)));
});

it("an event that the bus delivers again, or that is sent again with its id, adds no delivery", async () => {
  const part = await daemonPart();
  const listener = await part.create();
  const publisher = await EventPublisher.open(part.bus.url);
  for (const id of ["same", "same", "other"]) await publisher.sendEvent(nodeLeave("1"), { messageId: id });
  await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ delivered: 2 }));
  await part.reopen();
  await publisher.sendEvent(nodeLeave("1"), { messageId: "same" });
  const late = await part.create();
  await publisher.sendEvent(nodeLeave("1"), { messageId: "same" });
  // Another event, of a sender whose ids are not unique.
  await publisher.sendEvent(nodeLeave("2"), { messageId: "same" });
  await until(() => expect(part.receivers.idsOf(late)).toEqual(["1", "2"]));
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["1", "1", "2"]));
  expect(await part.records({ listener: listener.id })).toHaveLength(3);
  expect((await part.listeners.trace("same"))?.deliveries).toHaveLength(2);
  // With what was counted before the restart; repetitions count for nothing.
  await until(() =>
    expect(part.listeners.list().map(({ counts }) => [counts.matched, counts.delivered, counts.waiting])).toEqual([
      [3, 3, 0],
      [2, 2, 0],
    ]),
  );
  expect([listener, late].map(({ id }) => part.listeners.countsHere(id).matched)).toEqual([1, 2]);
  await publisher.close();
});

it("what is not valid never reaches a listener", async () => {
  const part = await daemonPart();
  const listener = await part.create({ eventTypes: ["*"] });
  const publisher = await EventPublisher.open(part.bus.url, { validate: false });
  await publisher.sendEvent(`<Event xmlns="${NS}"><NodeLeave/></Event>`);
  await publisher.sendEvent(nodeLeave("1"));
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["1"]));
  expect(await part.records()).toHaveLength(1);
  expect(part.logs.some(({ level, code }) => level === "error" && code === "xqbus:invalid-event")).toBe(true);
  await publisher.close();
});

it("a bus that is away at the start is tried again", async () => {
  const part = await daemonPart();
  const listener = await part.create();
  await part.listeners.stop();
  vi.spyOn(AMQPEventConsumer, "open").mockRejectedValueOnce(new Error("no broker"));
  await part.reopen();
  expect(part.listeners.health.isReceiving).toBe(false);
  await part.send(nodeLeave("1"));
  part.clock.advance(5000);
  await until(() => expect(part.receivers.idsOf(listener)).toEqual(["1"]));
  expect(part.listeners.health).toEqual({ isReceiving: true, isFull: false, failure: undefined });
});
