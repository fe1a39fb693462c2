import { describe, expect, it } from "vitest";
import { AMQPServiceProxy } from "../../src/service/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { createTestBus } from "../../src/testing/index.ts";
import { EventPublisher } from "../../src/amqp/index.ts";
import { connectToBus } from "../broker/in-process-client.ts";

const NS = "http://www.gonicus.de/Events";

function phone(status: string, caller = "1"): string {
  return `<Event xmlns="${NS}"><PhoneStatus><CallerId>${caller}</CallerId><ReceiverId>2</ReceiverId><Status>${status}</Status></PhoneStatus></Event>`;
}

describe("A test bus", () => {
  it("carries events from publishers to consumers, without a port", async () => {
    await using bus = createTestBus();
    const got: string[] = [];
    await bus.consumer({ callback: (event) => void got.push(event.get("Status") ?? "") });
    const publisher = await bus.publisher();
    for (const status of ["busy", "free", "busy"]) await publisher.sendEvent(phone(status));
    await bus.settle();
    expect(got).toEqual(["busy", "free", "busy"]);
    expect(bus.events.map((event) => event.get("Status"))).toEqual(["busy", "free", "busy"]);
    expect(bus.broker.counts).toMatchObject({ connections: 2, received: 3, delivered: 3, accepted: 3 });
  });

  it("is reached by its URL from code that connects itself, and by nobody once it is closed", async () => {
    const bus = createTestBus({ domain: "net.example" });
    expect(bus.url).toMatch(/^amqp:\/\/admin:[^@]+@bus-\d+\.xqbus\.invalid:5672\/net\.example$/);
    const proxy = new AMQPServiceProxy(bus.url);
    await proxy.sendEvent(phone("busy"));
    expect((await bus.expectEvent()).name).toBe("PhoneStatus");
    await proxy.close();
    await bus.close();
    await bus.close();
    await expect(EventPublisher.open(bus.url)).rejects.toMatchObject({
      code: "xqbus:not-connected",
      message: expect.stringContaining("was a bus inside this process, and was closed") as string,
    });
  });

  it("is another one each time", async () => {
    await using one = createTestBus();
    await using other = createTestBus();
    await one.send(phone("busy"));
    expect([one.events.length, other.events.length]).toEqual([1, 0]);
  });

  it("carries what is larger than a frame, in both directions", async () => {
    await using bus = createTestBus({ validate: false });
    const sizes: number[] = [];
    await bus.consumer({ callback: (event) => void sizes.push(event.bytes.length) });
    const large = `<Event xmlns="${NS}"><Any><Text>${"x".repeat(3_000_000)}</Text></Any></Event>`;
    await bus.send(large);
    await bus.settle();
    expect(sizes).toEqual([large.length]);
  });

  it("refuses what the catalog does not allow", async () => {
    await using bus = createTestBus({ catalog: loadCatalog() });
    await expect(bus.send(phone("busy").replace("<CallerId>1</CallerId>", ""))).rejects.toMatchObject({
      code: "xqbus:invalid-event",
    });
    await bus.expectNoEvent();
  });

  it("closes the clients that were opened with it, also those that read nothing any more", async () => {
    const bus = createTestBus({ broker: { closeTimeoutMs: 200 } });
    const consumer = await bus.consumer();
    const ended = consumer.join();
    await bus.close();
    await ended;
    expect(bus.broker.counts).toMatchObject({ connections: 0, links: 0 });
  });

  it.each([
    [{ now: Number.NaN }, "option now is NaN; expected ms since 1970"],
    [{ broker: { maxLinks: 0 } }, "maxLinks is 0; expected a whole number from 1 to 65536"],
  ])("has no use for %j", (options, message) => {
    expect(() => createTestBus(options)).toThrow(
      expect.objectContaining({ code: "xqbus:illegal-argument", message }) as Error,
    );
  });
});

describe("An expected event", () => {
  it("may have come before or come later, and answers one expectation", async () => {
    await using bus = createTestBus({ defaultElementNamespace: NS });
    await bus.send(phone("busy", "7"));
    expect((await bus.expectEvent('//Status = "busy"')).get("CallerId")).toBe("7");
    const later = bus.expectEvent('//Status = "busy"', { timeoutMs: 60_000 });
    await bus.send(phone("free"));
    await bus.send(phone("busy", "8"));
    expect((await later).get("CallerId")).toBe("8");
    await bus.expectNoEvent('//Status = "busy"');
    expect((await bus.expectEvent()).get("Status")).toBe("free");
  });

  it("may be asked for by what the message says", async () => {
    await using bus = createTestBus();
    await bus.send(phone("busy"));
    const filter =
      'declare namespace m = "urn:xqbus:message"; declare variable $m:subject external; $m:subject = "org.clacks.event.PhoneStatus"';
    expect((await bus.expectEvent(filter)).name).toBe("PhoneStatus");
  });

  it("that does not come is missed with a list of what came, and why it does not match", async () => {
    await using bus = createTestBus({ defaultElementNamespace: NS });
    await bus.send(phone("free"));
    await bus.send(phone("busy"));
    await bus.expectEvent('//Status = "busy"');
    await expect(bus.expectEvent('//Status = "busy"', { timeoutMs: 1 })).rejects.toMatchObject({
      code: "xqbus:expectation-failed",
      message: [
        'expected an event that matches //Status = "busy" within 1 ms; 2 events were published:',
        "1. PhoneStatus (org.clacks.event.PhoneStatus)",
        "   ✗ the filter does not match",
        '     first failed at line 1, column 1: //Status = "busy" — saw "free", wanted = "busy"',
        "",
        '   ✗ //Status = "busy" — saw "free", wanted = "busy"',
        "2. PhoneStatus (org.clacks.event.PhoneStatus)",
        "   it answered an earlier expectEvent",
      ].join("\n"),
    });
  });

  it("is missed on a bus on which nothing happened", async () => {
    await using bus = createTestBus();
    await expect(bus.expectEvent(undefined, { timeoutMs: 1 })).rejects.toThrow(
      "expected an event within 1 ms; nothing was published",
    );
  });

  it("is not waited for once the caller gives up", async () => {
    await using bus = createTestBus();
    const giveUp = new AbortController();
    const waiting = bus.expectEvent(undefined, { timeoutMs: 60_000, signal: giveUp.signal });
    giveUp.abort();
    await expect(waiting).rejects.toMatchObject({ code: "xqbus:aborted" });
    await expect(bus.expectNoEvent(undefined, { signal: giveUp.signal })).rejects.toMatchObject({
      code: "xqbus:aborted",
    });
  });

  it("is asked for with a filter that can match something", async () => {
    await using bus = createTestBus({ catalog: loadCatalog(), defaultElementNamespace: NS });
    await expect(bus.expectEvent("//Statsu")).rejects.toMatchObject({ code: "xqbus:filter-unknown-step" });
    await expect(bus.expectEvent("//(")).rejects.toMatchObject({ code: "XPST0003" });
  });

  it("counts only when the broker accepted it", async () => {
    await using bus = createTestBus({
      broker: { onPublish: () => ({ condition: "test:refused", description: "not today" }) },
    });
    await expect(bus.send(phone("busy"))).rejects.toMatchObject({ code: "test:refused" });
    await bus.expectNoEvent();
  });
});

