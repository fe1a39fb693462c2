import { isProduct, type Dialect } from "./dialect.ts";

/** Apache Qpid's C++ broker with an exchange of type topic. By its source; it has not been run against a real one. */
export const qpidd: Dialect = Object.freeze<Dialect>({
  name: "qpidd",
  matches: (properties) => isProduct(properties, /^qpid-cpp$/iu),
  publishTo: (domain) => ({ address: domain }),
  subscribeTo: (domain) => ({ address: domain }),
  queueAt: (name) => ({ address: name }),
  isReplyAddress: (address) => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u.test(address),
  filters: { xquery: "none", selector: "applied", filterMayChange: false, routingKey: false },
  subscriptions: { durable: true, shared: true },
  retryOutcome: "modified",
  unknownTopicHint: (domain) => `declare an exchange of type topic with the name "${domain}"`,
});

/**
 * The same with an exchange of type xml, which evaluates XQuery 1.0 for the messages of one routing key. It is never chosen by itself, as
 * publishers must name it, too: their messages then have that key for their subject.
 */
export const qpiddXml: Dialect = Object.freeze<Dialect>({
  ...qpidd,
  name: "qpidd-xml",
  matches: () => false,
  filters: { xquery: "applied", selector: "applied", filterMayChange: false, routingKey: false },
  bindingKey: "event",
  unknownTopicHint: (domain) => `declare an exchange of type xml with the name "${domain}"`,
});
