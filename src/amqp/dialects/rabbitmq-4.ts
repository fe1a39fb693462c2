import { isProduct, type Dialect } from "./dialect.ts";

/**
 * RabbitMQ 4, which speaks AMQP 1.0 itself, with addresses of version 2. Messages go to an exchange, without a routing key, and come
 * from a queue that somebody has declared and bound: a subscription is such a queue, and its name the queue's. By the documentation
 * (https://www.rabbitmq.com/docs/4.3/amqp); it has not been run against a real one.
 */
export const rabbitmq4: Dialect = Object.freeze<Dialect>({
  name: "rabbitmq-4",
  matches: (properties) => isProduct(properties, /^RabbitMQ$/iu) && majorVersion(properties["version"]) >= 4,
  publishTo: (domain) => ({ address: `/exchanges/${encodeURIComponent(domain)}` }),
  exchangeAt: (exchange, subject) => ({
    address: `/exchanges/${encodeURIComponent(exchange)}/${encodeURIComponent(subject)}`,
  }),
  subscribeTo: (domain) => ({ address: `/queues/${encodeURIComponent(domain)}` }),
  queueAt: (name) => ({ address: `/queues/${encodeURIComponent(name)}` }),
  isReplyAddress: (address) => address.startsWith("/queues/amq."),
  filters: { xquery: "none", selector: "none", filterMayChange: false, routingKey: false },
  subscriptions: { areQueues: true, durable: true, shared: true },
  retryOutcome: "modified",
  hostnameOf: (vhost) => `vhost:${vhost}`,
  unknownTopicHint: (domain) =>
    `declare an exchange of type fanout with the name "${domain}", and a queue bound to it for each subscription`,
});

/** Zero where it is not known. */
function majorVersion(version: unknown): number {
  return typeof version === "string" ? Number(/^\d+/u.exec(version)?.[0] ?? 0) : 0;
}
