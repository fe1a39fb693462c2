import type { Delivery, Message } from "rhea";
import { describe, expect, it } from "vitest";
import type { ConsumerOptions } from "../../src/amqp/index.ts";
import type { XqbusError } from "../../src/errors.ts";
import { PermanentError, type DeadLetter } from "../../src/subscription/index.ts";
import { VirtualClock } from "../broker/virtual-clock.ts";
import { settled } from "../subscription/scripted-source.ts";
import type { Script } from "./scripted-broker.ts";
import { broker, consumer, messageOf, until } from "./set-up.ts";
import { expectSilence } from "./silence.ts";

expectSilence();

function order(number: number, customer = "", more: Record<string, unknown> = {}): Buffer {
  return messageOf(`<Event><Order><Id>${number}</Id><Customer>${customer}</Customer></Order></Event>`, {
    message_id: `m-${number}`,
    ...more,
  });
}

/** A broker that keeps what is sent to addresses, and does not fan it out. */
function keeping(kept: Message[], more: Script = {}): Script {
  const onPublish = (delivery: Delivery, message: Message): void => {
    kept.push(message);
    delivery.accept();
  };
  return { onPublish, ...more };
}

const failing = (): never => {
  throw new Error("the shop is closed");
};

describe("a consumer with a retry policy", () => {
  it("tries an event again here, at the times of the policy, and makes it a dead letter with its record", async () => {
    const clock = new VirtualClock(1_000);
    const started = await broker();
    const times: [attempt: number, time: number][] = [];
    const letters: [DeadLetter, string | undefined][] = [];
    const opened = await consumer(started, {
      ...{ clock, retry: "3x exponential 1s..1m jitter 0", name: "billing", onError: () => undefined },
      onDeadLetter: (letter, event) => letters.push([letter, event?.get("Id")]),
      callback: (_event, _delivery, { attempt }) => {
        times.push([attempt, clock.now()]);
        failing();
      },
    });
    started.publish(order(1));
    await until(() => expect(opened.handling.held).toBe(1));
    expect(clock.ringNext(Infinity)).toBe(true);
    await settled();
    expect(clock.ringNext(Infinity)).toBe(true);
    await until(() => expect(started.outcomes).toEqual(["rejected"]));
    expect(times).toEqual([
      [1, 1_000],
      [2, 2_000],
      [3, 4_000],
    ]);
    expect(letters).toEqual([
      [
        {
          ...{ id: "m-1", key: undefined, handler: "billing", reason: "attempts", attempts: 3 },
          ...{ firstAt: 1_000, lastAt: 4_000, origin: "org.clacks" },
          error: { name: "Error", code: undefined, message: "the shop is closed" },
        },
        "1",
      ],
    ]);
    expect(opened.counts).toMatchObject({ received: 1, failed: 3, deadLettered: 1 });
  });

  it("handles others while one waits for its next attempt", async () => {
    const clock = new VirtualClock(0);
    const started = await broker();
    const seen: string[] = [];
    await consumer(started, {
      ...{ clock, retry: "2x schedule 1h jitter 0", onError: () => undefined },
      callback: (event) => {
        seen.push(event.get("Id") ?? "");
        if (event.get("Id") === "1") failing();
      },
    });
    for (const id of [1, 2, 3]) started.publish(order(id));
    await until(() => expect(started.outcomes).toEqual(["accepted", "accepted"]));
    expect(seen).toEqual(["1", "2", "3"]);
  });

  it("does not try again what came by a connection that is lost, but counts its attempts when it comes again", async () => {
    const clock = new VirtualClock(0);
    const started = await broker();
    const attempts: [id: string | undefined, attempt: number][] = [];
    const opened = await consumer(started, {
      ...{ clock, retry: "5x schedule 1h jitter 0", onError: () => undefined, reconnect: { minDelayMs: 1 } },
      callback: (event, _delivery, { attempt }) => {
        attempts.push([event.get("Id"), attempt]);
        failing();
      },
    });
    started.publish(order(1));
    await until(() => expect(opened.handling.held).toBe(1));
    started.cut();
    await until(() => expect(started.addresses).toHaveLength(2));
    expect([opened.handling.held, clock.ringNext(Infinity)]).toEqual([0, false]);
    started.publish(order(1));
    await until(() => expect(attempts).toHaveLength(2));
    expect(attempts).toEqual([
      ["1", 1],
      ["1", 2],
    ]);
  });

  it("ends the attempts at a permanent error", async () => {
    const started = await broker();
    const letters: DeadLetter[] = [];
    await consumer(started, {
      ...{ retry: "5x schedule 1h", onError: () => undefined, onDeadLetter: (letter) => letters.push(letter) },
      callback: () => {
        throw new PermanentError("no such customer");
      },
    });
    started.publish(order(1));
    await until(() => expect(started.outcomes).toEqual(["rejected"]));
    expect(letters).toMatchObject([{ reason: "permanent", attempts: 1, error: { message: "no such customer" } }]);
  });

  it("ends a callback whose time is over", async () => {
    const clock = new VirtualClock(0);
    const started = await broker();
    const reasons: unknown[] = [];
    const opened = await consumer(started, {
      ...{ clock, handlerTimeoutMs: 500, maxDeliveries: 1, onError: () => undefined },
      callback: (_event, _delivery, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reasons.push((signal.reason as XqbusError).code);
            reject(new Error("ended"));
          });
        }),
    });
    started.publish(order(1));
    await until(() => expect(opened.handling.inFlight).toBe(1));
    clock.advance(500);
    await until(() => expect(started.outcomes).toEqual(["rejected"]));
    expect([reasons, opened.counts.failed]).toEqual([["xqbus:timeout"], 1]);
  });
});

