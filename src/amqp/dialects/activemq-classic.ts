import { isProduct, type Dialect } from "./dialect.ts";

/** Apache ActiveMQ Classic: a plain name is a queue, a topic carries a prefix. Classic 5.18 announces `ActiveMQ`. */
export const activemqClassic: Dialect = Object.freeze<Dialect>({
  name: "activemq-classic",
  matches: (properties) => isProduct(properties, /^ActiveMQ$/iu),
  publishTo: (domain) => ({ address: `topic://${domain}` }),
  subscribeTo: (domain) => ({ address: `topic://${domain}` }),
  // Wildcards match the words of addresses, not of subjects.
  exchangeAt: (exchange, subject) => ({ address: `topic://${exchange}.${subject}` }),
  filters: { xquery: "none", selector: "applied", filterMayChange: false, routingKey: false },
  queueAt: (name) => ({ address: `queue://${name}` }),
  isReplyAddress: (address) => address.startsWith("temp-queue://"),
  subscriptions: { durable: true, shared: false },
  retryOutcome: "modified",
  unknownTopicHint: (domain) =>
    `the user needs the right to create the topic "${domain}", or somebody creates it before`,
});
