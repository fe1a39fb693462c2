import type { Dialect, Terminus } from "./dialect.ts";

/** A broker that nobody has described yet: the domain is the address, and the capability says that a topic is meant. */
export const generic: Dialect = Object.freeze<Dialect>({
  name: "generic",
  matches: () => true,
  publishTo: topic,
  subscribeTo: topic,
  filters: { xquery: "claimed", selector: "claimed", filterMayChange: false, routingKey: false },
  queueAt: (name) => ({ address: name, capabilities: ["queue"] }),
  isReplyAddress: (address) => address !== "",
  subscriptions: { durable: true, shared: true },
  retryOutcome: "modified",
  unknownTopicHint: (domain) => `create the topic "${domain}", or name the broker's product in option dialect`,
});

function topic(domain: string): Terminus {
  return { address: domain, capabilities: ["topic"] };
}
