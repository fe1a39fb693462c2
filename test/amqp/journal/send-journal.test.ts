import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Delivery, Message } from "rhea";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  EventPublisher,
  type JournalOptions,
  type PublisherOptions,
  type RefusedEvent,
} from "../../../src/amqp/index.ts";
import { startBroker } from "../../../src/broker/index.ts";
import { XqbusError } from "../../../src/errors.ts";
import { chooseDriver } from "../../../src/storage/index.ts";
import { startWorker } from "../../../src/storage/start-worker.ts";
import { HeldThread } from "../../broker/store/held-thread.ts";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { ScriptedBroker, type Script } from "../scripted-broker.ts";
import { expectSilence } from "../silence.ts";

const cleanUps: (() => unknown)[] = [];
let folder: string;
let file: string;
let reports: [code: string, message: string, refused: RefusedEvent | undefined][];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-journal-"));
  file = join(folder, "sends.db");
  reports = [];
});

expectSilence();

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  rmSync(folder, { recursive: true });
});

const event = (text: string): string => `<Event><Ping>${text}</Ping></Event>`;
const PATIENCE = { timeout: 30_000 };

/** A broker that keeps what it was sent, and answers as it is told: a delivery is accepted by default. */
class Inbox {
  readonly texts: string[] = [];
  readonly ids: unknown[] = [];
  readonly deliveries: Delivery[] = [];
  answer: (delivery: Delivery, text: string) => void = (delivery) => delivery.accept();
  readonly script: Script = {
    onPublish: (delivery: Delivery, message: Message) => {
      const text = /<Ping>(.*)<\/Ping>/.exec((message.body as { content: Buffer }).content.toString())?.[1] ?? "";
      this.deliveries.push(delivery);
      this.texts.push(text);
      this.ids.push(message.message_id);
      this.answer(delivery, text);
    },
  };

  async holds(texts: readonly string[]): Promise<void> {
    await vi.waitFor(() => expect(this.texts).toEqual(texts), PATIENCE);
  }
}

async function broker(inbox: Inbox, script: Script = {}): Promise<ScriptedBroker> {
  const started = await ScriptedBroker.start({ ...inbox.script, ...script });
  cleanUps.push(() => started.close());
  return started;
}

function options(journal: Partial<JournalOptions> = {}, more: PublisherOptions = {}): PublisherOptions {
  const onError = (error: XqbusError, refused?: RefusedEvent): void => {
    reports.push([error.code, error.message, refused]);
  };
  return {
    ...{ validate: false, closeTimeoutMs: 20_000, reconnect: { minDelayMs: 1, maxDelayMs: 10 } },
    ...{ refusals: { minDelayMs: 1, maxDelayMs: 1 } },
    ...more,
    journal: { file, onError, ...journal },
  };
}

async function publisher(url: string, given: PublisherOptions = options()): Promise<EventPublisher> {
  const opened = await EventPublisher.open(url, given);
  cleanUps.push(() => opened.close({ drain: false }));
  return opened;
}

const drained = async (sender: EventPublisher): Promise<void> => {
  await vi.waitFor(() => expect(sender.journal?.counts.waiting).toBe(0), PATIENCE);
};

const numbers = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => index.toString());