describe("a consumer that keeps an order", () => {
  const keys: readonly [title: string, orderBy: NonNullable<ConsumerOptions["orderBy"]>][] = [
    ["the group id", "group-id"],
    ["an XPath", { xpath: "//Customer" }],
    ["an XPath to a number", { xpath: "string-length(//Customer) + 1" }],
    ["a function of the event", (event) => event.get("Customer")],
    ["a function of the delivery", (_event, { properties }) => properties.groupId],
  ];

  it.each(keys)(
    "by %s handles the events of a key one after the other, also through retries",
    async (_title, orderBy) => {
      const started = await broker();
      const seen: string[] = [];
      let failures = 0;
      const finish: (() => void)[] = [];
      await consumer(started, {
        ...{ concurrency: 3, orderBy, onError: () => undefined },
        callback: async (event) => {
          seen.push(event.get("Id") ?? "");
          if (event.get("Id") === "1" && failures++ === 0) failing();
          await new Promise<void>((resolve) => finish.push(resolve));
        },
      });
      for (const [id, customer] of [
        [1, "a"],
        [2, "a"],
        [3, "bb"],
      ] as const) {
        started.publish(order(id, customer, { group_id: customer }));
      }
      await until(() => expect(finish).toHaveLength(2));
      expect(seen.toSorted()).toEqual(["1", "1", "3"]);
      for (const end of finish.splice(0)) end();
      await until(() => expect(finish).toHaveLength(1));
      expect(seen.at(-1)).toBe("2");
      finish[0]?.();
      await until(() => expect(started.outcomes).toEqual(["accepted", "accepted", "accepted"]));
    },
  );

  it("makes an event a dead letter whose key cannot be had, and goes on", async () => {
    const started = await broker();
    const letters: DeadLetter[] = [];
    await consumer(started, {
      ...{ orderBy: { xpath: "xs:date(//Customer)" }, onDeadLetter: (letter) => letters.push(letter) },
      callback: () => undefined,
    });
    started.publish(order(1, "tomorrow"));
    started.publish(order(2, "2026-11-21"));
    await until(() => expect(started.outcomes.toSorted()).toEqual(["accepted", "rejected"]));
    expect(letters).toMatchObject([{ id: "m-1", reason: "key-failed", error: { code: "FORG0001" } }]);
  });
});

