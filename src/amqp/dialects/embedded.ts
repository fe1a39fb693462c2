import { isProduct, type Dialect } from "./dialect.ts";

/** The embedded broker of this package: the topic's address is the domain. */
export const embedded: Dialect = Object.freeze<Dialect>({
  name: "embedded",
  matches: (properties) => isProduct(properties, /^xqbus\b/iu),
  publishTo: (domain) => ({ address: domain }),
  subscribeTo: (domain) => ({ address: domain }),
  filters: { xquery: "exact", selector: "applied", filterMayChange: true, routingKey: false },
  queueAt: (name) => ({ address: name, capabilities: ["queue"] }),
  isReplyAddress: (address) => address.startsWith("xqbus:temporary:"),
  subscriptions: { durable: true, shared: true },
  retryOutcome: "modified",
  unknownTopicHint: () => "the domain is the last part of the bus URL; is it spelled as the broker's?",
});
