import type { JavaProduct } from "../java-product.ts";
import { startJavaBroker } from "../java-product.ts";
import { javaProperties } from "../java-properties.ts";
import type { BrokerOptions, RunningBroker } from "../running-broker.ts";
import { DOMAIN } from "../running-broker.ts";

const CONFIGURATION = "broker.properties";

const CLASSIC: JavaProduct = {
  product: "activemq-classic",
  folder: import.meta.dirname,
  addresses: {
    topic: `topic://${DOMAIN}`,
    queue: (name) => `queue://${name}`,
    deadLetters: (queue) => `queue://DLQ.${queue}`,
  },
  mainClass: "Classic",
  arguments: () => [CONFIGURATION],
  systemProperties: {},
  configuration: (settings) => ({ [CONFIGURATION]: javaProperties(settings) }),
};

/** Starts ActiveMQ Classic, embedded in a small program of ours: starts in a fraction of a second, which suits fault tests. */
export function startActiveMQ(options: BrokerOptions = {}): Promise<RunningBroker> {
  return startJavaBroker(CLASSIC, options);
}
