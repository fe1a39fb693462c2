import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { BenchmarkOptions, Report } from "../report.ts";
import { spreadOf } from "../spread.ts";
import type { Spread } from "../spread.ts";
import type { LoadRequest } from "./load.ts";

const DEFAULT_ROUNDS = 7;
const DEFAULT_MESSAGES = 20_000;
/** Rounds that do not count: until the compilers have done their work. */
const WARM_UP_ROUNDS = 3;

/** Consumers of the one topic, and the user CPU time of the broker per message that was set as a goal, in microseconds. */
const SCENARIOS = [
  { receivers: 1, goal: 10 },
  { receivers: 10, goal: 30 },
] as const;

/** What the broker costs for each message of 400 bytes, in memory, unsettled, with a load client that costs next to nothing. */
export async function run({ rounds = DEFAULT_ROUNDS, events = DEFAULT_MESSAGES }: BenchmarkOptions): Promise<Report> {
  const scenarios: { receivers: number; goal: number; costs: number[]; rates: number[] }[] = SCENARIOS.map(
    (scenario) => ({ ...scenario, costs: [], rates: [] }),
  );
  const running = await Promise.all(scenarios.map(({ receivers }) => Running.start(receivers)));
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    for (const [i, scenario] of scenarios.entries()) {
      const { cost, rate } = (await running[i]?.exchange(events)) ?? { cost: NaN, rate: NaN };
      if (round < WARM_UP_ROUNDS) continue;
      scenario.costs.push(cost);
      scenario.rates.push(rate);
    }
  }
  for (const one of running) one.stop();
  const measured = scenarios.map((scenario) => ({ ...scenario, cost: spreadOf(scenario.costs) }));
  return {
    tables: [
      {
        title: `${events} messages of 400 bytes, memory, unsettled: user CPU of the broker per message`,
        columns: ["", "broker µs", "messages/s"],
        rows: measured.map(({ receivers, cost, rates }) => [`1 → ${receivers}`, cost, spreadOf(rates)]),
      },
    ],
    targets: measured.map(({ receivers, goal, cost }): { text: string; limit: number; measured: Spread } => ({
      text: `broker µs per message, 1 → ${receivers}`,
      limit: goal,
      measured: cost,
    })),
  };
}

/** A broker and its load, each in a process of its own. */
class Running {
  readonly #broker: ChildProcess;
  readonly #load: ChildProcess;

  private constructor(broker: ChildProcess, load: ChildProcess) {
    this.#broker = broker;
    this.#load = load;
  }

  static async start(receivers: number): Promise<Running> {
    const broker = fork(join(import.meta.dirname, "server.ts"));
    const [{ url }] = (await once(broker, "message")) as [{ url: string }];
    const running = new Running(broker, fork(join(import.meta.dirname, "load.ts")));
    await running.#ask({ kind: "open", url, receivers });
    return running;
  }

  /** Microseconds of user CPU time per message, and messages per second. */
  async exchange(count: number): Promise<{ readonly cost: number; readonly rate: number }> {
    const before = await this.#userTime();
    const start = performance.now();
    await this.#ask({ kind: "exchange", count });
    const seconds = (performance.now() - start) / 1000;
    return { cost: ((await this.#userTime()) - before) / count, rate: count / seconds };
  }

  stop(): void {
    this.#load.kill();
    this.#broker.kill();
  }

  async #userTime(): Promise<number> {
    this.#broker.send({});
    const [{ user }] = (await once(this.#broker, "message")) as [{ user: number }];
    return user;
  }

  async #ask(request: LoadRequest): Promise<void> {
    this.#load.send(request);
    const [answer] = (await once(this.#load, "message")) as [{ error?: string }];
    if (answer.error !== undefined) throw new Error(answer.error);
  }
}