describeWith([SQLITE], "an event that was enqueued", () => {
  it("is in the journal before the broker has answered, and leaves it when the broker has accepted", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const sender = await publisher((await broker(inbox)).url());
    const messageId = await sender.enqueue(event("1"));
    await inbox.holds(["1"]);
    expect(inbox.ids).toEqual([messageId]);
    expect(messageId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(sender.journal?.counts).toEqual({ waiting: 1, refused: 0, bytes: expect.any(Number) as number });
    inbox.deliveries[0]?.accept();
    await drained(sender);
    expect(sender.journal?.counts).toEqual({ waiting: 0, refused: 0, bytes: 0 });
    await sender.close();
    const again = await publisher((await broker(inbox)).url());
    expect(again.journal?.counts).toEqual({ waiting: 0, refused: 0, bytes: 0 });
  });

  it("is sent by the next publisher, in the order of the calls, with the same message id and bytes", async () => {
    const before = new Inbox();
    before.answer = () => undefined;
    const first = await publisher((await broker(before)).url());
    const ids = await Promise.all(["1", "2", "3"].map((text) => first.enqueue(event(text), { correlationId: "c" })));
    await before.holds(["1", "2", "3"]);
    await first.close({ drain: false });

    const after = new Inbox();
    const second = await publisher((await broker(after)).url());
    const fourth = await second.enqueue(event("4"));
    await drained(second);
    expect(after.texts).toEqual(["1", "2", "3", "4"]);
    expect(after.ids).toEqual([...ids, fourth]);
    expect(before.ids).toEqual(ids);
    expect(reports).toEqual([]);
  });

  it("is one of thousands: they are sent in their order, and few of them are in memory", async () => {
    const inbox = new Inbox();
    const started = await broker(inbox, { credit: 0 });
    const sender = await publisher(started.url());
    const texts = numbers(2_500);
    await Promise.all(texts.map((text) => sender.enqueue(event(text))));
    expect(sender.journal?.counts.waiting).toBe(2_500);
    const feeding = setInterval(() => started.giveCredit(500), 1);
    cleanUps.push(() => clearInterval(feeding));
    await drained(sender);
    expect(inbox.texts).toEqual(texts);
    expect(new Set(inbox.ids).size).toBe(2_500);
  });

  it("is in one transaction with those of the same turn", async () => {
    let thread: HeldThread | undefined;
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const start: JournalOptions["start"] = (setup) => (thread = new HeldThread(setup));
    const sender = await publisher((await broker(inbox)).url(), options({ start }));
    await Promise.all(numbers(200).map((text) => sender.enqueue(event(text))));
    const inserts = thread?.asked.flat().filter((sql) => sql.startsWith("INSERT INTO entry"));
    expect(inserts).toHaveLength(1);
  });

  it("is not told to be on disk before it is, and not sent before", async () => {
    let thread: HeldThread | undefined;
    const inbox = new Inbox();
    const start: JournalOptions["start"] = (setup) => (thread = new HeldThread(setup));
    const sender = await publisher((await broker(inbox)).url(), options({ start }));
    if (thread !== undefined) thread.holds = true;
    let isResolved = false;
    const enqueued = sender.enqueue(event("1")).then(() => (isResolved = true));
    await thread?.flushed();
    await sender.sendEvent(event("another"));
    expect([isResolved, inbox.texts]).toEqual([false, ["another"]]);
    thread?.releaseAll();
    await enqueued;
    await inbox.holds(["another", "1"]);
  });

  it("is checked as one that is sent", async () => {
    const sender = await publisher((await broker(new Inbox())).url());
    await expect(sender.enqueue("<Event>")).rejects.toMatchObject({ code: "xqbus:invalid-event" });
    await expect(sender.enqueue(event("1"), { messageId: "" })).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
    });
    expect(sender.journal?.counts.waiting).toBe(0);
  });

  it("needs the option journal", async () => {
    const sender = await publisher((await broker(new Inbox())).url(), { validate: false });
    expect(sender.journal).toBeUndefined();
    await expect(sender.enqueue(event("1"))).rejects.toEqual(
      new XqbusError("xqbus:illegal-argument", "enqueue needs the option journal, the path of a file"),
    );
  });
});

