import type { Requirement } from "../helpers/requirements.ts";
import { JAVA, MAVEN, RABBITMQ } from "../helpers/requirements.ts";
import { startActiveMQ } from "./activemq-classic/activemq-classic.ts";
import { startArtemis } from "./artemis/artemis.ts";
import { startBrokerJ } from "./qpid-broker-j/qpid-broker-j.ts";
import { startRabbitMQ } from "./rabbitmq/rabbitmq.ts";
import type { BrokerOptions, Product, RunningBroker } from "./running-broker.ts";

/** How to start each product: the list for suites that run against all of them. */
export const PRODUCTS: Readonly<Record<Product, (options?: BrokerOptions) => Promise<RunningBroker>>> = {
  "qpid-broker-j": startBrokerJ,
  "activemq-classic": startActiveMQ,
  artemis: startArtemis,
  rabbitmq: startRabbitMQ,
};

/** What each product needs of the machine. */
export const PRODUCT_NEEDS: Readonly<Record<Product, readonly Requirement[]>> = {
  "qpid-broker-j": [JAVA, MAVEN],
  "activemq-classic": [JAVA, MAVEN],
  artemis: [JAVA, MAVEN],
  rabbitmq: [RABBITMQ],
};
