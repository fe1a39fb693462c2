import type { BenchmarkOptions, Cell, Report } from "../report.ts";
import { ratioOf, spreadOf } from "../spread.ts";
import type { BenchBroker } from "./brokers.ts";
import { startBrokers } from "./brokers.ts";
import { startRole, type RoleProcess } from "./start-role.ts";
import { WINDOW } from "./client.ts";
import type { ClientName } from "./protocol.ts";

const DEFAULT_ROUNDS = 15;
const DEFAULT_EVENTS = 5000;
/** Before each measurement, on the same connections. */
const WARM_UP_EVENTS = 1000;
/** Whole rounds that do not count: until the compilers of all processes have done their work. */
const WARM_UP_ROUNDS = 3;

/** The first one is what the other is compared with. */
const CLIENTS: Readonly<Record<ClientName, string>> = {
  rhea: "rhea alone, no XML",
  xqbus: "xqbus: make, validate, send; receive, parse, filter",
};

/** One exchange: events per second, and user CPU time per event in microseconds. */
interface Sample {
  readonly rate: number;
  readonly sender: number;
  readonly broker: number;
  readonly receiver: number;
  readonly total: number;
}

/** A client on a broker, and what was measured so far. */
interface Pairing {
  readonly client: ClientName;
  readonly broker: BenchBroker;
  readonly sender: RoleProcess;
  readonly receiver: RoleProcess;
  readonly samples: Sample[];
}

/** Events from a sender through a broker to a receiver, each in a process of its own, against rhea without XML. */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_EVENTS }: BenchmarkOptions): Promise<Report> {
  const { brokers, skipped } = await startBrokers();
  const names = Object.keys(CLIENTS) as ClientName[];
  const clients = names.map((client) => ({
    client,
    sender: startRole(`${client}-sender`),
    receiver: startRole(`${client}-receiver`),
  }));
  try {
    const pairings = brokers.flatMap((broker) => clients.map((ends): Pairing => ({ ...ends, broker, samples: [] })));
    for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
      for (let place = 0; place < pairings.length; place++) {
        const pairing = pairings[(round + WARM_UP_ROUNDS + place) % pairings.length];
        const sample = pairing && (await exchange(pairing, events));
        if (sample !== undefined && round >= 0) pairing?.samples.push(sample);
      }
    }
    return report(pairings, events, skipped);
  } finally {
    for (const { sender, receiver } of clients) for (const child of [sender, receiver]) child.stop();
    await Promise.all(brokers.map((broker) => broker.stop()));
  }
}

/** Connects, warms up, measures and disconnects; the processes stay. */
async function exchange({ broker, sender, receiver }: Pairing, events: number): Promise<Sample> {
  const both = async (count: number): Promise<readonly [sent: number, received: number]> => {
    const answers = await Promise.all([receiver, sender].map((child) => child.ask({ kind: "exchange", count })));
    const [received, sent] = answers.map(({ userSpent }) => userSpent / count);
    return [sent ?? NaN, received ?? NaN];
  };
  for (const child of [receiver, sender]) await child.ask({ kind: "open", url: broker.url });
  await both(WARM_UP_EVENTS);
  const brokerBefore = await broker.userTotal();
  const start = performance.now();
  const [sent, received] = await both(events);
  const seconds = (performance.now() - start) / 1000;
  const brokerAfter = await broker.userTotal();
  for (const child of [sender, receiver]) await child.ask({ kind: "close" });
  const relayed = ((brokerAfter ?? NaN) - (brokerBefore ?? NaN)) / events;
  return {
    rate: events / seconds,
    sender: sent,
    broker: relayed,
    receiver: received,
    total: sent + relayed + received,
  };
}

function report(pairings: readonly Pairing[], events: number, skipped: readonly string[]): Report {
  const columns = ["", "events/s", "sender µs", "broker µs", "receiver µs", "all three µs", "ratio"];
  const brokers = new Set(pairings.map(({ broker }) => broker));
  return {
    tables: [...brokers].map((broker) => {
      const ofBroker = pairings.filter((pairing) => pairing.broker === broker);
      return {
        title: `${events} events through ${broker.name}, ${WINDOW} under way, user CPU per event`,
        columns,
        rows: ofBroker.map((pairing) => row(pairing, ofBroker[0] ?? pairing)),
      };
    }),
    notes: skipped,
  };
}

function row({ client, samples }: Pairing, baseline: Pairing): readonly Cell[] {
  const spread = (key: keyof Sample): Cell => measured(samples.map((sample) => sample[key]));
  const totals = [samples, baseline.samples].map((list) => list.map(({ total }) => total));
  const [own = [], others = []] = totals;
  return [
    CLIENTS[client],
    ...(["rate", "sender", "broker", "receiver", "total"] as const).map(spread),
    own.some(Number.isNaN) ? undefined : ratioOf(own, others),
  ];
}

/** Nothing where a broker's CPU time could not be read. */
function measured(values: readonly number[]): Cell {
  return values.some(Number.isNaN) ? undefined : spreadOf(values);
}
