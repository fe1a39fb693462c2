import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { BulkInsert } from "../../src/database/index.ts";
import { PRODUCTS } from "../../test/brokers/products.ts";
import { DOMAIN, type RunningBroker } from "../../test/brokers/running-broker.ts";
import { SERVER_JAVA_OPTIONS } from "../java-options.ts";
import { userTimeOf } from "../process-time.ts";
import { router } from "./compiled-router.ts";
import { filterOf, QUEUES } from "./events.ts";
import { startLoad, startMatcher, type Load, type Matcher } from "./processes.ts";
import type { Terminus } from "./protocol.ts";

/** Products that xqbus puts its copies on. */
export type RoutedProduct = "artemis" | "qpid-broker-j";

/** What is measured together. */
export interface GroupOptions {
  readonly product: RoutedProduct;
  readonly processes: number;
  readonly subscriptions: number;
  /** Subscriptions that want an event. */
  readonly matches: number;
}

/** User CPU time for each event, in microseconds. */
export interface Cost {
  /** Of all matcher processes together. */
  readonly matchers: number;
  readonly broker: number;
  /** Events of the process that had the fewest, in relation to an even share. */
  readonly least: number;
}

/** A process is quiet that needs less of a core than this share, at so many looks in a row. */
const QUIET_SHARE = 0.03;
const QUIET_LOOKS = 3;
const LOOK_MS = 1000;

/** A broker, matcher processes before it, and a process that publishes and consumes. */
export class RoutedGroup {
  readonly options: GroupOptions;
  readonly #folder: string;
  readonly #broker: RunningBroker;
  readonly #matchers: readonly Matcher[];
  readonly #load: Load;
  #sent = 0;
  /** How long it took until all processes had their routes, in ms. */
  readonly openedMs: number;

  static async start(options: GroupOptions): Promise<RoutedGroup> {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
    const database = `sqlite:${join(folder, "router.db")}`;
    await writeRoutes(database, options);
    const broker = await PRODUCTS[options.product]({ javaOptions: SERVER_JAVA_OPTIONS });
    const { url } = broker;
    const load = startLoad();
    const queues = Math.min(QUEUES, options.subscriptions);
    const sources = Array.from({ length: queues }, (_, at) => terminus(options.product, queueName(at), "queue"));
    const matchers = Array.from({ length: options.processes }, startMatcher);
    const begun = performance.now();
    const request = { kind: "open", url, database, subscription: `${DOMAIN}.xqbus.router` } as const;
    await Promise.all(matchers.map((matcher) => matcher.ask(request)));
    const openedMs = performance.now() - begun;
    await load.ask({ kind: "open", url, topic: terminus(options.product, DOMAIN, "topic"), sources });
    return new RoutedGroup({ options, folder, broker, matchers, load, openedMs });
  }

  private constructor(parts: {
    readonly options: GroupOptions;
    readonly folder: string;
    readonly broker: RunningBroker;
    readonly matchers: readonly Matcher[];
    readonly load: Load;
    readonly openedMs: number;
  }) {
    this.options = parts.options;
    this.#folder = parts.folder;
    this.#broker = parts.broker;
    this.#matchers = parts.matchers;
    this.#load = parts.load;
    this.openedMs = parts.openedMs;
  }

  /** Resolves when the processes have done what they do by and by after their start: looking at which routes can match. */
  async quiet(): Promise<void> {
    let before = await this.#look();
    for (let quiet = 0; quiet < QUIET_LOOKS;) {
      await sleep(LOOK_MS);
      const now = await this.#look();
      const isQuiet = now.matchers - before.matchers < LOOK_MS * 1000 * QUIET_SHARE * this.options.processes;
      quiet = isQuiet ? quiet + 1 : 0;
      before = now;
    }
  }

  async round(events: number): Promise<Cost> {
    const { subscriptions, matches, processes } = this.options;
    const values = Math.max(1, Math.floor(subscriptions / matches));
    const before = await this.#look();
    await this.#load.ask({ kind: "exchange", from: this.#sent, count: events, values, copies: events * matches });
    this.#sent += events;
    const after = await this.#look();
    const shares = after.forwarded.map((count, at) => count - (before.forwarded[at] ?? 0));
    return {
      matchers: (after.matchers - before.matchers) / events,
      broker: (after.broker - before.broker) / events,
      least: (Math.min(...shares) * processes) / events,
    };
  }

  async stop(): Promise<void> {
    for (const child of [this.#load, ...this.#matchers]) child.stop();
    await this.#broker.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #look(): Promise<{
    readonly matchers: number;
    readonly broker: number;
    readonly forwarded: readonly number[];
  }> {
    const answers = await Promise.all(this.#matchers.map((matcher) => matcher.ask({ kind: "counts" })));
    return {
      matchers: answers.reduce((sum, { user }) => sum + user, 0),
      broker: userTimeOf(this.#broker.pid) ?? NaN,
      forwarded: answers.map(({ forwarded }) => forwarded),
    };
  }
}

/** Straight into the table: of the routes that a person makes each one has a queue of its own. */
async function writeRoutes(url: string, { subscriptions, matches }: GroupOptions): Promise<void> {
  await using database = await router.openRouterDatabase(url);
  const columns: BulkInsert["columns"] = {
    ...{ name: "text", definition: "text", queue: "text" },
    ...{ revision: "bigint", created_at: "bigint", updated_at: "bigint" },
  };
  const rows = Array.from({ length: subscriptions }, (_, at) => {
    const definition = JSON.stringify({ xquery: filterOf(at, matches) });
    return [`s${at}`, definition, queueName(at % QUEUES), 1, 0, 0] as const;
  });
  await database.insert([{ table: "route", columns, rows }]);
}

function queueName(at: number): string {
  return `${DOMAIN}.sub.q${at}`;
}

/** As the product's clients ask for it. */
function terminus(product: RoutedProduct, address: string, kind: "queue" | "topic"): Terminus {
  return product === "artemis" ? { address, capabilities: [kind] } : { address };
}
