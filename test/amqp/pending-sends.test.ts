import { afterEach, describe, expect, it } from "vitest";
import { Deadline } from "../../src/amqp/deadline.ts";
import { NotConnectedError, RefusedError } from "../../src/amqp/index.ts";
import { PendingSends, type SendOutcome, type SendPort } from "../../src/amqp/pending-sends.ts";

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

const LOST = [new NotConnectedError("not sent"), new NotConnectedError("unknown")] as const;

describe("pending sends", () => {
  it("go out in their order and only under credit", async () => {
    const port = new Port(2);
    const sends = new PendingSends(port);
    const results = ["a", "b", "c", "d"].map((text) => sends.send(Buffer.from(text), deadline()));
    expect(port.taken).toEqual(["a", "b"]);
    port.credit = 1;
    sends.pump();
    expect(port.taken).toEqual(["a", "b", "c"]);
    port.credit = 5;
    sends.settle(1, { kind: "accepted" });
    expect(port.taken).toEqual(["a", "b", "c", "d"]);
    for (const id of [3, 0, 2, 2, 77]) sends.settle(id, { kind: "accepted" });
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
      { kind: "modified" },
      new RefusedError("the broker gave the event back (modified): it tried to take it and failed"),
    ],
    [{ kind: "none" }, new RefusedError("the broker settled the event without saying whether it took it")],
  ];

  it.each(outcomes)("that are %o reject", async (outcome, error) => {
    const sends = new PendingSends(new Port(1));
    const sent = sends.send(Buffer.from("a"), deadline());
    sends.settle(0, outcome);
    await expect(sent).rejects.toEqual(error);
    await expect(sent).rejects.toMatchObject({ code: error.condition ?? "xqbus:refused" });
  });

  it("that fail say whether the message may have arrived, and so does what is sent afterwards", async () => {
    const sends = new PendingSends(new Port(1));
    const inFlight = sends.send(Buffer.from("a"), deadline());
    const waiting = sends.send(Buffer.from("b"), deadline());
    sends.fail(...LOST);
    await expect(inFlight).rejects.toBe(LOST[1]);
    await expect(waiting).rejects.toBe(LOST[0]);
    await expect(sends.send(Buffer.from("c"), deadline())).rejects.toBe(LOST[0]);
    expect(sends.size).toBe(0);
  });

  it("that are aborted before they went out never go out", async () => {
    const port = new Port(0);
    const sends = new PendingSends(port);
    const controller = new AbortController();
    const sent = sends.send(Buffer.from("a"), deadline(controller.signal));
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: "xqbus:aborted" });
    port.credit = 1;
    sends.pump();
    expect(port.taken).toEqual([]);
  });

  it("that are aborted in flight keep their place until the outcome comes", async () => {
    const sends = new PendingSends(new Port(1));
    const controller = new AbortController();
    const sent = sends.send(Buffer.from("a"), deadline(controller.signal));
    controller.abort();
    await expect(sent).rejects.toMatchObject({ code: "xqbus:aborted" });
    expect(sends.size).toBe(1);
    sends.settle(0, { kind: "accepted" });
    expect(sends.size).toBe(0);
  });
});
