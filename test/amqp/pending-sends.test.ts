import { afterEach, describe, expect, it, vi } from "vitest";
import { Deadline } from "../../src/amqp/deadline.ts";
import { NotConnectedError, RefusedError } from "../../src/amqp/index.ts";
import { PendingSends, type SendPort } from "../../src/amqp/pending-sends.ts";
import type { SendOutcome } from "../../src/amqp/send-outcome.ts";

const deadlines: Deadline[] = [];

afterEach(() => {
  for (const deadline of deadlines.splice(0)) deadline.stop();
});

function deadline(signal?: AbortSignal): Deadline {
  const made = new Deadline("sending", { timeoutMs: Infinity, signal, option: "timeoutMs" });
  deadlines.push(made);
  return made;
}

/** A link that takes as many messages as it is told. */
class Port implements SendPort {
  maxMessageBytes = Infinity;
  readonly taken: string[] = [];
  credit: number;

  constructor(credit: number) {
    this.credit = credit;
  }

  ready(): boolean {
    return this.credit > 0;
  }

  transfer(message: Buffer): number {
    this.credit--;
    return this.taken.push(message.toString()) - 1;
  }
}

/** Refusals of the moment are final here unless a test says otherwise. */
const ONCE = { maxAttempts: 1, minDelayMs: 1, maxDelayMs: 1, factor: 1, jitter: 0 };

function attached(port: Port, refusals: typeof ONCE = ONCE): PendingSends {
  const sends = new PendingSends(refusals);
  sends.attach(port);
  return sends;
}

const LOST = [new NotConnectedError("not sent"), new NotConnectedError("unknown")] as const;

