/**
 * A value of an application property (AMQP 1.0, part 3.2.5): a `bigint` is an xs:integer, a number an xs:double, a Date an xs:dateTime in
 * UTC, bytes are xs:base64Binary, null is the empty sequence.
 */
export type PropertyValue = null | boolean | bigint | number | string | Date | Uint8Array;

/**
 * What a filter may ask of the message that carries the document. The message's own properties are variables in the namespace
 * {@link MESSAGE_NAMESPACE}; those that are not there are the empty sequence.
 */
export interface FilterMessage {
  /** External variables in no namespace, by name. */
  readonly applicationProperties?: ReadonlyMap<string, PropertyValue>;
  /** `$msg:id`. */
  readonly id?: string;
  /** `$msg:subject`, the routing key. */
  readonly subject?: string;
  /** `$msg:creation-time`. */
  readonly creationTime?: Date;
  /** `$msg:correlation-id`. */
  readonly correlationId?: string;
  /** `$msg:content-type`. */
  readonly contentType?: string;
  /** `$msg:user-id`. */
  readonly userId?: string;
  /** `$msg:delivery-count`: failed deliveries before this one. */
  readonly deliveryCount?: number;
}

/** The namespace of the message's own properties; the prefix `msg` is declared for it. */
export const MESSAGE_NAMESPACE = "urn:xqbus:message";
