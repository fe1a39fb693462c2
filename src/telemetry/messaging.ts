import type { SpanAttributes } from "./span.ts";

/** What is known of a message. */
export interface TracedMessage {
  readonly operation: "send" | "process";
  /** Where it goes, or comes from: the domain of the bus. */
  readonly destination: string;
  readonly messageId?: string | undefined;
  readonly correlationId?: string | undefined;
  /** Of the document. */
  readonly bytes?: number | undefined;
  readonly subject?: string | undefined;
  readonly eventType?: string | undefined;
  /** Name of a durable or shared subscription. */
  readonly subscription?: string | undefined;
}

/** The facts on a message, by the names of OpenTelemetry's semantic conventions for messaging; our own begin with `xqbus.`. */
export function messagingAttributes(message: TracedMessage): SpanAttributes {
  return {
    "messaging.system": "amqp",
    "messaging.operation.name": message.operation,
    "messaging.operation.type": message.operation,
    "messaging.destination.name": message.destination,
    "messaging.destination.subscription.name": message.subscription,
    "messaging.message.id": message.messageId,
    "messaging.message.conversation_id": message.correlationId,
    "messaging.message.body.size": message.bytes,
    "xqbus.message.subject": message.subject,
    "xqbus.event.type": message.eventType,
  };
}
