import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PRODUCTS, PRODUCT_NEEDS } from "../../test/brokers/products.ts";
import type { Product } from "../../test/brokers/running-broker.ts";
import { DOMAIN } from "../../test/brokers/running-broker.ts";
import { SERVER_JAVA_OPTIONS } from "../java-options.ts";
import { userTimeOf } from "../process-time.ts";
import type { LeanTerminus } from "./lean-termini.ts";
import type { ServerOptions } from "./server.ts";

/** A broker in a process of its own. */
export interface Subject {
  readonly name: string;
  readonly url: string;
  /** Where to send and from where to receive: what fans out, and a queue that is on disk. */
  readonly topic: { readonly target: LeanTerminus; readonly source: LeanTerminus };
  readonly queue: { readonly target: LeanTerminus; readonly source: LeanTerminus };
  /** User CPU time of the process so far, in microseconds; undefined where it cannot be read. */
  userTime(): Promise<number | undefined>;
  stop(): Promise<void>;
}

const QUEUE = "bench";

/** The embedded broker, compiled. */
export async function startEmbedded(options: ServerOptions): Promise<Subject> {
  const child = fork(join(import.meta.dirname, "server.ts"), [JSON.stringify(options)]);
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  return {
    ...{ name: "embedded", url, topic: both(DOMAIN), queue: both(`queue://${QUEUE}`) },
    userTime: async () => {
      child.send({});
      const [{ user }] = (await once(child, "message")) as [{ user: number }];
      return user;
    },
    stop: async () => {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

/** A product of others; its messages are in memory unless it is to be durable. */
export async function startPeer(product: Product, durable: boolean): Promise<Subject> {
  const broker = await PRODUCTS[product]({ javaOptions: SERVER_JAVA_OPTIONS, durable });
  const queue = { address: broker.addresses.queue(QUEUE), ...(product === "rabbitmq" && { durable: true }) };
  const topic = both(broker.addresses.topic);
  return {
    name: product,
    url: broker.url,
    topic: product === "rabbitmq" ? { ...topic, target: { address: `/exchange/${DOMAIN}/bench` } } : topic,
    queue: { target: queue, source: queue },
    userTime: () => Promise.resolve(userTimeOf(broker.pid)),
    stop: () => broker.stop(),
  };
}

/** Why this machine cannot run a product. */
export function missingFor(product: Product): string | undefined {
  const missing = PRODUCT_NEEDS[product].flatMap((needed) => needed.missing() ?? []);
  return missing.length === 0 ? undefined : `skipped: ${product} — ${missing.join("; ")}`;
}

function both(address: string): { readonly target: LeanTerminus; readonly source: LeanTerminus } {
  return { target: { address }, source: { address } };
}
