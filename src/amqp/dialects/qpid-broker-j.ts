import { isProduct, type Dialect } from "./dialect.ts";

/**
 * Apache Qpid Broker-J: a topic is an exchange, its address the exchange's name. A receiver on the name alone gets every
 * message through a queue of its own. Broker-J 9.2 announces `Apache Qpid Broker-J Core`; it makes the queue of a durable subscription
 * anew, and throws the old one away, when a second link of the same name attaches while the first is there.
 */
export const qpidBrokerJ: Dialect = Object.freeze<Dialect>({
  name: "qpid-broker-j",
  matches: (properties) => isProduct(properties, /\bBroker-J\b/iu),
  publishTo: (domain) => ({ address: domain }),
  createsExchanges: true,
  subscribeTo: (domain) => ({ address: domain }),
  filters: { xquery: "none", selector: "applied", filterMayChange: false, routingKey: false },
  queueAt: (name) => ({ address: name }),
  isReplyAddress: (address) => address.startsWith("TempQueue"),
  subscriptions: { durable: true, shared: true, losesWhenTakenOver: true },
  retryOutcome: "modified",
  unknownTopicHint: (domain) => `create an exchange of type topic with the name "${domain}" on the virtual host`,
});