describeWith([SQLITE], "an event of the journal that the broker refuses", () => {
  const refuse = (delivery: Delivery): void => delivery.reject({ condition: "amqp:not-allowed", description: "no" });

  it("because it is larger than the broker takes is moved aside, too, and holds up nobody", async () => {
    const started = await startBroker({ users: { admin: "secret" }, maxMessageBytes: 20_000 });
    cleanUps.push(() => started.close());
    const sender = await publisher(started.url("admin"));
    const large = event("x".repeat(30_000));
    await Promise.all([event("1"), large, event("2")].map((text) => sender.enqueue(text)));
    await vi.waitFor(() => expect(sender.journal?.counts).toMatchObject({ waiting: 0, refused: 1 }), PATIENCE);
    expect(reports.map(([code]) => code)).toEqual(["amqp:link:message-size-exceeded"]);
    const condition = "amqp:link:message-size-exceeded";
    await expect(sender.sendEvent(large)).rejects.toMatchObject({ name: "RefusedError", condition });
    await sender.sendEvent(event("3"));
  });

  it("for good is moved aside and told, can be listed, sent again, and deleted; the others go on", async () => {
    const inbox = new Inbox();
    inbox.answer = (delivery, text) => {
      // rhea, here the broker, makes one outcome of those of one turn.
      setImmediate(() => (text.startsWith("bad") ? refuse(delivery) : delivery.accept()));
    };
    const sender = await publisher((await broker(inbox)).url());
    const ids = await Promise.all(["bad 1", "good", "bad 2"].map((text) => sender.enqueue(event(text))));
    await vi.waitFor(() => expect(reports).toHaveLength(2), PATIENCE);
    const { journal } = sender;
    const refused = (await journal?.refused()) ?? [];
    const what = { subject: "org.clacks.event.Ping", code: "amqp:not-allowed" };
    const reason = "the broker refused the event: no (amqp:not-allowed)";
    const dates = { enqueuedAt: expect.any(Date) as Date, refusedAt: expect.any(Date) as Date };
    const bytes = expect.any(Number) as number;
    expect(refused).toEqual([
      { id: 1, messageId: ids[0], ...what, reason, ...dates, bytes },
      { id: 3, messageId: ids[2], ...what, reason, ...dates, bytes },
    ]);
    expect(reports).toEqual(refused.map((each) => ["amqp:not-allowed", reason, each]));
    expect(journal?.counts).toMatchObject({ waiting: 0, refused: 2 });
    expect(await journal?.refused({ limit: 1, after: 1 })).toEqual(refused.slice(1));

    inbox.answer = (delivery) => delivery.accept();
    expect(await journal?.retry([1, 77])).toBe(1);
    await inbox.holds(["bad 1", "good", "bad 2", "bad 1"]);
    await drained(sender);
    expect(inbox.ids[3]).toBe(ids[0]);
    expect(await journal?.delete("all")).toBe(1);
    expect(journal?.counts).toEqual({ waiting: 0, refused: 0, bytes: 0 });
    expect(await journal?.refused()).toEqual([]);
  });

  it("for good is kept over a restart, and not sent again by itself", async () => {
    const inbox = new Inbox();
    inbox.answer = refuse;
    const url = (await broker(inbox)).url();
    const first = await publisher(url);
    await first.enqueue(event("bad"));
    await vi.waitFor(() => expect(reports).toHaveLength(1), PATIENCE);
    await first.close();
    const second = await publisher(url);
    expect(second.journal?.counts).toMatchObject({ waiting: 0, refused: 1 });
    await second.enqueue(event("next"));
    await inbox.holds(["bad", "next"]);
  });

  it("for the moment is sent again for as long as it takes", async () => {
    const inbox = new Inbox();
    let refusals = 0;
    inbox.answer = (delivery) => (++refusals > 20 ? delivery.accept() : delivery.release());
    const sender = await publisher((await broker(inbox)).url());
    await sender.enqueue(event("1"));
    await drained(sender);
    expect(inbox.texts).toHaveLength(21);
    expect(new Set(inbox.ids).size).toBe(1);
    expect([reports, sender.journal?.counts.refused]).toEqual([[], 0]);
  });

  it("too late, since its time to live is over, is moved aside instead of being sent", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const first = await publisher((await broker(inbox, { credit: 0 })).url());
    const messageId = await first.enqueue(event("1"), { ttlMs: 1 });
    await first.close({ drain: false });
    await vi.waitFor(() =>
      expect(Date.now()).toBeGreaterThan(Number.parseInt(messageId.slice(0, 13).replace("-", ""), 16) + 1),
    );
    const second = await publisher((await broker(inbox)).url());
    await vi.waitFor(() => expect(reports).toHaveLength(1), PATIENCE);
    expect(reports[0]?.slice(0, 2)).toEqual([
      "xqbus:timeout",
      "the event was worth 1 ms and no broker has taken it within this time",
    ]);
    expect(second.journal?.counts).toMatchObject({ waiting: 0, refused: 1 });
    expect(inbox.texts).toEqual([]);
  });

  it("is a warning of the process where nobody is told", async () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    cleanUps.push(() => warn.mockRestore());
    const inbox = new Inbox();
    inbox.answer = refuse;
    const sender = await publisher((await broker(inbox)).url(), { ...options(), journal: file });
    const messageId = await sender.enqueue(event("bad"));
    await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(1), PATIENCE);
    expect(warn.mock.calls[0]).toEqual([
      `event ${messageId} was moved aside in the send journal: the broker refused the event: no (amqp:not-allowed)`,
      { type: "RefusedError", code: "amqp:not-allowed" },
    ]);
  });
});

