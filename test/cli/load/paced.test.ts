import { describe, expect, it } from "vitest";
import type { LoadClock } from "../../../src/cli/load/load-clock.ts";
import { paced } from "../../../src/cli/load/paced.ts";

/** Time that passes only when somebody waits for it. */
class VirtualClock implements LoadClock {
  time = 0;
  turns = 0;

  now(): number {
    return this.time;
  }

  until(micros: number): Promise<void> {
    this.time = Math.max(this.time, micros);
    return Promise.resolve();
  }

  turn(): Promise<void> {
    this.turns++;
    return Promise.resolve();
  }
}

/** Work that ends when it is told to. */
class Work {
  readonly #ends: (() => void)[] = [];

  readonly begin = (): Promise<void> => new Promise((resolve) => this.#ends.push(resolve));

  async end(index: number): Promise<void> {
    this.#ends[index]!();
    await turn();
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const { signal } = new AbortController();

describe("a schedule", () => {
  it("begins each piece of work when it is due, however long the others take", async () => {
    const clock = new VirtualClock();
    const work = new Work();
    const begun: number[] = [];
    const begin = (): Promise<void> => {
      begun.push(clock.now());
      return work.begin();
    };
    const running = paced(begin, { perSecond: 1000, count: 5, signal, clock });
    await turn();
    expect(begun).toEqual([0, 1000, 2000, 3000, 4000]);
    for (let index = 0; index < 5; index++) await work.end(index);
    expect(await running).toBe(5);
  });

  it("catches up after a stop, and says when things were due", async () => {
    const clock = new VirtualClock();
    const lateness: number[] = [];
    const begin = (index: number, due: number): Promise<void> => {
      lateness.push(clock.now() - due);
      // The whole process stands still in the second one.
      if (index === 1) clock.time += 5000;
      return Promise.resolve();
    };
    await paced(begin, { perSecond: 1000, count: 8, signal, clock });
    expect(lateness).toEqual([0, 0, 4000, 3000, 2000, 1000, 0, 0]);
  });

  it("has no more than its window under way, and counts the wait", async () => {
    const clock = new VirtualClock();
    const work = new Work();
    const dues: number[] = [];
    const begin = (_index: number, due: number): Promise<void> => {
      dues.push(due);
      return work.begin();
    };
    const running = paced(begin, { perSecond: 1_000_000, count: 4, window: 2, signal, clock });
    await turn();
    expect(dues).toEqual([0, 1]);
    await work.end(0);
    expect(dues).toEqual([0, 1, 2]);
    for (let index = 1; index < 4; index++) await work.end(index);
    expect(await running).toBe(4);
  });

  it("lets sockets have their turn while it catches up", async () => {
    const clock = new VirtualClock();
    clock.time = 1_000_000;
    await paced(() => Promise.resolve(), { perSecond: 1000, count: 320, start: 0, signal, clock });
    expect(clock.turns).toBe(9);
  });

  it("begins nothing after it was interrupted, and waits for what runs", async () => {
    const clock = new VirtualClock();
    const interruption = new AbortController();
    let ended = 0;
    const begin = async (index: number): Promise<void> => {
      if (index === 2) interruption.abort();
      await turn();
      ended++;
    };
    expect(await paced(begin, { perSecond: 1000, count: Infinity, signal: interruption.signal, clock })).toBe(3);
    expect(ended).toBe(3);
  });
});
