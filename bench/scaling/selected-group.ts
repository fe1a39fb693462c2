import { PRODUCTS } from "../../test/brokers/products.ts";
import type { Product, RunningBroker } from "../../test/brokers/running-broker.ts";
import { SERVER_JAVA_OPTIONS } from "../java-options.ts";
import { userTimeOf } from "../process-time.ts";
import { startLoad, type Load } from "./processes.ts";

/** Subscriptions that the broker itself decides. */
export interface SelectedOptions {
  readonly product: Exclude<Product, "rabbitmq">;
  readonly title: string;
  readonly subscriptions: number;
  readonly selectorOf: (subscription: number) => string;
  /** Share of the events of a round: what is slow gets fewer. */
  readonly share: number;
}

/** A broker with filters of its own, and a process that publishes and consumes. */
export class SelectedGroup {
  readonly options: SelectedOptions;
  readonly #broker: RunningBroker;
  readonly #load: Load;
  #sent = 0;

  static async start(options: SelectedOptions): Promise<SelectedGroup> {
    const broker = await PRODUCTS[options.product]({ javaOptions: SERVER_JAVA_OPTIONS });
    const load = startLoad();
    const topic = {
      address: broker.addresses.topic,
      ...(options.product === "artemis" ? { capabilities: ["topic"] } : {}),
    };
    const sources = Array.from({ length: options.subscriptions }, (_, at) => ({
      ...topic,
      selector: options.selectorOf(at),
    }));
    await load.ask({ kind: "open", url: broker.url, topic, sources });
    return new SelectedGroup(options, broker, load);
  }

  private constructor(options: SelectedOptions, broker: RunningBroker, load: Load) {
    this.options = options;
    this.#broker = broker;
    this.#load = load;
  }

  /** @returns user CPU time of the broker for each event, in microseconds */
  async round(events: number): Promise<number> {
    const count = Math.max(1, Math.round(events * this.options.share));
    const before = userTimeOf(this.#broker.pid) ?? NaN;
    const values = this.options.subscriptions;
    await this.#load.ask({ kind: "exchange", from: this.#sent, count, values, copies: count });
    this.#sent += count;
    return ((userTimeOf(this.#broker.pid) ?? NaN) - before) / count;
  }

  async stop(): Promise<void> {
    this.#load.stop();
    await this.#broker.stop();
  }
}
