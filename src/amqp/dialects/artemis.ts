import { isProduct, type Dialect, type Terminus } from "./dialect.ts";

/**
 * Apache ActiveMQ Artemis: the capability `topic` makes an address multicast where it is created on use; without it a new
 * address would be a queue. Artemis 2.44 announces `apache-activemq-artemis`.
 */
export const artemis: Dialect = Object.freeze<Dialect>({
  name: "artemis",
  matches: (properties) => isProduct(properties, /artemis/iu),
  publishTo: topic,
  subscribeTo: topic,
  // Wildcards match the words of addresses, not of subjects.
  exchangeAt: (exchange, subject) => topic(`${exchange}.${subject}`),
  filters: { xquery: "none", selector: "applied", filterMayChange: false, routingKey: false },
  queueAt: (name) => ({ address: name, capabilities: ["queue"] }),
  isReplyAddress: (address) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u.test(address),
  subscriptions: { durable: true, shared: true },
  retryOutcome: "modified",
  unknownTopicHint: (domain) => `create the multicast address "${domain}", or allow addresses to be created on use`,
});

function topic(domain: string): Terminus {
  return { address: domain, capabilities: ["topic"] };
}
