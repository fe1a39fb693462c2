import type { JavaProduct } from "../java-product.ts";
import { startJavaBroker } from "../java-product.ts";
import { javaProperties } from "../java-properties.ts";
import type { BrokerOptions, RunningBroker } from "../running-broker.ts";
import { DOMAIN } from "../running-broker.ts";

const CONFIGURATION = "broker.properties";
const DEAD_LETTERS = "DLQ";

const ARTEMIS: JavaProduct = {
  product: "artemis",
  folder: import.meta.dirname,
  addresses: { topic: DOMAIN, queue: (name) => `queue://${name}`, deadLetters: () => DEAD_LETTERS },
  mainClass: "ArtemisBroker",
  arguments: () => [CONFIGURATION],
  systemProperties: {},
  configuration: (settings) => ({
    [CONFIGURATION]: javaProperties(settings, {
      "dead-letters": DEAD_LETTERS,
      "delivery-attempts": String(settings.deliveryAttempts),
      ...(settings.sharedStore && { "shared-store": settings.sharedStore }),
    }),
  }),
};

/** Starts ActiveMQ Artemis, embedded in a small program of ours: shared durable subscriptions, one dead letter queue. */
export function startArtemis(options: BrokerOptions = {}): Promise<RunningBroker> {
  return startJavaBroker(ARTEMIS, options);
}
