import type { BenchmarkOptions, Report, Table, Target } from "../report.ts";
import { ratioOf, spreadOf } from "../spread.ts";
import type { Round } from "./running-scenario.ts";
import { RunningScenario } from "./running-scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";
import { missingFor, startEmbedded, startPeer } from "./subjects.ts";

const DEFAULT_ROUNDS = 7;
const DEFAULT_MESSAGES = 20_000;
/** Rounds that do not count: until the compilers have done their work. */
const WARM_UP_ROUNDS = 3;
/** Messages a second for the delays, and how many in each round. */
const PACE = 1000;
const PACED_MESSAGES = 1000;
const ONE_FILTER = "1 XQuery subscription";
const MANY_FILTERS = "1,000 XQuery subscriptions, one matches";
/** What 1,000 subscriptions may cost in relation to one. */
const MANY_GOAL = 1.5;

interface Measured {
  readonly broker: string;
  readonly scenario: Scenario;
  readonly rounds: readonly Round[];
}

/**
 * What brokers cost for each message of some 400 bytes, unsettled, with a load client that costs next to nothing; and how long a
 * message takes at 1,000 a second, from the moment at which it was due. Brokers take turns in each round.
 */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_MESSAGES }: BenchmarkOptions): Promise<Report> {
  const results: Measured[] = [];
  const notes = new Set<string>();
  for (const scenario of SCENARIOS) {
    for (const peer of scenario.peers) {
      const missing = missingFor(peer);
      if (missing !== undefined) notes.add(missing);
    }
    results.push(...(await measure(scenario, { rounds, events: Math.ceil(events * scenario.share) })));
  }
  return {
    tables: [tableOf(results, events)],
    targets: targetsOf(results),
    notes: [...notes],
    rows: results.map(({ broker, scenario, rounds: all }) => ({
      broker,
      scenario: scenario.name,
      brokerMicrosPerMessage: spreadOf(all.map(({ cost }) => cost)).median,
      messagesPerSecond: spreadOf(all.map(({ rate }) => rate)).median,
      p50Micros: percentile(all, 0.5),
      p99Micros: percentile(all, 0.99),
    })),
  };
}

async function measure(
  scenario: Scenario,
  { rounds, events }: Required<BenchmarkOptions>,
): Promise<readonly Measured[]> {
  const subjects = [await startEmbedded(scenario.embedded)];
  for (const peer of scenario.peers) {
    if (missingFor(peer) === undefined) subjects.push(await startPeer(peer, scenario.node === "queue"));
  }
  const running: { readonly one: RunningScenario; readonly rounds: Round[] }[] = [];
  for (const subject of subjects) running.push({ one: await RunningScenario.start(subject, scenario), rounds: [] });
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    for (const { one, rounds: all } of running) {
      const result = await one.round(events, { count: PACED_MESSAGES, perSecond: PACE });
      if (round >= WARM_UP_ROUNDS) all.push(result);
    }
  }
  for (const { one } of running) await one.stop();
  return running.map(({ one, rounds: all }) => ({ broker: one.broker, scenario, rounds: all }));
}

function tableOf(results: readonly Measured[], events: number): Table {
  return {
    title: `${events} messages of 400 bytes, unsettled: user CPU of the broker per message; delays at ${PACE} messages/s`,
    columns: ["", "broker", "broker µs", "messages/s", "p50 µs", "p99 µs"],
    rows: results.map(({ broker, scenario, rounds }) => [
      scenario.name,
      broker,
      spreadOf(rounds.map(({ cost }) => cost)),
      spreadOf(rounds.map(({ rate }) => rate)),
      percentile(rounds, 0.5),
      percentile(rounds, 0.99),
    ]),
  };
}

function targetsOf(results: readonly Measured[]): readonly Target[] {
  const own = results.filter(({ broker }) => broker === "embedded");
  const goals = own.flatMap(({ scenario: { name, goal }, rounds }) =>
    goal === undefined
      ? []
      : [{ text: `broker µs per message, ${name}`, limit: goal, measured: spreadOf(rounds.map(({ cost }) => cost)) }],
  );
  const costs = (name: string): readonly number[] =>
    own.find(({ scenario }) => scenario.name === name)?.rounds.map(({ cost }) => cost) ?? [];
  const ratio = ratioOf(costs(MANY_FILTERS), costs(ONE_FILTER));
  return [...goals, { text: "1,000 XQuery subscriptions in relation to one", limit: MANY_GOAL, measured: ratio }];
}

/** Over the messages of all rounds, in microseconds. */
function percentile(rounds: readonly Round[], share: number): number | undefined {
  const delays = rounds.flatMap((round) => round.delays).toSorted((a, b) => a - b);
  const delay = delays[Math.min(delays.length - 1, Math.floor(delays.length * share))];
  return delay === undefined ? undefined : Math.round(delay * 1000);
}
