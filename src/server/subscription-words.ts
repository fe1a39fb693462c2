import type { SubscriptionName } from "../broker/index.ts";

/**
 * How people name a subscription of the embedded broker: `<topic> <name>`, and `<topic> <container>/<name>` where the container is not
 * the one that this library makes of the name.
 */
export function subscriptionWords(topic: string, { name, container }: SubscriptionName): string {
  const isOurs = container === undefined || container === `xqbus-${name}`;
  return `${topic} ${isOurs ? name : `${container}/${name}`}`;
}

/** Whether somebody means the subscription with these words: the topic may be left out. */
export function isMeantBy(asked: string, words: string): boolean {
  return words === asked || words.slice(words.indexOf(" ") + 1) === asked;
}
