import fc from "fast-check";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EventPublisher } from "../../../src/amqp/index.ts";
import { DaemonProcess } from "../../e2e/daemon-process.ts";
import { TestPostgres } from "../../helpers/postgres.ts";
import { queueOfRoute, startChaosBus, type ChaosBus, type ChaosProduct } from "./chaos-bus.ts";
import { idOf, Ledger, type LedgerReport } from "./ledger.ts";
import { QueuesReader } from "./queues-reader.ts";
import { chooseSubscriptions, eventText, receive, Receivers, type SubscriptionCounts } from "./subscriptions.ts";

/** What happens in a run, and how often. */
export interface ChaosPlan {
  readonly product: ChaosProduct;
  readonly seed: number;
  readonly subscriptions: SubscriptionCounts;
  /** Different keys of events. */
  readonly keys: number;
  /** Each of them sends one event after the other. */
  readonly senders: number;
  /** From an answer to the next event of a sender, in ms. */
  readonly pauseMs: number;
  /** Daemons that are killed with signal 9 and started again. */
  readonly kills: number;
  /** Daemons that are ended in order and started again. */
  readonly stops: number;
  /** Kills of the broker and of the database. */
  readonly brokerCrashes: number;
  readonly databaseCrashes: number;
}

/** What became of a run. */
export interface ChaosReport extends LedgerReport {
  /** What the daemons say at the end that is not well with them. */
  readonly health: readonly string[];
  /** Of the daemons that were ended in order. */
  readonly exitCodes: readonly (number | null | undefined)[];
  /** From the first event to the last mishap, in seconds. */
  readonly seconds: number;
  /** From then until everything was where it belongs, in seconds. */
  readonly recovery: number;
}

const DAEMONS = 3;
const PAUSES_MS = { min: 500, max: 3000 };
/** When nothing has moved for so long, nothing will any more. */
const QUIET_MS = 120_000;
const LOOK_MS = 100;
const SEND_MS = 300_000;
const DATABASE_AWAY_MS = 500;
const HEALTH_ATTEMPTS = 60;
const CLUSTER = `[cluster]\nheartbeat = "500ms"\n`;
const CONNECT = { reconnect: { minDelayMs: 20, maxDelayMs: 500, first: true }, timeoutMs: 60_000 };

/** What a run needs besides its plan. */
export interface ChaosSurroundings {
  readonly atEnd: AtEnd;
  /** Hears of each step: a long run is worth a look before its end. */
  readonly tell: (step: string) => void;
}

/** What is ended when a run is over, however it ends; the last one first. */
export type AtEnd = (cleanUp: () => unknown) => void;

/** Runs daemons in front of a broker under load, with mishaps, and says what every subscription has got. */
export async function runChaos(plan: ChaosPlan, { atEnd, tell }: ChaosSurroundings): Promise<ChaosReport> {
  const scene = await openScene(plan, atEnd);
  const { bus, daemons } = scene;
  const keys = Array.from({ length: plan.keys }, (_, index) => `k${index}`);
  const subscriptions = chooseSubscriptions(plan.subscriptions, keys, plan.seed);
  const ledger = new Ledger(subscriptions);
  tell("three daemons run");
  const receivers = await Receivers.open(subscriptions, ledger, { url: bus.url, connect: CONNECT, daemons });
  atEnd(() => receivers.close());
  tell(`${subscriptions.length} subscriptions are made`);
  const load = await Load.start(bus.url, keys, plan, ledger);
  atEnd(() => load.stop());
  const begun = performance.now();
  const exitCodes = await mishaps(plan, scene, (what) => tell(`${what}; ${ledger.ackedCount} events were accepted`));
  await load.stop();
  const ended = performance.now();
  tell("all is there again, and nothing is sent any more");

  const routes = subscriptions.filter(({ kind }) => kind === "routes").map(({ name }) => name);
  const others = subscriptions.filter(({ kind }) => kind !== "routes").map(({ name }) => name);
  await settled(ledger, others);
  tell(`consumers and listeners have all but ${ledger.missing(others).length}; now the queues are read`);
  const reader = await QueuesReader.open(bus.workingUrl, routes.map(queueOfRoute), ({ queue, messageId, document }) =>
    receive(ledger, queue.slice(queueOfRoute("").length), messageId, document),
  );
  atEnd(() => reader.close());
  tell("all queues are open");
  await settled(ledger, routes);
  return {
    ...ledger.report(),
    ...{ exitCodes, seconds: (ended - begun) / 1000, recovery: (performance.now() - ended) / 1000 },
    health: (await Promise.all(daemons.map(healthOf))).flat(),
  };
}

interface Scene {
  readonly bus: ChaosBus;
  readonly postgres: TestPostgres;
  readonly daemons: readonly DaemonProcess[];
}

