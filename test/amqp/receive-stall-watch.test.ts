import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ReceiveStallWatch } from "../../src/amqp/receive-stall-watch.ts";
import type { ReceiverProgress } from "../../src/amqp/receiver-link.ts";

const QUIET: ReceiverProgress = {
  received: 0,
  settled: 0,
  unsettled: 0,
  credit: 100,
  answers: 0,
  available: undefined,
};

/** Three looks at a link: what it shows before each, and the reasons that are told. */
const rows: readonly [title: string, looks: readonly Partial<ReceiverProgress>[], reasons: string[]][] = [
  ["that is quiet, on a broker that says so", [{ answers: 1 }, { answers: 2 }, { answers: 3 }], []],
  ["of a broker that never answers", [{}, {}, {}], []],
  ["of a broker that does not answer any more", [{ answers: 1 }, { answers: 2 }, { answers: 2 }], ["no-answer"]],
  [
    "of a broker that has messages and credit and sends nothing",
    [
      { answers: 1, available: 0 },
      { answers: 2, available: 3 },
      { answers: 3, available: 3 },
    ],
    ["no-delivery"],
  ],
  [
    "whose broker has got messages just now",
    [
      { answers: 1, available: 3 },
      { answers: 2, available: 0 },
      { answers: 3, available: 3 },
    ],
    [],
  ],
  [
    "by which messages come, and more wait",
    [
      { answers: 1, available: 3, received: 1 },
      { answers: 2, available: 3, received: 2 },
      { answers: 3, available: 3, received: 3 },
    ],
    [],
  ],
  [
    "whose messages all wait for callbacks",
    [
      { credit: 0, unsettled: 5 },
      { credit: 0, unsettled: 5 },
      { credit: 0, unsettled: 5 },
    ],
    ["callbacks"],
  ],
];

describe("the watch over a link", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it.each(rows)("%s tells what it should", (_title, looks, reasons) => {
    const told: string[] = [];
    const link = { progress: QUIET, asked: 0, ask: () => link.asked++ };
    const watch = new ReceiveStallWatch(1_000, ({ reason }) => told.push(reason));
    watch.start(link);
    for (const look of looks) {
      link.progress = { ...QUIET, ...look };
      vi.advanceTimersByTime(1_000);
    }
    watch.stop();
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual(reasons);
    // Once at the start, and after each look that ends in no new connection.
    expect(link.asked).toBe(reasons.some((reason) => reason.startsWith("no-")) ? 3 : 4);
  });
});