describe("pending sends", () => {
  it("go out in their order and only under credit", async () => {
    const port = new Port(2);
    const sends = attached(port);
    const results = ["a", "b", "c", "d"].map((text) => sends.send(Buffer.from(text), deadline()));
    expect(port.taken).toEqual(["a", "b"]);
    port.credit = 1;
    sends.pump();
    expect(port.taken).toEqual(["a", "b", "c"]);
    port.credit = 5;
    sends.settle(port, 1, { kind: "accepted" });
    expect(port.taken).toEqual(["a", "b", "c", "d"]);
    for (const id of [3, 0, 2, 2, 77]) sends.settle(port, id, { kind: "accepted" });
    await expect(Promise.all(results)).resolves.toHaveLength(4);
    expect(sends.size).toBe(0);
  });

  const outcomes: readonly [outcome: SendOutcome, error: RefusedError][] = [
    [
      { kind: "rejected", condition: "amqp:not-allowed", description: "no" },
      new RefusedError("the broker refused the event: no (amqp:not-allowed)", {
        condition: "amqp:not-allowed",
        description: "no",
      }),
    ],
    [
      { kind: "rejected", condition: "amqp:not-allowed", description: undefined },
      new RefusedError("the broker refused the event: (amqp:not-allowed)", { condition: "amqp:not-allowed" }),
    ],
    [
      { kind: "rejected", condition: undefined, description: undefined },
      new RefusedError("the broker refused the event: it gave no reason"),
    ],
    [
      { kind: "released" },
      new RefusedError("the broker gave the event back unchanged (released): it did not take it; it may later"),
    ],
    [
      { kind: "modified", undeliverable: true },
      new RefusedError("the broker gave the event back (modified): it tried to take it and failed"),
    ],
    [{ kind: "none" }, new RefusedError("the broker settled the event without saying whether it took it")],
  ];

  it.each(outcomes)("that are %o reject", async (outcome, error) => {
    const port = new Port(1);
    const sends = attached(port);
    const sent = sends.send(Buffer.from("a"), deadline());
    sends.settle(port, 0, outcome);
    await expect(sent).rejects.toEqual(error);
    await expect(sent).rejects.toMatchObject({ code: error.condition ?? "xqbus:refused" });
  });

  it("that fail say whether the message may have arrived, and so does what is sent afterwards", async () => {
    const port = new Port(1);
    const sends = attached(port);
    const inFlight = sends.send(Buffer.from("a"), deadline());
    const waiting = sends.send(Buffer.from("b"), deadline());
    sends.close(...LOST);
    await expect(inFlight).rejects.toBe(LOST[1]);
    await expect(waiting).rejects.toBe(LOST[0]);
    await expect(sends.send(Buffer.from("c"), deadline())).rejects.toBe(LOST[0]);
    expect(sends.size).toBe(0);
  });

  it("that are aborted before they went out never go out", async () => {
    const port = new Port(0);
    const sends = attached(port);
    const controller = new AbortController();
    const sent = sends.send(Buffer.from("a"), deadline(controller.signal));
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: "xqbus:aborted" });
    port.credit = 1;
    sends.pump();
    expect(port.taken).toEqual([]);
  });

  it("that are aborted in flight keep their place until the outcome comes", async () => {
    const port = new Port(1);
    const sends = attached(port);
    const controller = new AbortController();
    const sent = sends.send(Buffer.from("a"), deadline(controller.signal));
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: "xqbus:aborted" });
    expect(sends.size).toBe(1);
    sends.settle(port, 0, { kind: "accepted" });
    expect(sends.size).toBe(0);
  });

  it("that were in flight go out again by the next link, first and in their order, and keep their promise", async () => {
    const first = new Port(2);
    const sends = attached(first);
    const results = ["a", "b", "c"].map((text) => sends.send(Buffer.from(text), deadline()));
    sends.detach();
    const later = sends.send(Buffer.from("d"), deadline());
    const second = new Port(9);
    sends.attach(second);
    expect(second.taken).toEqual(["a", "b", "c", "d"]);
    // An answer of the lost link is about nothing any more.
    sends.settle(first, 0, { kind: "rejected", condition: "amqp:not-allowed", description: undefined });
    for (const id of [0, 1, 2, 3]) sends.settle(second, id, { kind: "accepted" });
    await expect(Promise.all([...results, later])).resolves.toHaveLength(4);
  });

  it("that nobody waits for any more do not go out again", async () => {
    const sends = attached(new Port(1));
    const controller = new AbortController();
    const sent = sends.send(Buffer.from("a"), deadline(controller.signal));
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: "xqbus:aborted" });
    sends.detach();
    const second = new Port(1);
    sends.attach(second);
    expect(second.taken).toEqual([]);
  });

  const passing: readonly SendOutcome[] = [
    { kind: "released" },
    { kind: "modified", undeliverable: false },
    { kind: "rejected", condition: "amqp:resource-limit-exceeded", description: "full" },
  ];

  it.each(passing)("that are %o are sent again, and accepted at last", async (outcome) => {
    const port = new Port(9);
    const sends = attached(port, { ...ONCE, maxAttempts: 3 });
    const sent = sends.send(Buffer.from("a"), deadline());
    for (const id of [0, 1]) {
      sends.settle(port, id, outcome);
      expect(sends.size).toBe(1);
      await vi.waitFor(() => expect(port.taken).toHaveLength(id + 2));
    }
    sends.settle(port, 2, { kind: "accepted" });
    await expect(sent).resolves.toBeUndefined();
  });

  it("that are refused again and again are refused at last", async () => {
    const port = new Port(9);
    const sends = attached(port, { ...ONCE, maxAttempts: 2 });
    const sent = sends.send(Buffer.from("a"), deadline());
    sends.settle(port, 0, { kind: "released" });
    await vi.waitFor(() => expect(port.taken).toHaveLength(2));
    sends.settle(port, 1, { kind: "released" });
    await expect(sent).rejects.toMatchObject({ name: "RefusedError" });
    expect(sends.size).toBe(0);
  });

  it("that wait to be sent again end with their deadline, or with everything", async () => {
    const port = new Port(9);
    const sends = attached(port, { ...ONCE, maxAttempts: 2, minDelayMs: 1e9, maxDelayMs: 1e9 });
    const controller = new AbortController();
    const aborted = sends.send(Buffer.from("a"), deadline(controller.signal));
    const rejected = sends.send(Buffer.from("b"), deadline());
    for (const id of [0, 1]) sends.settle(port, id, { kind: "released" });
    controller.abort();
    await expect(aborted).rejects.toMatchObject({ code: "xqbus:aborted" });
    sends.reject(...LOST);
    await expect(rejected).rejects.toBe(LOST[0]);
    expect(sends.size).toBe(0);
  });

  it.each([
    ["fail when the broker ends the link because of their size", "amqp:link:message-size-exceeded", ["a", "b"]],
    ["go out again when the link ends for another reason", "amqp:link:detach-forced", ["a", "large", "b"]],
  ])("%s, and hold up no others", async (_, condition, again) => {
    const sends = attached(new Port(3));
    const lost = new RefusedError("the link has ended", { condition, description: "too large" });
    const [first, large, last] = ["a", "large", "b"].map((text) => sends.send(Buffer.from(text), deadline()));
    const outcome = large?.then(
      () => "accepted",
      (error: unknown) => error,
    );
    sends.refuseTooLarge(lost);
    sends.detach();
    const port = new Port(3);
    sends.attach(port);
    expect(port.taken).toEqual(again);
    for (const delivery of again.keys()) sends.settle(port, delivery, { kind: "accepted" });
    await Promise.all([first, last]);
    if (again.length === 3) expect(await outcome).toBe("accepted");
    else {
      expect(await outcome).toMatchObject({
        ...{ name: "RefusedError", code: condition, condition, description: "too large", cause: lost },
        message: "the broker takes no message of 5 bytes: the link has ended",
      });
    }
  });

  it("are not sent when the broker has said that it takes none of their size", async () => {
    const port = new Port(3);
    port.maxMessageBytes = 4;
    const sends = new PendingSends(ONCE);
    const [first, large, last] = ["a", "large", "last"].map((text) => sends.send(Buffer.from(text), deadline()));
    const refused = expect(large).rejects.toMatchObject({
      ...{ name: "RefusedError", condition: "amqp:link:message-size-exceeded" },
      message: "the broker takes no message of 5 bytes: its limit for this link is 4 bytes",
    });
    sends.attach(port);
    await refused;
    expect(port.taken).toEqual(["a", "last"]);
    for (const delivery of [0, 1]) sends.settle(port, delivery, { kind: "accepted" });
    await Promise.all([first, last]);
  });

  it("do not fail a smaller one in place of a large one that nobody waits for any more", async () => {
    const sends = attached(new Port(2));
    const abort = new AbortController();
    const large = sends.send(Buffer.from("large"), deadline(abort.signal));
    const small = sends.send(Buffer.from("a"), deadline());
    abort.abort();
    await expect(large).rejects.toMatchObject({ code: "xqbus:aborted" });
    sends.refuseTooLarge(new RefusedError("ended", { condition: "amqp:link:message-size-exceeded" }));
    sends.detach();
    const port = new Port(2);
    sends.attach(port);
    expect(port.taken).toEqual(["a"]);
    sends.settle(port, 0, { kind: "accepted" });
    await small;
  });
});
