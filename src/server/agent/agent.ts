import { availableParallelism, hostname, loadavg } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { IntervalHistogram } from "node:perf_hooks";
import { EventMaker } from "../../event/index.ts";
import type { Event } from "../../event/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { Log } from "../log/index.ts";

/** What an agent tells, and how. */
export interface AgentOptions {
  /** Name of the node; default: the machine's. */
  readonly node?: string | undefined;
  /** Ms between two NodeStatus. */
  readonly intervalMs: number;
  readonly catalog: Catalog;
  /** @param ttlMs after it nobody needs the event any more */
  readonly publish: (event: Event, ttlMs: number) => Promise<void>;
  /** Whether no client is known. */
  readonly isAlone: () => boolean;
  readonly log: Log;
}

/** What an agent sends. */
const EVENTS = ["NodeAnnounce", "NodeCapabilities", "NodeStatus", "NodeLeave", "ClientPoll"] as const;
/** Ms between two looks at the event loop. */
const RESOLUTION_MS = 20;
const NS_PER_S = 1e9;

/**
 * A daemon as an agent of Clacks: NodeAnnounce and NodeCapabilities at its start, NodeStatus again and again, ClientPoll when it is
 * without clients, NodeLeave at its end. An event that cannot be sent is a record in the log and nothing else.
 */
export class Agent {
  readonly #options: AgentOptions;
  readonly #id: string;
  readonly #delay: IntervalHistogram;
  #timer: NodeJS.Timeout | undefined;
  #telling: Promise<void> = Promise.resolve();

  private constructor(options: AgentOptions) {
    this.#options = options;
    this.#id = options.node ?? hostname();
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  }

  /** Starts one; resolves when the first events are sent. Undefined: the catalog does not have what it would send. */
  static async start(options: AgentOptions): Promise<Agent | undefined> {
    const missing = EVENTS.filter((name) => !options.catalog.eventNames.includes(name));
    if (missing.length > 0) {
      options.log.write("warn", `the agent tells nothing: the catalog does not have ${missing.join(", ")}`);
      return undefined;
    }
    const agent = new Agent(options);
    agent.#delay.enable();
    await agent.#tell("NodeAnnounce", { Id: agent.#id });
    await agent.#tell("NodeCapabilities", { Id: agent.#id });
    await agent.#tellStatus();
    agent.#timer = setInterval(() => {
      agent.#telling = agent.#tellStatus();
    }, options.intervalMs);
    agent.#timer.unref();
    return agent;
  }

  /** Tells that the node leaves. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#telling;
    this.#delay.disable();
    await this.#tell("NodeLeave", { Id: this.#id });
  }

  async #tellStatus(): Promise<void> {
    const delayS = this.#delay.mean / NS_PER_S - RESOLUTION_MS / 1000;
    this.#delay.reset();
    await this.#tell("NodeStatus", {
      Id: this.#id,
      Load: loadavg()[0]?.toFixed(2) ?? "0",
      // Nothing was measured before the first look.
      Latency: Number.isNaN(delayS) ? "NaN" : Math.max(0, delayS).toFixed(6),
      Workers: String(availableParallelism()),
    });
    if (this.#options.isAlone()) await this.#tell("ClientPoll", {});
  }

  async #tell(name: (typeof EVENTS)[number], fields: Readonly<Record<string, string>>): Promise<void> {
    const { catalog, publish, intervalMs, log } = this.#options;
    try {
      const maker = new EventMaker(catalog);
      const content = Object.entries(fields).map(([field, value]) => maker.element(field, value));
      await publish(maker.Event(maker.element(name, ...content)), TTL_INTERVALS * intervalMs);
    } catch (error) {
      log.write("warn", `${name} could not be sent`, { error });
    }
  }
}

/** An event of an agent is old news when the next ones have come. */
const TTL_INTERVALS = 3;
