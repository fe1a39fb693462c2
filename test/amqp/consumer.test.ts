import type { Sender } from "rhea";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher, type ConsumerOptions, type EventDelivery } from "../../src/amqp/index.ts";
import { XqbusError } from "../../src/errors.ts";
import { EventMaker, type Event } from "../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { ScriptedBroker } from "./scripted-broker.ts";
import { afterTest, broker, consumer, messageOf, until } from "./set-up.ts";
import { expectSilence } from "./silence.ts";

/** The query of the documentation of Clacks. */
const SEED_QUERY = `
    declare namespace f='http://www.gonicus.de/Events';
    let $e := ./f:Event
    return $e/f:PhoneStatus
`;

let catalog: Catalog;

beforeAll(async () => {
  catalog = await loadCatalog();
});

expectSilence();

function phoneStatus(callerId: string): Event {
  const e = EventMaker(catalog);
  return e.Event(e.PhoneStatus(e.CallerId(callerId), e.ReceiverId("12343424"), e.Status("busy")));
}

function clientPoll(): Event {
  const e = EventMaker(catalog);
  return e.Event(e.ClientPoll());
}

/** Collects what the callback gets. */
class Received {
  readonly events: Event[] = [];
  readonly deliveries: EventDelivery[] = [];

  readonly callback = (event: Event, delivery: EventDelivery): void => {
    this.events.push(event);
    this.deliveries.push(delivery);
  };

  get callers(): (string | undefined)[] {
    return this.events.map((event) => event.get("CallerId"));
  }
}

