import type { SelectorProperties, SelectorValue } from "../../../filter/index.ts";
import type { MessageView } from "../message/message-view.ts";
import { propertyValue } from "../message/property-value.ts";

type Field = (message: MessageView) => SelectorValue;

/** JMS headers that a selector may ask for (JMS 2.0, section 3.8.1.1), where AMQP has them, and Qpid's names for properties. */
const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ["JMSDeliveryMode", ({ header }) => (header.durable ? "PERSISTENT" : "NON_PERSISTENT")],
  ["JMSPriority", ({ header }) => BigInt(header.priority)],
  ["JMSMessageID", ({ properties }) => properties.messageId],
  ["JMSTimestamp", ({ properties }) => exact(properties.creationTime)],
  ["JMSCorrelationID", ({ properties }) => properties.correlationId],
  ["JMSType", ({ properties }) => properties.subject],
  ["JMSXUserID", ({ properties }) => properties.userId],
  ["JMSXGroupID", ({ properties }) => properties.groupId],
  ["JMSXDeliveryCount", ({ header }) => BigInt(header.deliveryCount + 1)],
  ["amqp.message_id", ({ properties }) => properties.messageId],
  ["amqp.subject", ({ properties }) => properties.subject],
  ["amqp.to", ({ properties }) => properties.to],
  ["amqp.reply_to", ({ properties }) => properties.replyTo],
  ["amqp.correlation_id", ({ properties }) => properties.correlationId],
  ["amqp.priority", ({ header }) => BigInt(header.priority)],
  ["amqp.durable", ({ header }) => header.durable],
]);

/** What a selector sees of a message: application properties by their names, and the header. */
export function selectorProperties(message: MessageView): SelectorProperties {
  return (name) => {
    const field = FIELDS.get(name);
    if (field !== undefined) return field(message);
    const found = message.applicationProperties.get(name);
    const value = found === undefined ? undefined : propertyValue(found);
    if (value === null || value instanceof Uint8Array) return undefined;
    return value instanceof Date ? exact(value.getTime()) : value;
  };
}

function exact(time: number | undefined): bigint | undefined {
  return time === undefined ? undefined : BigInt(Math.trunc(time));
}
