import { messageOf, XqbusError } from "../errors.ts";
import {
  AMQP_SEQUENCE,
  AMQP_VALUE,
  APPLICATION_PROPERTIES,
  DATA,
  DELIVERY_ANNOTATIONS,
  FOOTER,
  HEADER,
  MESSAGE_ANNOTATIONS,
  PROPERTIES,
} from "./message-sections.ts";
import { DescribedValue, ValueReader, type AmqpValue } from "./value-reader.ts";

/** What is known of the message that carried an event (AMQP 1.0, part 3.2), all of it as the sender wrote it. */
export interface MessageProperties {
  /** A number or uuid as text, bytes as hexadecimal digits. Events of this package carry a UUIDv7. */
  readonly messageId?: string;
  /** The routing key: `<domain>.event.<Name>` unless the event type is annotated with another one. */
  readonly subject?: string;
  /** Where an answer is expected. */
  readonly replyTo?: string;
  readonly creationTime?: Date;
  readonly correlationId?: string;
  /** Events with the same group id are to be handled in order. */
  readonly groupId?: string;
  /** When it is worth nothing any more. */
  readonly expiryTime?: Date;
  readonly contentType?: string;
  readonly userId?: string;
  /** Failed deliveries before this one, as far as the broker counts them (RabbitMQ does not). */
  readonly deliveryCount: number;
  /** Integers outside the safe range are bigints, uuids are text, lists and maps are arrays and objects. */
  readonly applicationProperties: Readonly<Record<string, unknown>>;
}

/** A received message. The document is text when the sender put it into a string, which has no encoding any more. */
export interface IncomingMessage {
  readonly document: Uint8Array | string;
  readonly properties: MessageProperties;
  /** The section with the application properties as it came, descriptor included; undefined where there is none. */
  readonly applicationProperties: Uint8Array | undefined;
}

/** The sections by the symbols of their descriptors. */
const SECTIONS: Readonly<Record<string, number>> = {
  "amqp:header:list": HEADER,
  "amqp:delivery-annotations:map": DELIVERY_ANNOTATIONS,
  "amqp:message-annotations:map": MESSAGE_ANNOTATIONS,
  "amqp:properties:list": PROPERTIES,
  "amqp:application-properties:map": APPLICATION_PROPERTIES,
  "amqp:data:binary": DATA,
  "amqp:amqp-sequence:list": AMQP_SEQUENCE,
  "amqp:amqp-value:*": AMQP_VALUE,
  "amqp:footer:map": FOOTER,
};

/**
 * Reads a message of any sender: the document may be in data sections (joined), in a string or in a binary value.
 *
 * @throws XqbusError `xqbus:invalid-event` for bytes that are no AMQP message, or a message without a document
 */
export function decodeMessage(bytes: Uint8Array): IncomingMessage {
  let header: readonly AmqpValue[] = [];
  let properties: readonly AmqpValue[] = [];
  let applicationProperties: Section | undefined;
  const data: Uint8Array[] = [];
  let value: AmqpValue = null;
  for (const section of readSections(bytes)) {
    if (section.code === HEADER) header = asList(section.value);
    else if (section.code === PROPERTIES) properties = asList(section.value);
    else if (section.code === APPLICATION_PROPERTIES) applicationProperties = section;
    else if (section.code === DATA && section.value instanceof Uint8Array) data.push(section.value);
    else if (section.code === AMQP_SEQUENCE) throw noDocument("it has an amqp-sequence");
    else if (section.code === AMQP_VALUE) value = section.value;
  }
  return {
    document: data.length > 0 ? joined(data) : documentOf(value),
    properties: propertiesOf(header, properties, applicationProperties),
    applicationProperties: applicationProperties?.bytes,
  };
}

/** The properties of a message of which only the beginning is there, as far as they can be read. */
export function propertiesOfBeginning(bytes: Uint8Array): MessageProperties {
  const reader = new ValueReader(bytes);
  let header: readonly AmqpValue[] = [];
  let properties: readonly AmqpValue[] = [];
  try {
    while (!reader.done && properties.length === 0) {
      const section = reader.read();
      if (!(section instanceof DescribedValue)) break;
      const code = codeOf(section.descriptor);
      if (code === HEADER) header = asList(section.value);
      else if (code === PROPERTIES) properties = asList(section.value);
    }
  } catch {
    // The end is missing.
  }
  return propertiesOf(header, properties, undefined);
}

/** A section of a message (AMQP 1.0, part 3.2). */
export interface Section {
  readonly code: number;
  readonly value: AmqpValue;
  /** With the descriptor. */
  readonly bytes: Uint8Array;
}

/** Failed deliveries before this one, of a message whose other sections need not be readable; 0 where nothing says so. */
export function deliveryCountOf(bytes: Uint8Array): number {
  try {
    const section = new ValueReader(bytes).read();
    const isHeader = section instanceof DescribedValue && codeOf(section.descriptor) === HEADER;
    return isHeader ? countIn(asList(section.value)) : 0;
  } catch {
    return 0;
  }
}

function countIn(header: readonly AmqpValue[]): number {
  const count = header[4];
  return typeof count === "number" ? count : 0;
}

