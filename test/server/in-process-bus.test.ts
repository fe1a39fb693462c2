import { describe, expect, it } from "vitest";
import { EventPublisher } from "../../src/amqp/index.ts";
import { startBroker } from "../../src/broker/index.ts";
import { EventMaker } from "../../src/event/index.ts";
import { inProcessBus } from "../../src/server/in-process-bus.ts";

const maker = new EventMaker();

function nodeLeave(): ReturnType<EventMaker["Event"]> {
  return maker.Event(maker["NodeLeave"](maker["Id"]("node-1")));
}

describe("the bus of the broker's own process", () => {
  it("does everything, whatever rules and users say, also when they change", async () => {
    await using broker = await startBroker({
      users: { ada: "secret" },
      rules: [{ effect: "deny", user: "*", action: "*" }],
    });
    using bus = inProcessBus(broker, "org.clacks");
    await using publisher = await EventPublisher.open(bus.url);
    await publisher.sendEvent(nodeLeave());
    broker.reloadUsers({ bob: "other" });
    broker.reloadRules([]);
    await publisher.sendEvent(nodeLeave());
    expect(broker.management.connections().map(({ user }) => user)).toEqual(["in-process"]);
    expect(broker.counts).toMatchObject({ received: 2, denied: 0, faults: 0 });
  });

  it("keeps its links when there are rules for the first time", async () => {
    await using broker = await startBroker();
    using bus = inProcessBus(broker, "org.clacks");
    await using publisher = await EventPublisher.open(bus.url, { reconnect: false });
    broker.reloadRules([]);
    await publisher.sendEvent(nodeLeave());
    expect(broker.counts.received).toBe(1);
  });

  it("cannot be entered over the port, and nobody else can have the name of its user", async () => {
    await using broker = await startBroker();
    const { user, password } = broker.inProcess;
    const url = `amqp://${user}:${password}@127.0.0.1:${broker.port}/org.clacks`;
    await expect(EventPublisher.open(url)).rejects.toMatchObject({ code: "xqbus:authentication-failed" });
    await expect(startBroker({ users: { [user]: "x" } })).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
  });

  it("ends when it is disposed", async () => {
    await using broker = await startBroker();
    const bus = inProcessBus(broker, "org.clacks");
    bus[Symbol.dispose]();
    await expect(EventPublisher.open(bus.url)).rejects.toMatchObject({ code: "xqbus:not-connected" });
  });
});
