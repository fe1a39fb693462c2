import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { LoadAnswer, LoadRequest } from "./load.ts";
import type { Scenario } from "./scenarios.ts";
import type { Subject } from "./subjects.ts";

/** What one round of one broker has shown. */
export interface Round {
  /** Microseconds of the broker's user CPU time per message; NaN where it cannot be read. */
  readonly cost: number;
  /** Messages per second, as fast as it goes. */
  readonly rate: number;
  /** Ms from the moment at which a message was due until it was received, one for each. */
  readonly delays: readonly number[];
}

/** A round takes seconds; what takes longer does not end. */
const STUCK_AFTER_MS = 60_000;

/** A broker and its load, each in a process of its own. */
export class RunningScenario {
  readonly #subject: Subject;
  readonly #load: ChildProcess;
  readonly #isPaced: boolean;

  private constructor(subject: Subject, load: ChildProcess, isPaced: boolean) {
    this.#subject = subject;
    this.#load = load;
    this.#isPaced = isPaced;
  }

  get broker(): string {
    return this.#subject.name;
  }

  static async start(subject: Subject, scenario: Scenario): Promise<RunningScenario> {
    const { client, payload, node, filters, matching } = scenario;
    const load = fork(join(import.meta.dirname, "load.ts"));
    // An event has no room for the time at which it was due.
    const isPaced = client === "lean" && payload !== "event";
    const running = new RunningScenario(subject, load, isPaced);
    const { target, source } = subject[node];
    const sources = filters.map((xquery) => ({ ...source, ...(xquery !== undefined && { xquery }) }));
    await running.#ask({ kind: "open", url: subject.url, client, payload, target, sources, matching });
    return running;
  }

  /** As many as it goes, then at a pace. */
  async round(count: number, pace: { readonly count: number; readonly perSecond: number }): Promise<Round> {
    const before = await this.#subject.userTime();
    const start = performance.now();
    await this.#ask({ kind: "exchange", count });
    const seconds = (performance.now() - start) / 1000;
    const after = await this.#subject.userTime();
    const { delays = [] } = this.#isPaced ? await this.#ask({ kind: "paced", ...pace }) : {};
    return { cost: ((after ?? NaN) - (before ?? NaN)) / count, rate: count / seconds, delays };
  }

  async stop(): Promise<void> {
    this.#load.kill();
    await this.#subject.stop();
  }

  async #ask(request: LoadRequest): Promise<LoadAnswer> {
    this.#load.send(request);
    const signal = AbortSignal.timeout(STUCK_AFTER_MS);
    const [answer] = (await once(this.#load, "message", { signal }).catch((error: unknown) => {
      const what = `${this.broker}: no end of "${request.kind}" within ${STUCK_AFTER_MS} ms; were messages refused?`;
      throw new Error(what, { cause: error });
    })) as [LoadAnswer];
    if (answer.error !== undefined) throw new Error(`${this.broker}: ${answer.error}`);
    return answer;
  }
}
