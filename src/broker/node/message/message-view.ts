import { XqbusError } from "../../../errors.ts";
import type { FilterMessage } from "../../../filter/index.ts";
import { parseXml } from "../../../xml/index.ts";
import type { XmlDocument } from "../../../xml/index.ts";
import type { AmqpValue } from "../../protocol/codec/amqp-value.ts";
import { decodeValue } from "../../protocol/codec/decode-value.ts";
import type { Arrival } from "../queue/entry.ts";
import { bodyOf } from "./body.ts";
import { NO_PROPERTIES, readProperties } from "./properties.ts";
import type { MessageProperties } from "./properties.ts";
import { propertyValue } from "./property-value.ts";
import * as sections from "./sections.ts";
import type { Section, Sections } from "./sections.ts";

const DEFAULT_PRIORITY = 4;
const MAX_PRIORITY = 9;
const NO_MAP: ReadonlyMap<string, AmqpValue> = new Map();

interface MessageHeader {
  readonly durable: boolean;
  readonly priority: number;
  /** Ms. */
  readonly ttl: number | undefined;
  readonly deliveryCount: number;
}

const NO_HEADER: MessageHeader = Object.freeze({
  ...{ durable: false, priority: DEFAULT_PRIORITY, ttl: undefined, deliveryCount: 0 },
});

/**
 * What a broker may want to know of a message. Each part is read when it is first asked for, and once: the document is shared
 * by everything that looks into it, and a message that only passes through is not decoded.
 *
 * A part that is not well-formed counts as one that is not there.
 */
export class MessageView {
  #bytes: Buffer;
  /** The connection of the publisher; undefined where it is not known any more. */
  readonly connection: number | undefined;
  #sections: Sections | undefined;
  #header: MessageHeader | undefined;
  #properties: MessageProperties | undefined;
  #applicationProperties: ReadonlyMap<string, AmqpValue> | undefined;
  #annotations: ReadonlyMap<string, AmqpValue> | undefined;
  #document: { readonly root: XmlDocument | undefined } | undefined;
  #filterMessage: FilterMessage | undefined;

  /** @param bytes a well-formed message */
  constructor(bytes: Buffer, connection?: number) {
    this.#bytes = bytes;
    this.connection = connection;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Takes a copy of the bytes: they may be a small part of what was read from a socket, which must not stay in memory. */
  keepBytes(): void {
    this.#bytes = Buffer.from(this.#bytes);
  }

  get header(): MessageHeader {
    return (this.#header ??= this.#readHeader());
  }

  get properties(): MessageProperties {
    return (this.#properties ??= this.#readProperties());
  }

  get applicationProperties(): ReadonlyMap<string, AmqpValue> {
    return (this.#applicationProperties ??= this.#readMap(sections.APPLICATION_PROPERTIES));
  }

  /** Message annotations by their symbols. */
  get annotations(): ReadonlyMap<string, AmqpValue> {
    return (this.#annotations ??= this.#readMap(sections.MESSAGE_ANNOTATIONS));
  }

  /** The routing key: the subject, or no words. */
  get routingKey(): string {
    return this.properties.subject ?? "";
  }

  /** The text or the bytes of the body; undefined when it is neither. */
  get body(): Buffer | string | undefined {
    this.#sections ??= sections.sectionsOf(this.bytes);
    return bodyOf(this.bytes, this.#sections.body);
  }

  /** The body as XML; undefined when it is none. */
  get document(): XmlDocument | undefined {
    return (this.#document ??= { root: this.#parse() }).root;
  }

  /** What filters may ask besides the document. */
  get filterMessage(): FilterMessage {
    return (this.#filterMessage ??= this.#describe());
  }

  /**
   * Its wishes for its place in a queue: header priority and ttl, absolute-expiry-time (AMQP 1.0, part 3.2.1 and 3.2.4),
   * annotations `x-opt-delivery-time` (ms since 1970) and `x-opt-delivery-delay` (ms).
   *
   * @param now ms since 1970
   */
  arrival(now: number): Arrival | undefined {
    this.#sections ??= sections.sectionsOf(this.bytes);
    if (this.#sections.head.length === 0) return undefined;
    const { priority, ttl } = this.header;
    const absolute = this.properties.absoluteExpiryTime;
    const relative = ttl === undefined ? undefined : now + ttl;
    const expiresAt = Math.min(absolute ?? Infinity, relative ?? Infinity);
    const time = numberOf(this.annotations.get("x-opt-delivery-time"));
    const delay = numberOf(this.annotations.get("x-opt-delivery-delay"));
    const deliverAt = time ?? (delay === undefined ? undefined : now + delay);
    return { priority, expiresAt: expiresAt === Infinity ? undefined : expiresAt, deliverAt };
  }

  #section(code: number): Section | undefined {
    this.#sections ??= sections.sectionsOf(this.bytes);
    return this.#sections.head.find((section) => section.code === code);
  }

  #readHeader(): MessageHeader {
    const section = this.#section(sections.HEADER);
    if (section === undefined) return NO_HEADER;
    const fields = sections.fieldsOf(this.bytes, section, "header", 5);
    const durable = fields.boolean("durable") ?? false;
    const priority = Math.min(MAX_PRIORITY, fields.ubyte("priority") ?? DEFAULT_PRIORITY);
    const ttl = fields.uint("ttl");
    fields.skip();
    return { durable, priority, ttl, deliveryCount: fields.uint("delivery-count") ?? 0 };
  }

  #readProperties(): MessageProperties {
    const section = this.#section(sections.PROPERTIES);
    if (section === undefined) return NO_PROPERTIES;
    return tolerant(() => readProperties(sections.fieldsOf(this.bytes, section, "properties", 13)), NO_PROPERTIES);
  }

  #readMap(code: number): ReadonlyMap<string, AmqpValue> {
    const section = this.#section(code);
    if (section === undefined) return NO_MAP;
    return tolerant(() => {
      // Binary values would be views into what came from the socket.
      const value = decodeValue(Buffer.from(this.bytes.subarray(section.value, section.end)));
      if (value.type !== "map") return NO_MAP;
      return new Map(value.value.flatMap(([{ value: key }, item]) => (typeof key === "string" ? [[key, item]] : [])));
    }, NO_MAP);
  }

  #parse(): XmlDocument | undefined {
    const { body } = this;
    return body === undefined ? undefined : tolerant(() => parseXml(body), undefined);
  }

  #describe(): FilterMessage {
    const { messageId, userId, subject, correlationId, contentType, creationTime } = this.properties;
    const properties = [...this.applicationProperties].flatMap(([name, value]) => {
      const known = propertyValue(value);
      return known === undefined ? [] : [[name, known] as const];
    });
    return {
      applicationProperties: new Map(properties),
      deliveryCount: this.header.deliveryCount,
      ...(messageId === undefined ? {} : { id: messageId }),
      ...(subject === undefined ? {} : { subject }),
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(contentType === undefined ? {} : { contentType }),
      ...(userId === undefined ? {} : { userId }),
      ...(creationTime === undefined ? {} : { creationTime: new Date(creationTime) }),
    };
  }
}

function numberOf(value: AmqpValue | undefined): number | undefined {
  return typeof value?.value === "number" || typeof value?.value === "bigint" ? Number(value.value) : undefined;
}

/** What a publisher may get wrong in a part that the broker need not understand concerns that part alone. */
function tolerant<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof XqbusError && error.code !== "xqbus:internal") return otherwise;
    throw error;
  }
}
