import { expect, it, vi } from "vitest";
import { RouteWatch } from "../../src/amqp/route-watch.ts";

const WAIT = { timeout: 60_000, interval: 5 };

it("is not asked for while messages come, and once they stop until it is gone", async () => {
  const watch = new RouteWatch(2);
  let looks = 0;
  let comes = true;
  const received = (): number => {
    looks++;
    return comes ? looks : 0;
  };
  const isThere = vi
    .fn<() => Promise<boolean | undefined>>()
    .mockResolvedValueOnce(true)
    .mockResolvedValueOnce(undefined)
    .mockResolvedValue(false);
  const onGone = vi.fn();
  watch.start({ isThere, received, onGone });
  await vi.waitFor(() => expect(looks).toBeGreaterThan(20), WAIT);
  expect(isThere).not.toHaveBeenCalled();
  comes = false;
  await vi.waitFor(() => expect(onGone).toHaveBeenCalledOnce(), WAIT);
  expect(isThere).toHaveBeenCalledTimes(3);
});

it("is asked for less often while nobody answers", async () => {
  const pauses: number[] = [];
  const watch = new RouteWatch(1000, async (ms) => void pauses.push(ms));
  const answers = [undefined, undefined, undefined, undefined, undefined, undefined, true, undefined, false];
  await new Promise<void>((onGone) => {
    watch.start({ isThere: async () => answers.shift(), received: () => 0, onGone });
  });
  // Each pause is 0.5 to 1.5 times as long.
  const times = [1, 2, 4, 8, 16, 16, 16, 1, 2];
  expect(pauses).toHaveLength(times.length);
  for (const [at, count] of times.entries()) {
    expect(pauses[at]).toBeGreaterThan(count * 499);
    expect(pauses[at]).toBeLessThanOrEqual(count * 1500);
  }
});

it("is not asked for after the end, and an answer that comes then counts no more", async () => {
  const watch = new RouteWatch(1);
  let answer: (isThere: boolean) => void = () => undefined;
  const isThere = vi.fn(() => new Promise<boolean>((resolve) => (answer = resolve)));
  const onGone = vi.fn();
  watch.start({ isThere, received: () => 0, onGone });
  await vi.waitFor(() => expect(isThere).toHaveBeenCalledOnce(), WAIT);
  watch.stop();
  watch.stop();
  answer(false);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect([onGone.mock.calls.length, isThere.mock.calls.length]).toEqual([0, 1]);
});

it("is never asked for where the pause is longer than timers know", async () => {
  const received = vi.fn(() => 0);
  for (const everyMs of [Infinity, 2 ** 31 - 1]) {
    new RouteWatch(everyMs).start({ isThere: async () => false, received, onGone: () => undefined });
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(received).not.toHaveBeenCalled();
});