describe("a consumer", () => {
  it("gets what the seed's query selects, with its result and properties", async () => {
    const started = await broker();
    const received = new Received();
    const opened = await consumer(started, { xquery: SEED_QUERY, callback: received.callback });
    const publisher = await EventPublisher.open(started.url(), { catalog });
    afterTest(() => publisher.close());
    await publisher.sendEvent(clientPoll());
    await publisher.sendEvent(phoneStatus("012345"));
    await until(() => expect(started.outcomes).toHaveLength(2));
    expect(received.events.map((event) => event.toString())).toEqual([phoneStatus("012345").toString()]);
    const [delivery] = received.deliveries;
    expect(delivery?.result).toEqual([delivery?.event.element]);
    expect(delivery?.result).toBe(delivery?.result);
    expect(delivery?.properties).toEqual({
      messageId: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ) as string,
      subject: "org.clacks.event.PhoneStatus",
      creationTime: expect.any(Date) as Date,
      contentType: "application/xml",
      deliveryCount: 0,
      applicationProperties: {
        cloudEvents_specversion: "1.0",
        cloudEvents_type: "org.clacks.event.PhoneStatus",
        cloudEvents_source: "/org.clacks",
        cloudEvents_dataschema: "http://www.gonicus.de/Events",
        cloudEvents_id: delivery?.properties.messageId,
        cloudEvents_time: delivery?.properties.creationTime?.toISOString(),
        CallerId: "012345",
        ReceiverId: "12343424",
        Status: "busy",
      },
    });
    expect(opened.counts).toEqual({
      received: 2,
      matched: 1,
      filteredOut: 1,
      invalid: 0,
      filterErrors: 0,
      unhandled: 0,
      failed: 0,
      duplicates: 0,
      deadLettered: 0,
      parked: 0,
    });
  });

  const filters: readonly [title: string, options: ConsumerOptions, callers: string[]][] = [
    ["no filter gets every event", {}, ["1", "2", "3"]],
    ["an XPath", { xpath: "//*:CallerId = '2'" }, ["2"]],
    [
      "a default namespace",
      { xpath: "/Event/PhoneStatus[CallerId != '2']", defaultElementNamespace: "http://www.gonicus.de/Events" },
      ["1", "3"],
    ],
    ["the boolean of the result", { xquery: "count(//*:CallerId[. > 1])" }, ["2", "3"]],
    ["the text false, which is true", { xquery: "'false'" }, ["1", "2", "3"]],
    ["an empty result", { xquery: "()" }, []],
  ];

  it.each(filters)("with %s", async (_title, options, callers) => {
    const started = await broker();
    const received = new Received();
    await consumer(started, { ...options, callback: received.callback });
    for (const id of ["1", "2", "3"]) started.publish(messageOf(phoneStatus(id)));
    await until(() => expect(started.outcomes).toHaveLength(3));
    expect(started.outcomes).toEqual(["accepted", "accepted", "accepted"]);
    expect(received.callers).toEqual(callers);
  });

  it("with a query that does not compile is refused at once, with code and place", async () => {
    const url = "amqp://admin:secret@127.0.0.1:1";
    const error = { name: "FilterError", code: "XPST0003", phase: "static", line: 2 };
    const options = { xquery: "let $e := ./x\nreturn )" };
    expect(() => new AMQPEventConsumer(url, options)).toThrow(expect.objectContaining(error) as Error);
    await expect(AMQPEventConsumer.open(url, options)).rejects.toMatchObject(error);
  });

  const illegal: readonly [options: ConsumerOptions, message: string][] = [
    [{ xquery: ".", xpath: "." }, "options xquery and xpath are both given; a consumer has one filter"],
    [{ prefetch: 0 }, "prefetch must be a whole number from 1 to 100000, got 0"],
    [{ limits: { maxBytes: -1 } }, "limits.maxBytes is -1; expected a whole number of at least 1, or Infinity"],
    [{ limits: { maxBytes: NaN } }, "limits.maxBytes is NaN; expected a whole number of at least 1, or Infinity"],
    [{ limits: { maxDepth: 0 } }, "limits.maxDepth is 0; expected a whole number of at least 1, or Infinity"],
    [
      { prefetch: 2, concurrency: 3 },
      "option concurrency is 3, but the broker sends only 2 messages ahead; raise prefetch as well",
    ],
    [{ onError: 1 as unknown as () => void }, "onError must be a function, got 1"],
    [{ catalog: {} as Catalog }, "option catalog must be a Catalog, such as `await loadCatalog()` gives"],
    [
      { catalog: Promise.resolve() as unknown as Catalog },
      "option catalog must be a Catalog, such as `await loadCatalog()` gives",
    ],
    [{ signal: {} as AbortSignal }, "option signal must be an AbortSignal, such as the signal of an AbortController"],
    [{ concurrency: 1.5 }, "concurrency must be a whole number from 1 to 10000, got 1.5"],
    [{ maxDeliveries: 0 }, "maxDeliveries must be a whole number from 1 to 1000000, got 0"],
    [{ timeoutMs: 0 }, "option timeoutMs must be a positive number of milliseconds or Infinity, got 0"],
    [{ closeTimeoutMs: 0 }, "option closeTimeoutMs must be a positive number of milliseconds or Infinity, got 0"],
    [{ durable: "a|b" }, 'the name of a subscription must not have a "|"'],
    [{ shared: true }, "option shared is true, but the subscription has no name; give one"],
    [{ durable: "a", shared: "b" }, "options durable and shared name two subscriptions; a consumer has one"],
    [{ callback: () => undefined, handlers: {} }, "options callback and handlers are both given; give one of them"],
    [{ handlers: { A: 1 as unknown as () => void } }, "handlers.A must be a function, got 1"],
    [{ unhandled: "keep" as "drop" }, 'option unhandled must be "drop", "dead-letter" or "park"'],
    [{ unhandled: "park" }, 'option parkTo says where unhandled: "park" sends events to; give both'],
    [{ parkTo: "parked" }, 'option parkTo says where unhandled: "park" sends events to; give both'],
    [{ deadLetterTo: "" }, "option deadLetterTo must be a text of 1 to 255 characters without control characters"],
    [{ orderBy: "key" as "group-id" }, 'orderBy must be "group-id", { xpath: "…" } or a function'],
    [{ rate: "10" }, 'rate: "10" is not understood; expected 10/s, 100/min, 5/h, with burst 5 behind it'],
    [{ handlerTimeoutMs: 0 }, "handlerTimeoutMs must be a whole number from 1 to 315360000000, or Infinity, got 0"],
    [{ callback: "x" as unknown as () => void }, 'callback must be a function, got "x"'],
  ];

  it.each(illegal)("refuses the options %o", (options, message) => {
    expect(() => new AMQPEventConsumer("amqp://127.0.0.1", options)).toThrow(
      new XqbusError("xqbus:illegal-argument", message),
    );
  });

  it("accepts an event only when the callback's promise has resolved", async () => {
    const started = await broker();
    let finish = (): void => undefined;
    const callback = (): Promise<void> => new Promise((resolve) => (finish = resolve));
    const opened = await consumer(started, { callback });
    started.publish(messageOf(phoneStatus("1")));
    await until(() => expect(opened.counts.matched).toBe(1));
    expect(started.outcomes).toEqual([]);
    finish();
    await until(() => expect(started.outcomes).toEqual(["accepted"]));
  });

  it("handles many events one after the other, in their order", async () => {
    const started = await broker();
    const received = new Received();
    let running = 0;
    await consumer(started, {
      prefetch: 7,
      callback: async (event, delivery) => {
        expect(++running).toBe(1);
        await new Promise(setImmediate);
        running--;
        received.callback(event, delivery);
      },
    });
    const ids = Array.from({ length: 1_000 }, (_, i) => i.toString());
    for (const id of ids) started.publish(messageOf(phoneStatus(id)));
    await until(() => expect(received.events).toHaveLength(ids.length));
    expect(received.callers).toEqual(ids);
  });

  it("handles as many at the same time as concurrency says", async () => {
    const started = await broker();
    const waiting: (() => void)[] = [];
    await consumer(started, { concurrency: 3, callback: () => new Promise((resolve) => waiting.push(resolve)) });
    for (let i = 0; i < 5; i++) started.publish(messageOf(phoneStatus(i.toString())));
    await until(() => expect(waiting).toHaveLength(3));
    waiting.shift()?.();
    await until(() => expect(waiting).toHaveLength(3));
    expect(started.outcomes).toEqual(["accepted"]);
    for (const finish of waiting.splice(0)) finish();
    await until(() => expect(waiting).toHaveLength(1));
    waiting[0]?.();
    await until(() => expect(started.outcomes).toHaveLength(5));
  });

  it("takes no more from the broker than prefetch while the callback is busy", async () => {
    const started = await broker();
    let finish = (): void => undefined;
    const opened = await consumer(started, {
      prefetch: 4,
      callback: () => new Promise((resolve) => (finish = resolve)),
    });
    for (let i = 0; i < 20; i++) started.publish(messageOf(phoneStatus(i.toString())));
    await until(() => expect(opened.counts.received).toBe(4));
    finish();
    await until(() => expect(opened.counts).toMatchObject({ received: 5, matched: 2 }));
  });

  it("gives an event back whose callback throws, and rejects it at the last delivery with the reason", async () => {
    const reasons: unknown[] = [];
    const started = await broker({
      onOutcome: (outcome, { remote_state }) => {
        if (outcome === "rejected") reasons.push((remote_state as { error: unknown }).error);
      },
    });
    const errors: [error: XqbusError, event: Event | undefined][] = [];
    const counts: number[] = [];
    const opened = await consumer(started, {
      maxDeliveries: 3,
      onError: (error, event) => errors.push([error, event]),
      callback: async (_event, { properties }) => {
        counts.push(properties.deliveryCount);
        await Promise.resolve();
        throw new Error("the telephone is broken");
      },
    });
    started.publish(messageOf(phoneStatus("1"), { message_id: "m-1" }));
    await until(() => expect(started.outcomes).toEqual(["modified", "modified", "rejected"]));
    expect(counts).toEqual([0, 1, 2]);
    expect(opened.counts).toMatchObject({ received: 3, matched: 3, failed: 3 });
    expect(reasons).toMatchObject([{ condition: "xqbus:callback-failed", description: "the telephone is broken" }]);
    expect(errors.map(([error]) => error)).toEqual(
      [1, 2, 3].map(
        (n) =>
          new XqbusError(
            "xqbus:callback-failed",
            `subscription org.clacks, event m-1: attempt ${n} failed: the telephone is broken`,
            { cause: new Error("the telephone is broken") },
          ),
      ),
    );
    expect(errors.map(([, event]) => event?.name)).toEqual(["PhoneStatus", "PhoneStatus", "PhoneStatus"]);
  });

  it("counts by itself where the broker does not: on RabbitMQ, which gives back only what is released", async () => {
    const started = await broker({ product: "RabbitMQ", redelivers: ["released"] });
    const opened = await consumer(started, {
      maxDeliveries: 3,
      onError: () => undefined,
      callback: () => {
        throw new Error("no");
      },
    });
    started.publish(messageOf(phoneStatus("1"), { message_id: "m-1" }));
    started.publish(messageOf(phoneStatus("without message id")));
    await until(() => expect(started.outcomes.filter((outcome) => outcome === "rejected")).toHaveLength(2));
    expect(started.outcomes.filter((outcome) => outcome === "released")).toHaveLength(4);
    expect(opened.counts).toMatchObject({ received: 6, failed: 6 });
  });

  it("takes a broker that ignores its credit for broken", async () => {
    const started = await broker({
      onAttach: (link) => {
        if (link.is_receiver()) return false;
        link.set_source({ address: "org.clacks" });
        (link as unknown as { has_credit: () => boolean }).has_credit = () => true;
        for (let i = 0; i < 200; i++) (link as Sender).send(messageOf(phoneStatus(i.toString())), undefined, 0);
        return true;
      },
    });
    const callback = (): Promise<void> => new Promise(() => undefined);
    const opened = await consumer(started, { prefetch: 10, reconnect: false, callback });
    await expect(opened.join()).rejects.toMatchObject({
      code: "xqbus:not-connected",
      message: `the broker at 127.0.0.1:${started.port} broke the AMQP protocol: it sends messages without credit`,
    });
  });

  it("accepts at last what a broker delivers again although it was rejected", async () => {
    const started = await broker({ redelivers: ["modified", "rejected"] });
    const errors: string[] = [];
    const opened = await consumer(started, {
      maxDeliveries: 2,
      limits: { maxBytes: 1_000 },
      onError: ({ code }) => errors.push(code),
      callback: () => {
        throw new Error("no");
      },
    });
    started.publish(messageOf("no XML"));
    await until(() => expect(started.outcomes).toEqual(["rejected", "rejected", "accepted"]));
    started.publish(messageOf(" ".repeat(100_000)));
    await until(() => expect(started.outcomes.slice(3)).toEqual(["rejected", "rejected", "accepted"]));
    started.publish(messageOf(phoneStatus("1")));
    await until(() => expect(started.outcomes.slice(6)).toEqual(["modified", "rejected", "accepted"]));
    // What was rejected does not reach the callback again.
    expect(opened.counts).toMatchObject({ received: 9, invalid: 6, failed: 2, deadLettered: 5 });
    expect(errors).toHaveLength(8);
  });

  it("gives every event its own outcome when many are settled at once", async () => {
    const outcomes = new Map<string, string>();
    const started = await broker({
      onOutcome: (outcome, delivery) => outcomes.set(delivery.tag.toString(), outcome),
    });
    await consumer(started, {
      maxDeliveries: 1,
      onError: () => undefined,
      callback: (event) => {
        if (Number(event.get("CallerId")) % 3 === 1) throw new Error("every third one");
      },
    });
    for (let i = 0; i < 30; i++) started.publish(messageOf(phoneStatus(i.toString())));
    await until(() => expect(outcomes.size).toBe(30));
    expect([...outcomes].map(([tag, outcome]) => `${tag} ${outcome}`).sort()).toEqual(
      Array.from({ length: 30 }, (_, i) => `${i} ${i % 3 === 1 ? "rejected" : "accepted"}`).sort(),
    );
  });

  it("warns once in a line where nobody listens to errors", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const started = await broker();
    await consumer(started, {
      maxDeliveries: 1,
      callback: () => {
        throw new Error("two\nlines");
      },
    });
    started.publish(messageOf(phoneStatus("1"), { message_id: "m-1" }));
    await until(() => expect(started.outcomes).toEqual(["rejected"]));
    expect(warned.mock.calls).toEqual([
      [
        "subscription org.clacks, event m-1: attempt 1 failed: two lines",
        { type: "XqbusError", code: "xqbus:callback-failed" },
      ],
    ]);
    warned.mockRestore();
  });

  it("goes on when onError throws", async () => {
    const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const started = await broker();
    const opened = await consumer(started, {
      onError: () => {
        throw new Error("no");
      },
      callback: () => undefined,
    });
    started.publish(messageOf("no XML"));
    started.publish(messageOf(phoneStatus("1")));
    await until(() => expect(opened.counts).toMatchObject({ invalid: 1, matched: 1 }));
    expect(warned).toHaveBeenCalledWith("onError threw: Error: no", { code: "xqbus:callback-failed" });
    warned.mockRestore();
  });

  it("takes a filter that fails on an event for no match, counts it, and reports the first", async () => {
    const started = await broker();
    const received = new Received();
    const errors: [string, string | undefined][] = [];
    const opened = await consumer(started, {
      xquery: "xs:integer(//*:CallerId) > 5",
      callback: received.callback,
      onError: (error, event) => errors.push([error.code, event?.get("CallerId")]),
    });
    for (const id of ["a", "9", "b", "3"]) started.publish(messageOf(phoneStatus(id)));
    await until(() => expect(started.outcomes).toEqual(["accepted", "accepted", "accepted", "accepted"]));
    expect(received.callers).toEqual(["9"]);
    expect(opened.counts).toMatchObject({ matched: 1, filteredOut: 1, filterErrors: 2 });
    expect(errors).toEqual([["FORG0001", "a"]]);
  });

  it("rejects events that are invalid in its catalog, when it is given one", async () => {
    const started = await broker();
    const received = new Received();
    const errors: XqbusError[] = [];
    await consumer(started, { catalog, callback: received.callback, onError: (error) => errors.push(error) });
    const invalid = '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><Statsu/></PhoneStatus></Event>';
    started.publish(messageOf(invalid));
    started.publish(messageOf(phoneStatus("1")));
    await until(() => expect(started.outcomes).toEqual(["rejected", "accepted"]));
    expect(errors).toMatchObject([{ name: "InvalidEventError", problems: catalog.validate(invalid) }]);
    expect(received.callers).toEqual(["1"]);
  });

  it("without reconnect rejects join when the connection is lost, and drops what it held", async () => {
    const started = await broker();
    const held: (() => void)[] = [];
    const callback = (): Promise<void> => new Promise((resolve) => held.push(resolve));
    const opened = await consumer(started, { reconnect: false, callback });
    const joined = opened.join();
    started.publish(messageOf(phoneStatus("1")));
    started.publish(messageOf(phoneStatus("2")));
    await until(() => expect(opened.counts.received).toBe(2));
    started.cut();
    await expect(joined).rejects.toMatchObject({
      code: "xqbus:not-connected",
      message: `the connection to 127.0.0.1:${started.port} was lost: it ended without a word, or the broker was silent for too long`,
    });
    held[0]?.();
    await opened.close();
    expect(opened.counts.matched).toBe(1);
    await expect(opened.join()).rejects.toMatchObject({ code: "xqbus:not-connected" });
  });

  it("rejects join when another one takes the link over, for it would only take it back", async () => {
    const started = await broker();
    const opened = await consumer(started, { callback: () => undefined });
    const joined = opened.join();
    started.connections[0]?.each_sender(
      (link: { close(error: object): void }) =>
        link.close({ condition: "amqp:link:stolen", description: "another one" }),
      () => true,
    );
    await expect(joined).rejects.toMatchObject({ name: "RefusedError", code: "amqp:link:stolen" });
  });

  it("tells onError of a loss that nobody waits for", async () => {
    const started = await broker();
    const errors: XqbusError[] = [];
    await consumer(started, { reconnect: false, callback: () => undefined, onError: (error) => errors.push(error) });
    started.cut();
    await until(() => expect(errors).toMatchObject([{ code: "xqbus:not-connected" }]));
  });

  it("in the seed's form connects by itself, and join ends with close", async () => {
    const started = await broker();
    const received = new Received();
    const made = new AMQPEventConsumer(started.url(), { xquery: SEED_QUERY, callback: received.callback });
    const joined = made.join();
    await made.ready;
    started.publish(messageOf(phoneStatus("1")));
    await until(() => expect(received.callers).toEqual(["1"]));
    await made.close();
    await expect(joined).resolves.toBeUndefined();
  });

  it("in the seed's form tells through join, or through onError, that it cannot connect", async () => {
    const errors: XqbusError[] = [];
    const onError = (error: XqbusError): void => void errors.push(error);
    const started = await ScriptedBroker.start();
    const url = started.url();
    await started.close();
    await expect(new AMQPEventConsumer(url, { onError }).join()).rejects.toMatchObject({ code: "xqbus:not-connected" });
    await expect(new AMQPEventConsumer(url, { onError }).ready).rejects.toMatchObject({ code: "xqbus:not-connected" });
    expect(errors).toEqual([]);
    const unwatched = new AMQPEventConsumer(url, { onError });
    await until(() => expect(errors).toMatchObject([{ code: "xqbus:not-connected" }]));
    await unwatched.close();
  });

  it("closes while it connects", async () => {
    const started = await broker({ onAttach: () => true });
    const made = new AMQPEventConsumer(started.url(), {});
    const { ready } = made;
    const joined = made.join();
    await Promise.all([made.close(), made.close()]);
    await expect(ready).rejects.toEqual(
      new XqbusError("xqbus:already-closed", "the consumer was closed before it was ready"),
    );
    await expect(joined).resolves.toBeUndefined();
  });

  it("waits in close for the running callback, and gives back what waits", async () => {
    const started = await broker();
    let finish = (): void => undefined;
    const opened = await consumer(started, {
      closeTimeoutMs: Infinity,
      callback: () => new Promise((resolve) => (finish = resolve)),
    });
    for (const id of ["1", "2", "3"]) started.publish(messageOf(phoneStatus(id)));
    await until(() => expect(opened.counts.received).toBe(3));
    const closed = opened.close();
    await until(() => expect(started.outcomes).toEqual(["released", "released"]));
    finish();
    await closed;
    expect(started.outcomes).toEqual(["released", "released", "accepted"]);
    expect(opened.counts.matched).toBe(1);
  });

  it("closes although a callback never ends, whose event goes back", async () => {
    const started = await broker();
    const opened = await consumer(started, { closeTimeoutMs: 20, callback: () => new Promise(() => undefined) });
    started.publish(messageOf(phoneStatus("1")));
    await until(() => expect(opened.counts.matched).toBe(1));
    await opened.close();
    expect(started.outcomes).toEqual(["released"]);
  });

  it("may be closed inside its callback", async () => {
    const started = await broker();
    const opened = await consumer(started, {
      closeTimeoutMs: Infinity,
      callback: () => void opened.close(),
    });
    started.publish(messageOf(phoneStatus("1")));
    await opened.join();
    expect(started.outcomes).toEqual(["accepted"]);
  });

  it("is disposed of by await using", async () => {
    const started = await broker();
    let joined: Promise<void>;
    {
      await using opened = await AMQPEventConsumer.open(started.url(), { callback: () => undefined });
      joined = opened.join();
    }
    await expect(joined).resolves.toBeUndefined();
  });
});