async function openScene({ product }: ChaosPlan, atEnd: AtEnd): Promise<Scene> {
  const root = mkdtempSync(join(tmpdir(), "xqbus-chaos-"));
  atEnd(() => rmSync(root, { recursive: true, force: true }));
  const bus = await startChaosBus(product);
  atEnd(() => bus.stop());
  const postgres = await TestPostgres.start();
  atEnd(() => postgres[Symbol.dispose]());
  const database = postgres.newDatabase("bus", { isDurable: true });
  const daemons = Array.from({ length: DAEMONS }, (_, index) => {
    const folder = join(root, `daemon-${index}`);
    mkdirSync(folder);
    const daemon = new DaemonProcess({ folder, broker: bus.url, database, toml: CLUSTER });
    atEnd(() => daemon.end("SIGKILL"));
    return daemon;
  });
  await Promise.all(daemons.map((daemon) => daemon.start()));
  return { bus, postgres, daemons };
}

/** Events of all keys, each key by one sender in its order. */
class Load {
  readonly #publisher: EventPublisher;
  readonly #senders: readonly Promise<void>[];
  #isOver = false;

  private constructor(publisher: EventPublisher, keys: readonly string[], plan: ChaosPlan, ledger: Ledger) {
    this.#publisher = publisher;
    this.#senders = Array.from({ length: plan.senders }, (_, sender) => {
      const own = keys.filter((_key, index) => index % plan.senders === sender);
      return this.#send(own, plan.pauseMs, ledger);
    });
  }

  static async start(url: string, keys: readonly string[], plan: ChaosPlan, ledger: Ledger): Promise<Load> {
    return new Load(await EventPublisher.open(url, { ...CONNECT, sendTimeoutMs: SEND_MS }), keys, plan, ledger);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#senders);
    await this.#publisher.close();
  }

  async #send(keys: readonly string[], pauseMs: number, ledger: Ledger): Promise<void> {
    for (let number = 0; ; number++) {
      for (const key of keys) {
        if (this.#isOver) return;
        ledger.send(key, number);
        await this.#publisher.sendEvent(eventText(key, number), { messageId: idOf(key, number) });
        ledger.ack(key, number);
        await sleep(pauseMs);
      }
    }
  }
}

/** @returns exit codes of the daemons that were ended in order */
async function mishaps(
  plan: ChaosPlan,
  { bus, postgres, daemons }: Scene,
  tell: ChaosSurroundings["tell"],
): Promise<ChaosReport["exitCodes"]> {
  const { kills, stops, brokerCrashes, databaseCrashes, seed } = plan;
  const kinds = { kill: kills, stop: stops, broker: brokerCrashes, database: databaseCrashes };
  const all = Object.entries(kinds).flatMap(([what, times]) => Array.from({ length: times }, () => what));
  const order = fc.sample(fc.shuffledSubarray(all, { minLength: all.length }), { seed, numRuns: 1 })[0] ?? [];
  const random = { seed, numRuns: order.length };
  const pauses = fc.sample(fc.integer(PAUSES_MS), random);
  const whom = fc.sample(fc.nat({ max: DAEMONS - 1 }), random);
  const exitCodes: (number | null | undefined)[] = [];
  const starting = daemons.map(() => Promise.resolve());
  for (const [index, what] of order.entries()) {
    await sleep(pauses[index]);
    const at = whom[index] ?? 0;
    tell(what === "kill" || what === "stop" ? `${what} daemon ${at}` : `${what} is killed`);
    if (what === "broker") await bus.crash();
    else if (what === "database") {
      postgres.kill();
      await sleep(DATABASE_AWAY_MS);
      postgres.restart();
    } else {
      await starting[at];
      const code = await daemons[at]!.end(what === "kill" ? "SIGKILL" : "SIGTERM");
      if (what === "stop") exitCodes.push(code);
      starting[at] = daemons[at]!.start().then(() => undefined);
      // Whoever waits for it later is told.
      starting[at].catch(() => undefined);
    }
  }
  await Promise.all(starting);
  return exitCodes;
}

/** Resolves when nothing is missing, or nothing moves any more. */
async function settled(ledger: Ledger, names: readonly string[]): Promise<void> {
  let moves = -1;
  for (let since = performance.now(); ledger.missing(names).length > 0;) {
    if (moves !== ledger.moves) since = performance.now();
    moves = ledger.moves;
    if (performance.now() - since > QUIET_MS) return;
    await sleep(LOOK_MS);
  }
}

/** What a daemon says that is not well with it, once it had time to find out. */
async function healthOf(daemon: DaemonProcess): Promise<readonly string[]> {
  for (let attempt = 0; ; attempt++) {
    const ill = (await daemon.checks()).filter(({ status }) => status !== "ok");
    if (ill.length === 0 || attempt === HEALTH_ATTEMPTS) return ill.map(({ name, detail }) => `${name}: ${detail}`);
    await sleep(1000);
  }
}