describe("a consumer", () => {
  it("with deduplicate calls its callback once for a message id", async () => {
    const started = await broker();
    const seen: (string | undefined)[] = [];
    const opened = await consumer(started, { deduplicate: true, callback: (event) => void seen.push(event.get("Id")) });
    for (const id of [1, 1, 2, 1]) started.publish(order(id));
    await until(() => expect(started.outcomes).toEqual(["accepted", "accepted", "accepted", "accepted"]));
    expect([seen, opened.counts.duplicates]).toEqual([["1", "2"], 2]);
  });

  it("forgets what it has handled when the window of ids says so", async () => {
    const clock = new VirtualClock(0);
    const started = await broker();
    const opened = await consumer(started, { clock, deduplicate: { maxAgeMs: 1_000 }, callback: () => undefined });
    started.publish(order(1));
    await until(() => expect(started.outcomes).toHaveLength(1));
    clock.advance(1_001);
    started.publish(order(1));
    await until(() => expect(started.outcomes).toHaveLength(2));
    expect(opened.handling).toMatchObject({ handled: 2, duplicates: 0 });
  });

  it("keeps a rate", async () => {
    const clock = new VirtualClock(0);
    const started = await broker();
    const times: number[] = [];
    await consumer(started, { clock, rate: "2/s", callback: () => void times.push(clock.now()) });
    for (const id of [1, 2, 3]) started.publish(order(id));
    await until(() => expect(times).toEqual([0]));
    for (const time of [500, 1_000]) {
      await settled();
      clock.advance(500);
      await until(() => expect(times.at(-1)).toBe(time));
    }
  });

  it("begins nothing while it is paused, and tells of no stall", async () => {
    const started = await broker();
    const seen: unknown[] = [];
    const opened = await consumer(started, {
      ...{ prefetch: 2, stallTimeoutMs: 10 },
      callback: (event) => void seen.push(event.get("Id")),
    });
    opened.on("stalled", (stall) => seen.push(stall));
    opened.pause();
    for (const id of [1, 2, 3]) started.publish(order(id));
    await until(() => expect(opened.counts.received).toBe(2));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect([opened.isPaused, seen, started.outcomes]).toEqual([true, [], []]);
    opened.resume();
    await until(() => expect(seen).toEqual(["1", "2", "3"]));
  });

  it("has the events that were rejected once more when somebody sends them again", async () => {
    const started = await broker({ redelivers: [] });
    let isOpen = false;
    const opened = await consumer(started, {
      ...{ maxDeliveries: 1, onError: () => undefined },
      callback: () => (isOpen ? undefined : failing()),
    });
    started.publish(order(1));
    await until(() => expect(started.outcomes).toEqual(["rejected"]));
    isOpen = true;
    started.publish(order(1));
    await until(() => expect(started.outcomes).toEqual(["rejected", "accepted"]));
    expect(opened.handling.handled).toBe(1);
  });
});