describeWith([SQLITE], "a send journal", () => {
  it("that is full refuses, or lets wait, as the publisher does", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const url = (await broker(inbox)).url();
    const strict = await publisher(url, options({ maxEvents: 2 }));
    await Promise.all([strict.enqueue(event("1")), strict.enqueue(event("2"))]);
    await expect(strict.enqueue(event("3"))).rejects.toEqual(
      new XqbusError(
        "xqbus:limit-exceeded",
        `2 events are in the send journal ${file} (option journal.maxEvents); wait until the broker has accepted some, look after refused ` +
          'ones, or set whenFull: "wait"',
      ),
    );
    await strict.close({ drain: false });

    const patient = await publisher(url, options({ maxBytes: 1 }, { whenFull: "wait" }));
    let isTaken = false;
    const third = patient.enqueue(event("3")).then(() => (isTaken = true));
    await inbox.holds(["1", "2", "1", "2"]);
    expect(isTaken).toBe(false);
    inbox.answer = (delivery) => delivery.accept();
    for (const delivery of inbox.deliveries.slice(2)) delivery.accept();
    await third;
    await drained(patient);
  });

  it("is used by one publisher at a time", async () => {
    const url = (await broker(new Inbox())).url();
    const first = await publisher(url);
    const inUse = {
      code: "xqbus:store-in-use",
      message: `the send journal ${file} is in use by another publisher or process; give each publisher a journal of its own`,
    };
    await expect(EventPublisher.open(url, options())).rejects.toMatchObject(inUse);
    const later = EventPublisher.openLater(url, options());
    cleanUps.push(() => later.close());
    await expect(later.enqueue(event("1"))).rejects.toMatchObject(inUse);
    expect(reports).toEqual([[inUse.code, inUse.message, undefined]]);
    await later.sendEvent(event("1"));
    await first.close();
    await publisher(url);
  });

  it("of another domain is refused", async () => {
    const started = await broker(new Inbox());
    await (await publisher(started.url())).close();
    await expect(EventPublisher.open(started.url("admin:secret", "org.other"), options())).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: `the send journal ${file} holds events for the domain "org.clacks", not for "org.other"; give each domain a journal of its own`,
    });
    await publisher(started.url());
  });

  it("that is damaged does not open, and says what to do", async () => {
    const url = (await broker(new Inbox())).url();
    await (await publisher(url)).close();
    writeFileSync(file, readFileSync(file).fill(0x5a, 0, 200));
    await expect(EventPublisher.open(url, options())).rejects.toMatchObject({
      code: "xqbus:store-damaged",
      message: expect.stringMatching(
        /^the send journal .*sends\.db is damaged .*: move it and .*sends\.db-wal away and keep both.* a new journal is made$/s,
      ) as string,
    });
  });

  it("with one damaged message moves that one aside and sends the others", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const url = (await broker(inbox)).url();
    const first = await publisher(url);
    const ids = await Promise.all(["1", "2", "3"].map((text) => first.enqueue(event(text))));
    await first.close({ drain: false });
    const connection = chooseDriver().open(file);
    connection.exec("UPDATE entry SET bytes = zeroblob(size) WHERE sequence = 2");
    connection.close();
    inbox.texts.length = 0;
    inbox.answer = (delivery) => delivery.accept();
    const second = await publisher(url);
    await inbox.holds(["1", "3"]);
    await vi.waitFor(() => expect(reports).toHaveLength(1), PATIENCE);
    expect(reports[0]).toEqual([
      "xqbus:store-damaged",
      `the message of event ${ids[1]} in the send journal is damaged (its checksum is wrong)`,
      expect.objectContaining({ id: 2, messageId: ids[1] }),
    ]);
    expect(second.journal?.counts).toMatchObject({ refused: 1 });
  });

  it("in a folder that is not there is refused", async () => {
    file = join(folder, "missing", "sends.db");
    await expect(EventPublisher.open((await broker(new Inbox())).url(), options())).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: `cannot open the send journal ${file}: there is no folder ${join(folder, "missing")}`,
    });
    expect(existsSync(join(folder, "missing"))).toBe(false);
  });

  it("on a full disk refuses what comes, still takes out what was accepted, and takes events on again", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const start: JournalOptions["start"] = (setup) => startWorker({ ...setup, maxBytes: 100 * 4096 });
    const sender = await publisher((await broker(inbox)).url(), options({ start }));
    const big = event("x".repeat(20_000));
    const full = { name: "XqbusError", code: "xqbus:store-full" };
    let taken = 0;
    await expect(async () => {
      for (;;) {
        await sender.enqueue(big);
        taken++;
      }
    }).rejects.toMatchObject(full);
    expect(taken).toBeGreaterThan(5);
    expect(sender.journal?.counts.waiting).toBe(taken);
    expect(sender.journal?.failure).toBeUndefined();
    await vi.waitFor(() => expect(inbox.deliveries).toHaveLength(taken), PATIENCE);
    inbox.answer = (delivery) => delivery.accept();
    for (const delivery of inbox.deliveries) delivery.accept();
    await drained(sender);
    await sender.enqueue(big);
    await drained(sender);
    expect(inbox.texts).toHaveLength(taken + 1);
    expect(reports).toEqual([]);
  });

  it("whose thread ends refuses what comes and tells it once; events are still sent without it", async () => {
    let thread: HeldThread | undefined;
    const start: JournalOptions["start"] = (setup) => (thread = new HeldThread(setup));
    const sender = await publisher((await broker(new Inbox())).url(), options({ start }));
    thread?.emit("error", new Error("out of memory"));
    await expect(sender.enqueue(event("1"))).rejects.toMatchObject({ code: "xqbus:store-failed" });
    await expect(sender.enqueue(event("2"))).rejects.toMatchObject({ code: "xqbus:store-failed" });
    await sender.sendEvent(event("3"));
    expect(reports.map(([code]) => code)).toEqual(["xqbus:store-failed"]);
    expect(sender.journal?.failure).toMatchObject({ code: "xqbus:store-failed" });
  });

  const wrong: readonly [journal: unknown, message: string][] = [
    ["", "option journal must be the path of a file, or an object with file"],
    [{}, "option journal must be the path of a file, or an object with file"],
    [{ file: "a", maxEvents: 0 }, "journal.maxEvents must be a whole number of at least 1, got 0"],
    [{ file: "a", maxBytes: 1.5 }, "journal.maxBytes must be a whole number of at least 1, got 1.5"],
    [{ file: "a", onError: 1 }, "journal.onError must be a function, got 1"],
  ];

  it.each(wrong)("given as %j is refused", (journal, message) => {
    const given = { journal } as PublisherOptions;
    expect(() => EventPublisher.openLater("amqp://localhost", given)).toThrow(
      new XqbusError("xqbus:illegal-argument", message),
    );
  });
});

