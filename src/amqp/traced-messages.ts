import { bytesOf } from "../event/index.ts";
import { inSpan, isTracing, messagingAttributes, startSpan, type OpenSpan } from "../telemetry/index.ts";
import type { EventCallback } from "./consumer-options.ts";
import type { OutgoingMessage } from "./encode-message.ts";

/** The span of an event that is to be sent; undefined where nobody traces. @param traceparent of what sends it */
export function startSendSpan(domain: string, traceparent: string | undefined): OpenSpan | undefined {
  return startSpan({ name: `send ${domain}`, kind: "producer", traceparent });
}

/** Says on a span what message is sent. */
export function describeSend(span: OpenSpan, domain: string, message: OutgoingMessage): void {
  const { bytes, cloudEvent, correlationId, messageId, subject } = message;
  span.set(
    messagingAttributes({
      operation: "send",
      destination: domain,
      ...{ messageId, correlationId, subject, bytes: bytes.length, eventType: cloudEvent?.type },
    }),
  );
}

/** A callback whose calls are spans that continue those of the senders, where somebody traces. */
export function tracedCallback(
  callback: EventCallback,
  domain: string,
  subscription: string | undefined,
): EventCallback {
  return (event, delivery, context) => {
    if (!isTracing()) return callback(event, delivery, context);
    const { messageId, correlationId, subject, applicationProperties } = delivery.properties;
    const { traceparent } = applicationProperties;
    const attributes = messagingAttributes({
      operation: "process",
      destination: domain,
      ...{ messageId, correlationId, subject, subscription, bytes: bytesOf(event).length, eventType: event.name },
    });
    return inSpan(
      {
        name: `process ${domain}`,
        kind: "consumer",
        traceparent: typeof traceparent === "string" ? traceparent : undefined,
        attributes,
      },
      async () => callback(event, delivery, context),
    );
  };
}
