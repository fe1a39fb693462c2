import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { RefusedError } from "../../src/amqp/index.ts";
import { XqbusError } from "../../src/errors.ts";
import { sendAll, type SendProgress } from "../../src/amqp/send-events.ts";

/** Notes what is sent and how many are under way; refuses what starts with an exclamation mark. */
class Sender {
  readonly sent: string[] = [];
  most = 0;
  #underWay = 0;

  readonly send = async (event: unknown): Promise<void> => {
    this.sent.push(String(event));
    this.most = Math.max(this.most, ++this.#underWay);
    await turn();
    this.#underWay--;
    if (String(event).startsWith("!")) throw new RefusedError(`no: ${String(event)}`);
  };
}

describe("sending many events", () => {
  it("keeps their order and the window, and tells how far it is", async () => {
    const sender = new Sender();
    const events = Array.from({ length: 20 }, (_, i) => `e${i}`);
    const told: SendProgress[] = [];
    const options = { window: 3, onProgress: (progress: SendProgress) => void told.push(progress) };
    await expect(sendAll(events, sender.send, options)).resolves.toEqual({ accepted: 20, refused: 0 });
    expect([sender.sent, sender.most]).toEqual([events, 3]);
    expect(told.map(({ accepted }) => accepted)).toEqual(events.map((_, i) => i + 1));
    expect(told.at(-1)).toEqual({ accepted: 20, refused: 0, underWay: 0 });
  });

  it("takes asynchronous iterables, and none at all", async () => {
    const sender = new Sender();
    async function* events(): AsyncGenerator<string> {
      yield await Promise.resolve("a");
      yield "b";
    }
    await expect(sendAll(events(), sender.send, {})).resolves.toEqual({ accepted: 2, refused: 0 });
    await expect(sendAll([], sender.send, {})).resolves.toEqual({ accepted: 0, refused: 0 });
  });

  it.each([
    [5, "5"],
    [undefined, "undefined"],
    ["<Event/>", '"<Event/>"'],
    [Buffer.from("<Event/>"), "an object"],
    [{}, "an object"],
  ])("refuses %j, which is no series of events", async (events, shown) => {
    const sender = new Sender();
    await expect(sendAll(events as unknown as string[], sender.send, {})).rejects.toEqual(
      new XqbusError(
        "xqbus:illegal-argument",
        `sendEvents takes events one after the other, such as a list or a generator gives, got ${shown}`,
      ),
    );
    expect(sender.sent).toEqual([]);
  });

  it.each(["an asynchronous", "a synchronous"])("ends with its signal, whatever %s source does", async (kind) => {
    const sender = new Sender();
    const abort = new AbortController();
    const returned: string[] = [];
    const silent: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => {
        let first = true;
        const next = (): Promise<IteratorResult<string>> => {
          if (!first) return new Promise(() => undefined);
          first = false;
          return Promise.resolve({ done: false, value: "a" });
        };
        return { next, return: () => (returned.push("returned"), new Promise(() => undefined)) };
      },
    };
    function* endless(): Generator<string> {
      try {
        for (;;) yield "a";
      } finally {
        returned.push("returned");
      }
    }
    const options = { signal: abort.signal, window: 1, onRefused: () => undefined };
    const sending = sendAll(kind === "a synchronous" ? endless() : silent, sender.send, options);
    await turn();
    abort.abort();
    await expect(sending).rejects.toMatchObject({ name: "AbortedError", code: "xqbus:aborted" });
    expect([returned, sender.sent[0]]).toEqual([["returned"], "a"]);
  });

  it("ends with the first event that is refused, when those under way have their outcome", async () => {
    const sender = new Sender();
    const sending = sendAll(["a", "!b", "c", "d", "e", "f"], sender.send, { window: 2 });
    await expect(sending).rejects.toThrow("no: !b");
    expect(sender.sent).toEqual(["a", "!b", "c"]);
  });

  it("goes on with onRefused, which hears of each", async () => {
    const sender = new Sender();
    const refused: unknown[] = [];
    const onRefused = ({ message }: Error, event: unknown, index: number): void => {
      refused.push([message, event, index]);
    };
    await expect(sendAll(["!a", "b", "!c"], sender.send, { onRefused })).resolves.toEqual({ accepted: 1, refused: 2 });
    expect(refused).toEqual([
      ["no: !a", "!a", 0],
      ["no: !c", "!c", 2],
    ]);
  });

  it("fails with what the iterable, or a callback of the caller, throws", async () => {
    const sender = new Sender();
    function* broken(): Generator<string> {
      yield "a";
      throw new Error("no more");
    }
    await expect(sendAll(broken(), sender.send, {})).rejects.toThrow("no more");
    const onProgress = (): void => {
      throw new Error("not now");
    };
    await expect(sendAll(["a"], sender.send, { onProgress })).rejects.toThrow("not now");
    await expect(sendAll([], sender.send, { window: 0 })).rejects.toThrow("window must be a whole number");
  });
});
