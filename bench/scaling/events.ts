const NAMESPACE = "http://www.gonicus.de/Events";

/** Queues that all subscriptions together deliver to. */
export const QUEUES = 100;

/** An event of some 200 bytes with a number, as the text of an `amqp-value`. */
export function eventOf(number: number): string {
  return (
    `<Event xmlns="${NAMESPACE}"><PhoneStatus><CallerId>c${number}</CallerId>` +
    `<ReceiverId>SIP/voice.gonicus.de/104729</ReceiverId><Status>busy</Status></PhoneStatus></Event>`
  );
}

/** The filter of a subscription: of so many, `matches` next to each other want the same events. */
export function filterOf(subscription: number, matches: number): string {
  return `/e:Event/e:PhoneStatus[e:CallerId = "c${Math.floor(subscription / matches)}"]`;
}

/** The same as a JMS selector over an application property. */
export function selectorOf(subscription: number): string {
  return `CallerId = 'c${subscription}'`;
}

/** And over the document, where a broker has it; namespaces cannot be declared there. */
export function xpathOf(subscription: number): string {
  return `XPATH '/*/*[local-name()="PhoneStatus"]/*[local-name()="CallerId"]="c${subscription}"'`;
}