/** The number of a section whose descriptor may be a symbol. */
export function codeOf(descriptor: AmqpValue): AmqpValue | undefined {
  return typeof descriptor === "string" ? SECTIONS[descriptor] : descriptor;
}

/**
 * The sections of a message.
 *
 * @throws XqbusError `xqbus:invalid-event` for bytes that are no AMQP message
 */
export function readSections(bytes: Uint8Array): Section[] {
  const reader = new ValueReader(bytes);
  const sections: Section[] = [];
  try {
    while (!reader.done) {
      const start = reader.position;
      const descriptor = reader.readDescriptor();
      if (descriptor === undefined) throw new TypeError("a section without a descriptor");
      const code = codeOf(descriptor);
      const valueStart = reader.position;
      const isPlain = code === APPLICATION_PROPERTIES && reader.skipPlainMap();
      const value = isPlain ? undefined : reader.read();
      if (typeof code !== "number") continue;
      const section = bytes.subarray(start, reader.position);
      sections.push(
        value === undefined ? new PlainSection(code, section, valueStart - start) : { code, value, bytes: section },
      );
    }
  } catch (cause) {
    const reason = messageOf(cause);
    throw new XqbusError("xqbus:invalid-event", `the message is not encoded as AMQP 1.0 says: ${reason}`, { cause });
  }
  return sections;
}

/** A section whose value is made when somebody asks for it. */
class PlainSection implements Section {
  readonly code: number;
  readonly bytes: Uint8Array;
  readonly #valueStart: number;
  #value: AmqpValue | undefined;

  constructor(code: number, bytes: Uint8Array, valueStart: number) {
    this.code = code;
    this.bytes = bytes;
    this.#valueStart = valueStart;
  }

  get value(): AmqpValue {
    this.#value ??= new ValueReader(this.bytes.subarray(this.#valueStart)).read();
    return this.#value;
  }
}

function documentOf(value: AmqpValue): Uint8Array | string {
  if (typeof value === "string" || value instanceof Uint8Array) return value;
  throw noDocument(value === null ? "it has no body" : `its amqp-value is ${kindOf(value)}`);
}

function noDocument(found: string): XqbusError {
  return new XqbusError(
    "xqbus:invalid-event",
    `the message holds no document: ${found}; an event is XML in a data section, a string or a binary value`,
  );
}

function kindOf(value: AmqpValue): string {
  if (Array.isArray(value)) return "a list";
  if (value instanceof Map) return "a map";
  return typeof value === "object" ? "not a string" : `a ${typeof value}`;
}

function joined(data: readonly Uint8Array[]): Uint8Array {
  const [only] = data;
  return data.length === 1 && only !== undefined ? only : Buffer.concat(data);
}

type Writable<T> = { -readonly [P in keyof T]: T[P] };

function propertiesOf(
  header: readonly AmqpValue[],
  properties: readonly AmqpValue[],
  section: Section | undefined,
): MessageProperties {
  const [messageId, userId, , subject, replyTo, correlationId, contentType, , expiryTime, creationTime, groupId] =
    properties;
  let applicationProperties: MessageProperties["applicationProperties"] | undefined;
  const read: Writable<Omit<MessageProperties, "applicationProperties">> &
    Pick<MessageProperties, "applicationProperties"> = {
    deliveryCount: countIn(header),
    get applicationProperties() {
      applicationProperties ??= Object.freeze(plainMap(section?.value ?? null));
      return applicationProperties;
    },
  };
  setText(read, "messageId", messageId);
  setText(read, "subject", subject);
  setText(read, "replyTo", replyTo);
  setDate(read, "creationTime", creationTime);
  setText(read, "correlationId", correlationId);
  setText(read, "groupId", groupId);
  setDate(read, "expiryTime", expiryTime);
  setText(read, "contentType", contentType);
  if (userId instanceof Uint8Array) read.userId = Buffer.from(userId).toString("utf8");
  return Object.freeze(read);
}

function setText<K extends string>(to: { [P in K]?: string }, key: K, value: AmqpValue | undefined): void {
  const text = textOf(value);
  if (text !== undefined) to[key] = text;
}

function setDate<K extends string>(to: { [P in K]?: Date }, key: K, value: AmqpValue | undefined): void {
  if (value instanceof Date && !Number.isNaN(value.getTime())) to[key] = value;
}

function textOf(value: AmqpValue | undefined): string | undefined {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : undefined;
}

function asList(value: AmqpValue): readonly AmqpValue[] {
  return Array.isArray(value) ? (value as readonly AmqpValue[]) : [];
}

function plainMap(value: AmqpValue): Record<string, unknown> {
  if (!(value instanceof Map)) return {};
  const object: Record<string, unknown> = {};
  for (const [key, entry] of value as ReadonlyMap<AmqpValue, AmqpValue>) {
    const name = textOf(key) ?? "";
    if (name === "__proto__") Object.defineProperty(object, name, { value: plain(entry), enumerable: true });
    else object[name] = plain(entry);
  }
  return object;
}

function plain(value: AmqpValue): unknown {
  if (value instanceof DescribedValue) return plain(value.value);
  if (value instanceof Map) return plainMap(value);
  return Array.isArray(value) ? (value as readonly AmqpValue[]).map(plain) : value;
}
