import rhea, { type Delivery } from "rhea";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { EventPublisher, type PublisherOptions } from "../../src/amqp/index.ts";
import { XqbusError } from "../../src/errors.ts";
import { EventMaker, type Event } from "../../src/event/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { ScriptedBroker, type Script } from "./scripted-broker.ts";
import { expectSilence } from "./silence.ts";

const cleanUps: (() => unknown)[] = [];
let catalog: Catalog;

beforeAll(async () => {
  catalog = await loadCatalog();
});

expectSilence();

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function broker(script?: Script): Promise<ScriptedBroker> {
  const started = await ScriptedBroker.start(script);
  cleanUps.push(() => started.close());
  return started;
}

async function publisher(to: ScriptedBroker, options: PublisherOptions = {}): Promise<EventPublisher> {
  const opened = await EventPublisher.open(to.url(), { catalog, closeTimeoutMs: 50, ...options });
  cleanUps.push(() => opened.close());
  return opened;
}

function phoneStatus(callerId: string): Event {
  const e = EventMaker(catalog);
  return e.Event(e.PhoneStatus(e.CallerId(callerId), e.ReceiverId("12343424"), e.Status("busy")));
}

/** A broker that keeps what it is sent and answers when it is told. */
class Inbox {
  readonly texts: string[] = [];
  readonly subjects: unknown[] = [];
  readonly deliveries: Delivery[] = [];
  readonly script: Script = {
    onPublish: (delivery, message) => {
      this.deliveries.push(delivery);
      this.texts.push((message.body as { content: Buffer }).content.toString());
      this.subjects.push(message["subject"]);
    },
  };

  async holds(count: number): Promise<void> {
    await vi.waitFor(() => expect(this.texts).toHaveLength(count), { timeout: 20_000 });
  }
}

const lost = { name: "NotConnectedError", code: "xqbus:not-connected" };

