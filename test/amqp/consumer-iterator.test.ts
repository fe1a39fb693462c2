import { describe, expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import type { ScriptedBroker } from "./scripted-broker.ts";
import { broker, consumer, messageOf, until } from "./set-up.ts";
import { expectSilence } from "./silence.ts";

expectSilence();

function publish(to: ScriptedBroker, ...ids: number[]): void {
  for (const id of ids) to.publish(messageOf(`<Event><Number><Id>${id}</Id></Number></Event>`));
}

describe("the events of a consumer in a loop", () => {
  it("come in their order, and each is accepted when the next is asked for", async () => {
    const started = await broker();
    const opened = await consumer(started, { xpath: "//Id != '3'" });
    publish(started, 1, 2, 3, 4);
    const seen: (string | undefined)[] = [];
    for await (const { event, result } of opened) {
      seen.push(event.get("Id"));
      expect(result).toEqual([true]);
      await until(() => expect(started.outcomes).toHaveLength(seen.length === 3 ? 3 : seen.length - 1));
      if (seen.length === 3) break;
    }
    expect(seen).toEqual(["1", "2", "4"]);
    expect(started.outcomes).toEqual(["accepted", "accepted", "accepted", "accepted"]);
    await expect(opened.join()).resolves.toBeUndefined();
  });

  it("end with break, which accepts the last one, gives back the rest and closes", async () => {
    const started = await broker();
    const opened = await consumer(started);
    publish(started, 1, 2, 3);
    for await (const { event } of opened) {
      await until(() => expect(opened.counts.received).toBe(3));
      expect(event.get("Id")).toBe("1");
      break;
    }
    expect(started.outcomes.toSorted()).toEqual(["accepted", "released", "released"]);
    await expect(opened.join()).resolves.toBeUndefined();
  });

  it("are waited for", async () => {
    const started = await broker();
    const iterator = (await consumer(started))[Symbol.asyncIterator]();
    const next = iterator.next();
    const afterwards = iterator.next();
    publish(started, 1);
    expect((await next).value?.event.get("Id")).toBe("1");
    publish(started, 2);
    expect((await afterwards).value?.event.get("Id")).toBe("2");
  });

  it("end when the consumer is closed elsewhere, which gives back the one that is worked on", async () => {
    const started = await broker();
    const opened = await consumer(started);
    publish(started, 1);
    const seen: unknown[] = [];
    for await (const { event } of opened) {
      seen.push(event.get("Id"));
      await opened.close();
    }
    expect([seen, started.outcomes]).toEqual([["1"], ["released"]]);
  });

  it("end while they are waited for when the consumer is closed", async () => {
    const started = await broker();
    const opened = await consumer(started);
    const next = opened[Symbol.asyncIterator]().next();
    await opened.close();
    await expect(next).resolves.toEqual({ done: true, value: undefined });
  });

  it("end with the reason when the connection is lost for good", async () => {
    const started = await broker();
    const opened = await consumer(started, { reconnect: false });
    publish(started, 1);
    const loop = async (): Promise<void> => {
      for await (const { event } of opened) {
        expect(event.get("Id")).toBe("1");
        started.cut();
      }
    };
    await expect(loop()).rejects.toMatchObject({ code: "xqbus:not-connected" });
  });

  it("are held back by prefetch while nobody asks", async () => {
    const started = await broker();
    const opened = await consumer(started, { prefetch: 2 });
    publish(started, 1, 2, 3, 4, 5);
    await until(() => expect(opened.counts.received).toBe(2));
    const iterator = opened[Symbol.asyncIterator]();
    for (const id of ["1", "2", "3", "4", "5"]) expect((await iterator.next()).value?.event.get("Id")).toBe(id);
  });

  it("are for one loop, of a consumer without callback", async () => {
    const started = await broker();
    const withCallback = await consumer(started, { callback: () => undefined });
    const iterated = await consumer(started);
    iterated[Symbol.asyncIterator]();
    expect(() => withCallback[Symbol.asyncIterator]()).toThrow(
      new XqbusError(
        "xqbus:illegal-argument",
        "the consumer has a callback, which gets the events; open another one to iterate",
      ),
    );
    expect(() => iterated[Symbol.asyncIterator]()).toThrow(
      new XqbusError("xqbus:illegal-argument", "the consumer is iterated already; open another one to iterate"),
    );
  });
});
