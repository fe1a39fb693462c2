import type { BenchmarkOptions, Cell, Report, Target } from "../report.ts";
import { ratioOf, spreadOf } from "../spread.ts";
import { p99Micros } from "./accepts.ts";
import type { Accepts } from "./accepts.ts";
import { startWithBacklog } from "./backlog-start.ts";
import { MESSAGE_BYTES } from "./queue-of-messages.ts";
import { RawLoop } from "./raw-loop.ts";
import { RecordedStore } from "./recorded-store.ts";

const DEFAULT_ROUNDS = 7;
const DEFAULT_MESSAGES = 20_000;
/** Rounds that do not count: until the compilers have done their work. */
const WARM_UP_ROUNDS = 5;
/** Messages that wait for their answer at a time, and the messages of a round in relation to those that the user asked for. */
const LOADS = [
  { underWay: 1, share: 0.1 },
  { underWay: 50, share: 1 },
  { underWay: 500, share: 2 },
] as const;
const BACKLOG = 1_000_000;
const RATIO_GOAL = 1.5;
const MEMORY_GOAL_MB = 300;

/**
 * Durable accepts of the message store against a loop that does nothing but the same inserts in the same transactions, in turns; and the
 * memory of a broker that starts with a million messages.
 */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_MESSAGES }: BenchmarkOptions): Promise<Report> {
  const rows: (readonly Cell[])[] = [];
  const targets: Target[] = [];
  for (const { underWay, share } of LOADS) {
    const { store, raw, batches } = await compare(underWay, Math.ceil(events * share), rounds);
    rows.push(rowOf(`store, ${underWay} under way`, store, batches), rowOf(`raw loop, the same batches`, raw, batches));
    const time = (all: readonly Accepts[]): number[] => all.map(({ perSecond }) => 1 / perSecond);
    targets.push(
      ...[
        { text: `time of ${underWay} under way`, measured: ratioOf(time(store), time(raw)) },
        { text: `p99 of ${underWay} under way`, measured: ratioOf(store.map(p99Micros), raw.map(p99Micros)) },
      ].map(({ text, measured }) => ({ text: `${text}, ratio to the raw loop`, limit: RATIO_GOAL, measured })),
    );
  }
  const start = await startWithBacklog(BACKLOG);
  return {
    tables: [
      {
        title: `messages of ${MESSAGE_BYTES} bytes: accepts that are on disk`,
        columns: ["", "messages of a transaction", "accepts/s", "p99 µs", "CPU µs"],
        rows,
      },
      {
        title: `a broker that starts with ${BACKLOG} messages of ${MESSAGE_BYTES} bytes on disk`,
        columns: ["", ""],
        rows: [
          ["seconds until it listens", start.seconds.toFixed(1)],
          ["RSS a second later, MB", start.rssMb.toFixed(0)],
          ["greatest RSS, MB", start.peakMb.toFixed(0)],
          ["messages in its queue", String(start.messages)],
        ],
      },
    ],
    targets: [
      ...targets,
      { text: "RSS with a backlog, MB", limit: MEMORY_GOAL_MB, measured: spreadOf([start.peakMb]) },
    ],
  };
}

interface Compared {
  readonly store: readonly Accepts[];
  readonly raw: readonly Accepts[];
  /** Messages of a transaction, the mean of each round. */
  readonly batches: readonly number[];
}

async function compare(underWay: number, count: number, rounds: number): Promise<Compared> {
  const [store, raw, sizes]: [Accepts[], Accepts[], number[]] = [[], [], []];
  await using subject = await RecordedStore.open();
  using loop = new RawLoop();
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    const { batches, ...result } = await subject.round(count, underWay);
    const same = await loop.round(batches);
    if (round < WARM_UP_ROUNDS) continue;
    store.push(result);
    raw.push(same);
    sizes.push(count / batches.length);
  }
  return { store, raw, batches: sizes };
}

function rowOf(name: string, all: readonly Accepts[], batches: readonly number[]): readonly Cell[] {
  return [
    name,
    spreadOf(batches),
    spreadOf(all.map(({ perSecond }) => perSecond)),
    spreadOf(all.map(p99Micros)),
    spreadOf(all.map(({ cpuMicros }) => cpuMicros)),
  ];
}
