import { isProduct, type Dialect } from "./dialect.ts";

const REPLY_PREFIX = "xqbus-reply-";

/**
 * RabbitMQ 3 with the AMQP 1.0 plugin (address format 1): the topic is an exchange. To a target without routing key the
 * broker routes by the subject, which a message must have; a source needs a pattern. RabbitMQ 3.10 announces `RabbitMQ`.
 */
export const rabbitmq: Dialect = Object.freeze<Dialect>({
  name: "rabbitmq",
  matches: (properties) => isProduct(properties, /^RabbitMQ$/iu),
  publishTo: (domain) => ({ address: `/exchange/${domain}` }),
  subscribeTo: (domain, routingKey = "#") => ({ address: `/exchange/${domain}/${routingKey}` }),
  filters: { xquery: "none", selector: "none", filterMayChange: false, routingKey: true },
  queueAt: (name) => ({ address: `/queue/${name}` }),
  replyQueue: (id) => ({ source: `/queue/${REPLY_PREFIX}${id}`, replyTo: `/amq/queue/${REPLY_PREFIX}${id}` }),
  isReplyAddress: (address) => address.startsWith(`/amq/queue/${REPLY_PREFIX}`),
  subscriptions: { durable: false, shared: false },
  retryOutcome: "released",
  hostnameOf: (vhost) => `vhost:${vhost}`,
  unknownTopicHint: (domain) => `declare an exchange of type topic with the name "${domain}"`,
});
