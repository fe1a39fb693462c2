import { startArtemisPair } from "../artemis/artemis-pair.ts";
import { PRODUCTS } from "../products.ts";
import { DOMAIN, type Product } from "../running-broker.ts";

/** A broker, or two of which one takes over, that is killed while it works. */
export interface ChaosBus {
  /** All brokers, with commas between. */
  readonly url: string;
  /** Of the one that works now. */
  readonly workingUrl: string;
  /** Kills it; resolves when there is one again that takes logins. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/** What the daemons can stand in front of. */
export type ChaosProduct = "artemis" | "artemis-pair" | "qpid-broker-j";

export async function startChaosBus(product: ChaosProduct): Promise<ChaosBus> {
  if (product !== "artemis-pair") return startOne(product);
  const pair = await startArtemisPair({ deliveryAttempts: WITHOUT_LIMIT });
  return {
    url: pair.url,
    get workingUrl() {
      return pair.workingUrl;
    },
    crash: () => pair.failOver(),
    stop: () => pair.stop(),
  };
}

/** Where a route's events are. */
export function queueOfRoute(name: string): string {
  return `${DOMAIN}.sub.${name}`;
}

async function startOne(product: Product): Promise<ChaosBus> {
  const broker = await PRODUCTS[product]({ javaOptions: JAVA_OPTIONS, deliveryAttempts: WITHOUT_LIMIT });
  return {
    url: broker.url,
    workingUrl: broker.url,
    crash: async () => {
      await broker.kill();
      await broker.restart();
    },
    stop: () => broker.stop(),
  };
}

/** As docs/scaling.md wants it: a daemon that is killed has not refused what it was about to take. */
const WITHOUT_LIMIT = -1;
/** A thousand queues need more than what a test of a few does. */
const JAVA_OPTIONS = ["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"];