describe("a publisher", () => {
  it("resolves only when the broker has accepted", async () => {
    const inbox = new Inbox();
    const sender = await publisher(await broker(inbox.script));
    let resolved = false;
    const sent = sender.sendEvent(phoneStatus("1")).then(() => (resolved = true));
    await inbox.holds(1);
    expect(resolved).toBe(false);
    inbox.deliveries[0]?.accept();
    await expect(sent).resolves.toBe(true);
    expect(inbox.texts).toEqual([phoneStatus("1").toString()]);
    expect(inbox.subjects).toEqual(["org.clacks.event.PhoneStatus"]);
  });

  const forms: readonly [title: string, of: (event: Event) => Event | string | Uint8Array][] = [
    ["an Event", (event) => event],
    ["text", (event) => event.toString()],
    ["bytes", (event) => event.bytes],
    [
      "text with an XML declaration",
      (event) => `<?xml version="1.0" encoding="UTF-8"?>\n${event.toString({ pretty: true })}`,
    ],
    ["bytes with an XML declaration", (event) => Buffer.from(`<?xml version='1.0'?>\n${event.toString()}`)],
  ];

  it.each(forms)("sends %s as it is", async (_title, of) => {
    const inbox = new Inbox();
    const sender = await publisher(await broker({ ...inbox.script }));
    const given = of(phoneStatus("é€😀"));
    const sent = sender.sendEvent(given);
    await inbox.holds(1);
    inbox.deliveries[0]?.accept();
    await sent;
    expect(inbox.texts[0]).toBe(given instanceof Uint8Array ? Buffer.from(given).toString() : given.toString());
  });

  it("refuses what is not well-formed, no envelope, or not valid, with all problems, and sends nothing", async () => {
    const inbox = new Inbox();
    const sender = await publisher(await broker(inbox.script));
    const invalid = `<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><Statsu/><Other/></PhoneStatus></Event>`;
    const rows: readonly [input: string, problem: object][] = [
      ["<Event>", { line: 1, code: "xqbus:not-well-formed" }],
      ["<Event/>", { line: 1, code: "xqbus:invalid-event" }],
      ["<Other/>", { line: 1, code: "xqbus:invalid-event" }],
    ];
    for (const [input, problem] of rows) {
      await expect(sender.sendEvent(input)).rejects.toMatchObject({
        name: "InvalidEventError",
        code: "xqbus:invalid-event",
        problems: [problem],
      });
    }
    await expect(sender.sendEvent(invalid)).rejects.toMatchObject({
      name: "InvalidEventError",
      problems: catalog.validate(invalid),
    });
    expect(catalog.validate(invalid)).not.toEqual([]);
    expect(inbox.texts).toEqual([]);
  });

  it("refuses what is no event at all", async () => {
    const sender = await publisher(await broker());
    await expect(sender.sendEvent(undefined as unknown as string)).rejects.toEqual(
      new XqbusError("xqbus:illegal-argument", "an event must be an Event, a string or bytes (Uint8Array)"),
    );
  });

  it("with validate: false sends every well-formed event", async () => {
    const sender = await publisher(await broker(), { validate: false });
    await expect(sender.sendEvent("<Event><Unheard/></Event>")).resolves.toBeUndefined();
    await expect(sender.sendEvent("<Event>")).rejects.toMatchObject({ code: "xqbus:invalid-event" });
  });

  it("waits for a catalog that is still loading", async () => {
    const sender = await publisher(await broker(), { catalog: loadCatalog() });
    await expect(sender.sendEvent(phoneStatus("1"))).resolves.toBeUndefined();
  });

  it("tells of a catalog that does not load when an event is sent, and not before", async () => {
    const url = (await broker()).url();
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);
    cleanUps.push(() => process.off("unhandledRejection", unhandled));
    const error = new XqbusError("xqbus:unreadable", "there is no such folder");
    const sender = EventPublisher.openLater(url, { catalog: Promise.reject(error) });
    cleanUps.push(() => sender.close());
    // By then Node has told of the rejections that nobody has listened to.
    await new Promise(setImmediate);
    expect(unhandled).not.toHaveBeenCalled();
    await expect(sender.sendEvent(phoneStatus("1"))).rejects.toBe(error);
  });

  it("takes larger events than by default when limits say so", async () => {
    const long = `<Event><Unheard>${"x".repeat(5_000_000)}</Unheard></Event>`;
    const options = { validate: false, limits: { maxBytes: 6_000_000 } };
    const inbox = new Inbox();
    const sender = await publisher(await broker(inbox.script), options);
    const sent = sender.sendEvent(long);
    await inbox.holds(1);
    inbox.deliveries[0]?.accept();
    await expect(sent).resolves.toBeUndefined();
    const strict = await publisher(await broker(), { limits: { maxBytes: 100 } });
    await expect(strict.sendEvent(long)).rejects.toMatchObject({
      code: "xqbus:invalid-event",
      problems: [{ code: "xqbus:limit-exceeded" }],
    });
  });

  it("refuses a signal of one call that is none", async () => {
    const sender = await publisher(await broker());
    await expect(sender.sendEvent(phoneStatus("1"), { signal: {} as AbortSignal })).rejects.toEqual(
      new XqbusError(
        "xqbus:illegal-argument",
        "option signal must be an AbortSignal, such as the signal of an AbortController",
      ),
    );
  });

  const outcomes: readonly [title: string, answer: (delivery: Delivery) => void, error: object][] = [
    [
      "rejected",
      (delivery) => delivery.reject({ condition: "xqbus:invalid-event", description: "not here" }),
      {
        code: "xqbus:invalid-event",
        condition: "xqbus:invalid-event",
        description: "not here",
        message: "the broker refused the event: not here (xqbus:invalid-event)",
      },
    ],
    [
      "rejected without a reason",
      (delivery) => delivery.reject(),
      { code: "xqbus:refused", condition: undefined, message: "the broker refused the event: it gave no reason" },
    ],
    [
      "released",
      (delivery) => delivery.release(),
      {
        code: "xqbus:refused",
        condition: undefined,
        message: "the broker gave the event back unchanged (released): it did not take it; it may later",
      },
    ],
    [
      "modified",
      (delivery) => delivery.modified({ delivery_failed: true }),
      { code: "xqbus:refused", message: "the broker gave the event back (modified): it tried to take it and failed" },
    ],
    [
      "settled without an outcome",
      (delivery) => delivery.update(true),
      { code: "xqbus:refused", message: "the broker settled the event without saying whether it took it" },
    ],
  ];

  it.each(outcomes)("rejects with the broker's reason when the event is %s", async (_title, onPublish, error) => {
    const sender = await publisher(await broker({ onPublish }));
    await expect(sender.sendEvent(phoneStatus("1"))).rejects.toMatchObject({ name: "RefusedError", ...error });
  });

  it("settles what a broker answers without settling it", async () => {
    const settled: boolean[] = [];
    const inbox = new Inbox();
    const sender = await publisher(await broker(inbox.script));
    const sent = sender.sendEvent(phoneStatus("1"));
    await inbox.holds(1);
    const [delivery] = inbox.deliveries;
    delivery?.link.on("settled", () => settled.push(true));
    delivery?.update(
      false,
      (rhea.message as unknown as { accepted(): { described(): unknown } }).accepted().described(),
    );
    await expect(sent).resolves.toBeUndefined();
    await vi.waitFor(() => expect(settled).toEqual([true]), { timeout: 20_000 });
  });

  it("sends thousands of events in the order of the calls, awaited or not", async () => {
    const inbox = new Inbox();
    const sender = await publisher(
      await broker({
        onPublish: (delivery, message) => {
          inbox.script.onPublish?.(delivery, message);
          delivery.accept();
        },
      }),
    );
    const ids = Array.from({ length: 5_000 }, (_, i) => i.toString());
    await Promise.all(ids.map((id) => sender.sendEvent(phoneStatus(id))));
    expect(inbox.texts.map((text) => /<CallerId>(\d+)</.exec(text)?.[1])).toEqual(ids);
  });

  it("sends no more than the broker gives credit for", async () => {
    const inbox = new Inbox();
    const started = await broker({ ...inbox.script, credit: 0 });
    const sender = await publisher(started);
    const sent = Promise.all(Array.from({ length: 5 }, (_, i) => sender.sendEvent(phoneStatus(i.toString()))));
    for (const credit of [2, 1, 2]) {
      const before = inbox.texts.length;
      started.giveCredit(credit);
      await inbox.holds(before + credit);
    }
    for (const delivery of inbox.deliveries) delivery.accept();
    await sent;
  });

  it("refuses more events without an answer than maxPending", async () => {
    const sender = await publisher(await broker({ credit: 0 }), { maxPending: 2 });
    const waiting = [sender.sendEvent(phoneStatus("1")), sender.sendEvent(phoneStatus("2"))];
    await expect(sender.sendEvent(phoneStatus("3"))).rejects.toEqual(
      new XqbusError(
        "xqbus:limit-exceeded",
        '2 events wait for the broker\'s answer (option maxPending); await sendEvent before sending more, or set whenFull: "wait"',
      ),
    );
    const results = Promise.allSettled(waiting);
    await sender.close();
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  });

  it("ends one call by its own time limit or signal, and the others go on", async () => {
    const inbox = new Inbox();
    const started = await broker({ ...inbox.script, credit: 0 });
    const sender = await publisher(started);
    const controller = new AbortController();
    const aborted = sender.sendEvent(phoneStatus("1"), { signal: controller.signal });
    const late = sender.sendEvent(phoneStatus("2"), { timeoutMs: 20 });
    const patient = sender.sendEvent(phoneStatus("3"));
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ name: "AbortedError", code: "xqbus:aborted" });
    await expect(late).rejects.toMatchObject({
      name: "TimeoutError",
      message: `sending the event to 127.0.0.1:${started.port} did not end within 20 ms (option timeoutMs)`,
    });
    started.giveCredit(1);
    await inbox.holds(1);
    inbox.deliveries[0]?.accept();
    await patient;
    expect(inbox.texts).toEqual([phoneStatus("3").toString()]);
    await expect(sender.sendEvent(phoneStatus("4"), { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "xqbus:aborted",
    });
  });

  it("sends again after a loss what has no answer: first, in its order, the same bytes", async () => {
    const bytes: string[] = [];
    const ids: unknown[] = [];
    const started = await broker({
      credit: 2,
      onPublish: (delivery, message) => {
        bytes.push(JSON.stringify(message));
        ids.push(message.message_id);
        if (started.connections.length > 1) delivery.accept();
      },
    });
    const sender = await publisher(started, { reconnect: { minDelayMs: 1 } });
    const told: unknown[] = [];
    sender.on("connected", (event) => told.push(event));
    sender.on("disconnected", ({ error, willReconnect }) => told.push([error.code, willReconnect]));
    const sent = Promise.all(["1", "2", "3"].map((id) => sender.sendEvent(phoneStatus(id))));
    await vi.waitFor(() => expect(ids).toHaveLength(2), { timeout: 20_000 });
    started.cut();
    await vi.waitFor(() => expect(ids).toHaveLength(4), { timeout: 20_000 });
    started.giveCredit(1);
    await sent;
    expect(bytes.slice(2, 4)).toEqual(bytes.slice(0, 2));
    expect(new Set(ids).size).toBe(3);
    expect(told).toEqual([["xqbus:not-connected", true], { url: `amqp://admin@127.0.0.1:${started.port}/org.clacks` }]);
    expect([sender.status, sender.pending]).toEqual(["connected", 0]);
  });

  it("without reconnect tells of a lost connection what may have arrived and what has not, and ends", async () => {
    const inbox = new Inbox();
    const started = await broker({ ...inbox.script, credit: 1 });
    const sender = await publisher(started, { reconnect: false });
    const inFlight = sender.sendEvent(phoneStatus("1"));
    const waiting = sender.sendEvent(phoneStatus("2"));
    const results = Promise.allSettled([inFlight, waiting]);
    await inbox.holds(1);
    started.cut();
    await results;
    await expect(inFlight).rejects.toMatchObject({ ...lost, message: /: whether it has the event is unknown/ });
    await expect(waiting).rejects.toMatchObject({ ...lost, message: /^the event was not sent: / });
    await expect(sender.sendEvent(phoneStatus("3"))).rejects.toMatchObject(lost);
    expect(sender.status).toBe("failed");
  });

  it("connects again once for many events that wait", async () => {
    const started = await broker();
    const sender = await publisher(started);
    started.cut();
    await vi.waitFor(async () => {
      await Promise.all(Array.from({ length: 50 }, (_, i) => sender.sendEvent(phoneStatus(i.toString()))));
    });
    expect(started.connections).toHaveLength(2);
  });

  it("says at its time limit why there was no connection to send by", async () => {
    const first = await ScriptedBroker.start();
    const sender = await publisher(first, { reconnect: { minDelayMs: 1, maxDelayMs: 1 } });
    const gone = new Promise((resolve) => sender.on("disconnected", resolve));
    await first.close();
    await gone;
    expect(sender.status).toBe("disconnected");
    await expect(sender.sendEvent(phoneStatus("1"), { timeoutMs: 50 })).rejects.toMatchObject({
      name: "TimeoutError",
      message: /did not end within 50 ms \(option timeoutMs\); there is no connection: the connection to .* was lost/,
    });
  });

  it("uses the next broker of its list when one is gone, and the first that there is to begin with", async () => {
    const [one, other] = [await ScriptedBroker.start(), await broker()];
    const sender = await EventPublisher.open([`amqp://admin:secret@127.0.0.1:1`, one.url(), other.url()], { catalog });
    cleanUps.push(() => sender.close());
    await sender.sendEvent(phoneStatus("1"));
    await one.close();
    await sender.sendEvent(phoneStatus("2"));
    expect([one.connections.length, other.connections.length]).toEqual([1, 1]);
  });

  it("makes the connection again when the broker owes an answer for too long", async () => {
    const started = await broker({
      onPublish: (delivery) => {
        if (started.connections.length > 1) delivery.accept();
      },
    });
    const sender = await publisher(started, { stallTimeoutMs: 20, reconnect: { minDelayMs: 1 } });
    const stalls: unknown[] = [];
    sender.on("stalled", (stall) => stalls.push(stall));
    await sender.sendEvent(phoneStatus("1"));
    expect(stalls).toEqual([{ reason: "no-answer", message: "the broker has answered none of 1 events for 20 ms" }]);
  });

  it("tells when the broker takes nothing, and goes on waiting", async () => {
    const started = await broker({ credit: 0 });
    const sender = await publisher(started, { stallTimeoutMs: 20 });
    const stalled = new Promise((resolve) => sender.on("stalled", resolve));
    const sent = sender.sendEvent(phoneStatus("1"));
    await expect(stalled).resolves.toEqual({
      reason: "no-credit",
      message: "the broker has taken none of 1 events that wait for 20 ms: it gives no credit",
    });
    started.giveCredit(1);
    await sent;
    expect(started.connections).toHaveLength(1);
  });

  it("with whenFull: wait takes more events on when there is room, in their order", async () => {
    const inbox = new Inbox();
    const sender = await publisher(
      await broker({
        onPublish: (delivery, message) => {
          inbox.script.onPublish?.(delivery, message);
          delivery.accept();
        },
      }),
      { maxPending: 2, whenFull: "wait" },
    );
    const ids = Array.from({ length: 50 }, (_, i) => i.toString());
    await Promise.all(ids.map((id) => sender.sendEvent(phoneStatus(id))));
    expect(inbox.texts.map((text) => /<CallerId>(\d+)</.exec(text)?.[1])).toEqual(ids);
  });

  it("refuses more bytes without an answer than maxPendingBytes, but takes one large event", async () => {
    const sender = await publisher(await broker({ credit: 0 }), { maxPendingBytes: 100 });
    const first = sender.sendEvent(phoneStatus("1")).catch((error: XqbusError) => error.code);
    await expect(sender.sendEvent(phoneStatus("2"))).rejects.toMatchObject({
      code: "xqbus:limit-exceeded",
      message: expect.stringContaining("option maxPendingBytes") as string,
    });
    await sender.close();
    await expect(first).resolves.toBe("xqbus:already-closed");
  });

  it("ends the wait for room with the time limit of the call", async () => {
    const sender = await publisher(await broker({ credit: 0 }), { maxPending: 1, whenFull: "wait" });
    const first = sender.sendEvent(phoneStatus("1")).catch((error: XqbusError) => error.code);
    await expect(sender.sendEvent(phoneStatus("2"), { timeoutMs: 20 })).rejects.toMatchObject({
      code: "xqbus:timeout",
    });
    await sender.close({ drain: false });
    await expect(first).resolves.toBe("xqbus:already-closed");
  });

  it("sends again what the broker refuses for the moment", async () => {
    let refused = 0;
    const started = await broker({
      onPublish: (delivery) => {
        if (refused++ < 2) delivery.reject({ condition: "amqp:resource-limit-exceeded", description: "full" });
        else delivery.accept();
      },
    });
    const sender = await publisher(started, { refusals: { minDelayMs: 1 } });
    await expect(sender.sendEvent(phoneStatus("1"))).resolves.toBeUndefined();
    expect(refused).toBe(3);
  });

  it("says of an event what the caller says of it", async () => {
    const seen: Record<string, unknown>[] = [];
    const started = await broker({
      onPublish: (delivery, message) => {
        seen.push(message as unknown as Record<string, unknown>);
        delivery.accept();
      },
    });
    const sender = await publisher(started, { source: "urn:phone", traceparent: () => "00-aa-bb-01" });
    const options = {
      messageId: "m-1",
      correlationId: "c-1",
      groupId: "g-1",
      ttlMs: 60_000,
      traceparent: "00-cc-dd-01",
    };
    await sender.sendEvent(phoneStatus("1"), options);
    await sender.sendEvent(phoneStatus("2"));
    const [first, second] = seen;
    expect(first).toMatchObject({ message_id: "m-1", correlation_id: "c-1", group_id: "g-1", ttl: 60_000 });
    const created = first?.["creation_time"] as Date;
    expect(first?.["absolute_expiry_time"]).toEqual(new Date(created.getTime() + 60_000));
    expect(first?.["application_properties"]).toEqual({
      cloudEvents_specversion: "1.0",
      cloudEvents_type: "org.clacks.event.PhoneStatus",
      cloudEvents_source: "urn:phone",
      cloudEvents_dataschema: "http://www.gonicus.de/Events",
      cloudEvents_id: "m-1",
      cloudEvents_time: created.toISOString(),
      traceparent: "00-cc-dd-01",
      CallerId: "1",
      ReceiverId: "12343424",
      Status: "busy",
    });
    expect(second?.["application_properties"]).toMatchObject({ traceparent: "00-aa-bb-01" });
  });

  it("refuses what cannot be said of an event", async () => {
    const sender = await publisher(await broker());
    await expect(sender.sendEvent(phoneStatus("1"), { groupId: "" })).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
    });
    await expect(sender.sendEvent(phoneStatus("1"), { ttlMs: 0 })).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
    });
  });

  it("does not connect again with the signal of its opening", async () => {
    const started = await broker();
    const controller = new AbortController();
    const sender = await publisher(started, { signal: controller.signal });
    controller.abort();
    started.cut();
    await vi.waitFor(() => expect(sender.sendEvent(phoneStatus("1"))).resolves.toBeUndefined());
  });

  it("takes the link's end for a loss", async () => {
    const started = await broker({
      onPublish: ({ link }) => link.close({ condition: "amqp:resource-deleted", description: "gone" }),
    });
    const sender = await publisher(started, { reconnect: false });
    await expect(sender.sendEvent(phoneStatus("1"))).rejects.toMatchObject({
      ...lost,
      message: /gone \(amqp:resource-deleted\)/,
    });
  });

  it("waits in close for the events that were given before", async () => {
    const sender = await publisher(await broker(), { closeTimeoutMs: Infinity });
    const sent = Array.from({ length: 100 }, (_, i) => sender.sendEvent(phoneStatus(i.toString())));
    await sender.close();
    await expect(Promise.all(sent)).resolves.toHaveLength(100);
  });

  it("closes when the broker never answers, and rejects what is pending", async () => {
    const inbox = new Inbox();
    const sender = await publisher(await broker({ ...inbox.script, credit: 1 }));
    const inFlight = sender.sendEvent(phoneStatus("1"));
    const waiting = sender.sendEvent(phoneStatus("2"));
    const results = Promise.allSettled([inFlight, waiting]);
    await inbox.holds(1);
    await Promise.all([sender.close(), sender.close()]);
    await results;
    await expect(inFlight).rejects.toMatchObject({ ...lost, message: /whether it has the event is unknown$/ });
    await expect(waiting).rejects.toMatchObject({ code: "xqbus:already-closed" });
    await expect(sender.sendEvent(phoneStatus("3"))).rejects.toEqual(
      new XqbusError("xqbus:already-closed", "the publisher was closed; open a new one to send events"),
    );
  });

  it("closes while it connects", async () => {
    const sender = EventPublisher.openLater("amqp://admin:secret@127.0.0.1:9", { catalog, closeTimeoutMs: 20 });
    const sent = sender.sendEvent(phoneStatus("1")).catch((error: XqbusError) => error.code);
    await sender.close();
    expect(["xqbus:not-connected", "xqbus:already-closed"]).toContain(await sent);
  });

  it("sends an event larger than a frame in one piece", async () => {
    const inbox = new Inbox();
    const sender = await publisher(await broker(inbox.script));
    const event = phoneStatus("x".repeat(1_000_000));
    const sent = sender.sendEvent(event);
    await inbox.holds(1);
    inbox.deliveries[0]?.accept();
    await sent;
    expect(inbox.texts[0]).toBe(event.toString());
  });

  it("is disposed of by await using", async () => {
    const started = await broker();
    let kept: EventPublisher;
    {
      await using sender = await EventPublisher.open(started.url(), { catalog });
      kept = sender;
    }
    await expect(kept.sendEvent(phoneStatus("1"))).rejects.toMatchObject({ code: "xqbus:already-closed" });
  });

  const illegal: readonly [options: PublisherOptions, message: string][] = [
    [{ catalog: {} as Catalog }, "option catalog must be a Catalog or the promise of one, such as loadCatalog() gives"],
    [{ maxPendingBytes: 0 }, "maxPendingBytes must be a whole number of at least 1, got 0"],
    [{ whenFull: "drop" as "wait" }, 'option whenFull must be "reject" or "wait"'],
    [{ vhost: "" }, "option vhost must be a text of 1 to 255 characters without control characters"],
    [{ reconnect: 1 as unknown as false }, "option reconnect must be false or an object"],
    [{ reconnect: { jitter: 2 } }, "option reconnect.jitter must be a number from 0 to 1, got 2"],
    [{ reconnect: { maxAttempts: 0 } }, "option reconnect.maxAttempts must be an integer of at least 1, got 0"],
    [{ sasl: "NTLM" as "PLAIN" }, 'option sasl must be one of EXTERNAL, SCRAM-SHA-256, PLAIN, ANONYMOUS, got "NTLM"'],
    [{ refusals: { maxAttempts: 0 } }, "refusals.maxAttempts must be a whole number of at least 1, got 0"],
    [{ limits: { maxBytes: 0 } }, "limits.maxBytes is 0; expected a whole number of at least 1, or Infinity"],
    [{ signal: {} as AbortSignal }, "option signal must be an AbortSignal, such as the signal of an AbortController"],
    [{ maxPending: 0 }, "maxPending must be a whole number of at least 1, got 0"],
    [{ sendTimeoutMs: 0 }, "option sendTimeoutMs must be a positive number of milliseconds or Infinity, got 0"],
    [{ timeoutMs: -1 }, "option timeoutMs must be a positive number of milliseconds or Infinity, got -1"],
    [{ closeTimeoutMs: NaN }, "option closeTimeoutMs must be a positive number of milliseconds or Infinity, got NaN"],
  ];

  it.each(illegal)("refuses the options %o", async (options, message) => {
    await expect(EventPublisher.open("amqp://127.0.0.1", options)).rejects.toEqual(
      new XqbusError("xqbus:illegal-argument", message),
    );
  });
});