describe("dead letters with an address of their own", () => {
  it("are sent there with their record before the event is accepted", async () => {
    const kept: Message[] = [];
    const clock = new VirtualClock(5_000);
    const started = await broker(keeping(kept));
    await consumer(started, {
      ...{ clock, deadLetterTo: "letters", shared: "billing", maxDeliveries: 1, onError: () => undefined },
      callback: failing,
    });
    started.publish(order(1, "a", { subject: "s", ttl: 1, application_properties: { a: 1, xqbus_reason: "age" } }));
    await until(() => expect(started.outcomes).toEqual(["accepted"]));
    expect(started.addresses).toEqual(["org.clacks", "letters"]);
    expect(kept).toMatchObject([{ message_id: "m-1", subject: "s", durable: true }]);
    expect(kept[0]?.ttl ?? undefined).toBeUndefined();
    expect(kept[0]?.application_properties).toEqual({
      ...{ a: 1, xqbus_reason: "attempts", xqbus_handler: "billing", xqbus_origin: "org.clacks", xqbus_attempts: 1 },
      ...{ xqbus_error_name: "Error", xqbus_error_message: "the shop is closed" },
      ...{ xqbus_first_at: new Date(5_000), xqbus_last_at: new Date(5_000) },
    });
    expect(String((kept[0]?.body as { content: Buffer }).content)).toContain("<Id>1</Id>");
  });

  const strange: readonly [title: string, message: Buffer, code: string][] = [
    ["XML that is not well-formed", messageOf("<Event><A></Event>"), "xqbus:invalid-event"],
    ["what is no AMQP message", Buffer.from("00536045", "hex"), "xqbus:invalid-event"],
  ];

  it.each(strange)("may be %s, and the consumer goes on", async (_title, message, code) => {
    const kept: Message[] = [];
    const started = await broker(keeping(kept));
    const errors: XqbusError[] = [];
    const seen: unknown[] = [];
    const opened = await consumer(started, {
      ...{ deadLetterTo: "letters", onError: (error) => errors.push(error) },
      callback: (event) => void seen.push(event.get("Id")),
    });
    started.publish(message);
    started.publish(order(2));
    await until(() => expect(started.outcomes).toEqual(["accepted", "accepted"]));
    await until(() => expect(kept).toHaveLength(1));
    expect(kept[0]?.application_properties).toMatchObject({ xqbus_reason: "invalid", xqbus_error_code: code });
    expect([seen, opened.counts.invalid, opened.counts.deadLettered, errors.length]).toEqual([["2"], 1, 1, 1]);
  });

  it("are rejected when they cannot be sent, which is reported", async () => {
    const started = await broker({
      onAttach: (link) => {
        const isRefused = link.is_receiver();
        if (isRefused) link.close({ condition: "amqp:not-found", description: "no such address" });
        return isRefused;
      },
    });
    const errors: string[] = [];
    await consumer(started, {
      ...{ deadLetterTo: "letters", maxDeliveries: 1, onError: ({ code }) => errors.push(code) },
      callback: failing,
    });
    started.publish(order(1));
    started.publish(order(2));
    await until(() => expect(started.outcomes).toEqual(["rejected", "rejected"]));
    expect(errors.toSorted()).toEqual([
      ...["amqp:not-found", "amqp:not-found", "xqbus:callback-failed", "xqbus:callback-failed"],
    ]);
    expect(started.connections).toHaveLength(1);
  });
});

describe("events that nobody handles", () => {
  const rows: readonly [unhandled: "drop" | "dead-letter" | "park", outcome: string, counts: object][] = [
    ["drop", "accepted", { unhandled: 1, deadLettered: 0, parked: 0 }],
    ["dead-letter", "rejected", { unhandled: 1, deadLettered: 1, parked: 0 }],
    ["park", "accepted", { unhandled: 1, deadLettered: 0, parked: 1 }],
  ];

  it.each(rows)("are counted with unhandled: %s, and get %s", async (unhandled, outcome, counts) => {
    const kept: Message[] = [];
    const started = await broker(keeping(kept));
    const opened = await consumer(started, {
      ...{ handlers: { Ping: () => undefined }, unhandled },
      ...(unhandled === "park" ? { parkTo: "parked" } : {}),
    });
    started.publish(order(1));
    await until(() => expect(started.outcomes).toEqual([outcome]));
    expect(opened.counts).toMatchObject(counts);
    expect([...opened.unhandledTypes]).toEqual([["Order", 1]]);
    expect(kept.map((message) => (message.application_properties as Record<string, unknown>)["xqbus_reason"])).toEqual(
      unhandled === "park" ? ["unhandled"] : [],
    );
  });
});
