import rhea, { type Receiver, type Session } from "rhea";
import { describe, expect, it } from "vitest";
import type { TransferFault } from "../../src/amqp/incoming-delivery.ts";
import { guardSession } from "../../src/amqp/rhea-internals.ts";

interface Internals {
  readonly incoming: { on_transfer(frame: object, receiver: object): void };
  on_disposition(frame: object): void;
}

/** A session of rhea that is connected to nothing, and a receiver that keeps what it is given. */
class Bench {
  readonly messages: { bytes: string; fault: TransferFault | undefined }[] = [];
  readonly #session: Internals;
  readonly #receiver: object;
  #deliveryId = 0;

  constructor(maxMessageBytes: number) {
    const session: Session = rhea.create_container().create_connection({ port: 1 }).create_session();
    const faultOf = guardSession(session, maxMessageBytes);
    this.#session = session as unknown as Internals;
    this.#receiver = {
      credit: 10,
      delivery_count: 0,
      local: { attach: {} },
      is_remote_open: () => true,
      _context: (context: object) => context,
      dispatch: (_event: string, context: { message: Buffer }) => {
        const fault = faultOf(this.#receiver as Receiver);
        this.messages.push({ bytes: context.message.toString(), fault });
      },
    };
  }

  /** The frames of one message. */
  transfer(...frames: readonly { text?: string; more?: boolean; aborted?: boolean }[]): void {
    for (const { text, more = false, aborted = false } of frames) {
      const performative = { delivery_id: this.#deliveryId, more, aborted, message_format: 0 };
      const payload = text === undefined ? {} : { payload: Buffer.from(text) };
      this.#session.incoming.on_transfer({ performative, ...payload }, this.#receiver);
    }
    this.#deliveryId++;
  }

  disposition(performative: { first: number; last?: number }): void {
    this.#session.on_disposition({ performative: { role: true, value: [], ...performative } });
  }
}

describe("a guarded session", () => {
  it("hands over messages as bytes, whatever their format is", () => {
    const bench = new Bench(100);
    bench.transfer({ text: "ab", more: true }, { text: "cd", more: true }, { text: "ef" });
    bench.transfer({ text: "gh" });
    bench.transfer({});
    expect(bench.messages).toEqual([
      { bytes: "abcdef", fault: undefined },
      { bytes: "gh", fault: undefined },
      { bytes: "", fault: undefined },
    ]);
  });

  it("keeps only the beginning of a message that is too large, and the next one whole", () => {
    const bench = new Bench(5);
    bench.transfer({ text: "abc", more: true }, { text: "def", more: true }, { text: "ghi" });
    bench.transfer({ text: "abcdef" });
    bench.transfer({ text: "abc", more: true }, { text: "de" });
    expect(bench.messages).toEqual([
      { bytes: "abcde", fault: "too-large" },
      { bytes: "abcde", fault: "too-large" },
      { bytes: "abcde", fault: undefined },
    ]);
  });

  it("tells an aborted message from a complete one", () => {
    const bench = new Bench(100);
    bench.transfer({ text: "abc", more: true }, { aborted: true, more: true });
    bench.transfer({ text: "def" });
    expect(bench.messages).toEqual([
      { bytes: "abc", fault: "aborted" },
      { bytes: "def", fault: undefined },
    ]);
  });

  it("refuses a disposition of billions of deliveries", () => {
    const bench = new Bench(100);
    bench.disposition({ first: 0 });
    bench.disposition({ first: 5, last: 9 });
    expect(() => bench.disposition({ first: 0, last: 4_294_967_295 })).toThrow(
      new RangeError("disposition of deliveries 0 to 4294967295"),
    );
  });
});