describe("An event that is not expected", () => {
  it("is shown", async () => {
    await using bus = createTestBus();
    await bus.send(phone("busy"));
    await expect(bus.expectNoEvent()).rejects.toMatchObject({
      code: "xqbus:expectation-failed",
      message: `expected no event; 1 event was published:\n1. PhoneStatus (org.clacks.event.PhoneStatus)\n   ${phone("busy")}`,
    });
  });

  it("is found although nobody waited for it to be sent", async () => {
    await using bus = createTestBus();
    const sending = bus.send(phone("busy"));
    await expect(bus.expectNoEvent(undefined, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: "xqbus:expectation-failed",
    });
    await sending;
  });
});

describe("The time of a test bus", () => {
  const HOUR = 3_600_000;

  it("stands still until the test lets it pass", async () => {
    await using bus = createTestBus({ now: 1_000_000 });
    expect(bus.now).toBe(1_000_000);
    bus.advance(500);
    expect(bus.now).toBe(1_000_500);
    await bus.advanceTime(HOUR);
    expect(bus.now).toBe(1_000_500 + HOUR);
    for (const ms of [-1, Number.NaN, Infinity]) expect(() => bus.advance(ms)).toThrow("time cannot pass by");
  });

  it("ends messages whose time to live is over", async () => {
    await using bus = createTestBus();
    const client = await connectToBus(bus.url);
    const queue = { address: "jobs", capabilities: ["queue"] };
    const sender = await client.sender(queue);
    for (const ttl of [HOUR, 3 * HOUR]) await sender.send(`ttl ${ttl}`, { ttl });
    await bus.advanceTime(2 * HOUR);
    const receiver = await client.receiver(queue);
    receiver.credit(10);
    expect((await receiver.next()).body).toBe(`ttl ${3 * HOUR}`);
    expect(bus.broker.counts.expired).toBe(1);
    expect(bus.broker.management.queues().map(({ address, messages }) => [address, messages])).toEqual([
      ["jobs", 1],
      ["jobs.dead-letter", 1],
    ]);
    client.kill();
  });

  it("brings retries of consumers, each at its time", async () => {
    await using bus = createTestBus({ now: 0, validate: false });
    const attempts: [attempt: number, time: number][] = [];
    const letters: string[] = [];
    await bus.consumer({
      ...{ retry: "3x schedule 1m,1h jitter 0", onError: () => undefined, orderBy: "group-id" },
      onDeadLetter: ({ reason }) => letters.push(reason),
      callback: (_event, _delivery, { attempt }) => {
        attempts.push([attempt, bus.now]);
        throw new Error("no");
      },
    });
    await bus.send("<Event><Ping/></Event>");
    await bus.advanceTime(2 * HOUR);
    expect([attempts, letters]).toEqual([
      [
        [1, 0],
        [2, 60_000],
        [3, 60_000 + HOUR],
      ],
      ["attempts"],
    ]);
  });

  it("closes in time of the machine", async () => {
    const bus = createTestBus({ now: 0, validate: false });
    let isCalled = false;
    await bus.consumer({
      closeTimeoutMs: 20,
      callback: () => {
        isCalled = true;
        return new Promise(() => undefined);
      },
    });
    await bus.send("<Event><Ping/></Event>");
    await bus.settle();
    await bus.close();
    expect(isCalled).toBe(true);
  });

  it("brings delayed messages, one after the other with what they cause", async () => {
    await using bus = createTestBus({ now: 0 });
    const client = await connectToBus(bus.url);
    const sender = await client.sender("org.clacks");
    const receiver = await client.receiver("org.clacks");
    receiver.credit(10);
    const times: number[] = [];
    const answer = (async () => {
      for (let round = 1; round <= 3; round++) {
        (await receiver.next()).delivery.accept();
        times.push(bus.now);
        // Each message causes the next one, a minute later.
        await sender.send(round, { message_annotations: { "x-opt-delivery-delay": 60_000 } });
      }
    })();
    await sender.send(0, { message_annotations: { "x-opt-delivery-delay": 60_000 } });
    await bus.advanceTime(HOUR);
    await answer;
    expect(times).toEqual([60_000, 120_000, 180_000]);
    client.kill();
  });
});