describeWith([SQLITE], "a publisher with a journal", () => {
  it("takes events on while no broker is there, tells the reason once, and sends them when there is one", async () => {
    const inbox = new Inbox();
    const gone = await ScriptedBroker.start();
    const port = gone.port;
    await gone.close();
    const sender = EventPublisher.openLater(
      `amqp://admin:secret@127.0.0.1:${port}/org.clacks,amqp://admin:secret@127.0.0.1:${port}/org.clacks`,
      options(),
    );
    cleanUps.push(() => sender.close({ drain: false }));
    await sender.enqueue(event("1"));
    await sender.enqueue(event("2"));
    await vi.waitFor(() => expect(reports).toHaveLength(1), PATIENCE);
    expect(reports[0]?.[0]).toBe("xqbus:not-connected");
    expect(reports[0]?.[1]).toContain(`events wait in the send journal ${file}: `);
    await sender.close({ drain: false });
    const later = EventPublisher.openLater((await broker(inbox)).url(), options());
    cleanUps.push(() => later.close({ drain: false }));
    await inbox.holds(["1", "2"]);
    expect(reports).toHaveLength(1);
  });

  it("that is closed at once sends what was left before", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const url = (await broker(inbox)).url();
    const first = await publisher(url);
    await first.enqueue(event("1"));
    await inbox.holds(["1"]);
    await first.close({ drain: false });
    inbox.answer = (delivery) => delivery.accept();
    const second = EventPublisher.openLater(url, options());
    await second.close();
    expect(inbox.texts).toEqual(["1", "1"]);
    expect(second.journal?.counts.waiting).toBe(0);
  });

  it("sends after a lost connection what has no answer, once", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const started = await broker(inbox);
    const sender = await publisher(started.url());
    await Promise.all(["1", "2"].map((text) => sender.enqueue(event(text))));
    await inbox.holds(["1", "2"]);
    inbox.answer = (delivery) => delivery.accept();
    started.cut();
    await drained(sender);
    expect(inbox.texts).toEqual(["1", "2", "1", "2"]);
    expect(inbox.ids.slice(2)).toEqual(inbox.ids.slice(0, 2));
  });

  it("that has given up takes nothing on any more, and keeps what it has", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const started = await broker(inbox);
    const sender = await publisher(started.url(), options({}, { reconnect: false }));
    await sender.enqueue(event("1"));
    await inbox.holds(["1"]);
    started.cut();
    await vi.waitFor(() => expect(sender.status).toBe("failed"), PATIENCE);
    await expect(sender.enqueue(event("2"))).rejects.toMatchObject({ code: "xqbus:not-connected" });
    expect(sender.journal?.counts.waiting).toBe(1);
    await sender.close();
  });

  it("waits at its end for the answers that are to come, and no longer than it may", async () => {
    const inbox = new Inbox();
    inbox.answer = () => undefined;
    const url = (await broker(inbox)).url();
    const sender = await publisher(url);
    await sender.enqueue(event("1"));
    let isClosed = false;
    const closed = sender.close().then(() => (isClosed = true));
    await inbox.holds(["1"]);
    expect(isClosed).toBe(false);
    await expect(sender.enqueue(event("2"))).rejects.toMatchObject({ code: "xqbus:already-closed" });
    inbox.deliveries[0]?.accept();
    await closed;
    expect(sender.journal).toMatchObject({ counts: { waiting: 0 }, failure: { code: "xqbus:already-closed" } });

    const hasty = await publisher(url);
    const enqueued = hasty.enqueue(event("3"));
    await hasty.close({ timeoutMs: 50 });
    await enqueued;
    const last = await publisher(url);
    expect(last.journal?.counts.waiting).toBe(1);
  });
});
