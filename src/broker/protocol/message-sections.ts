import { FieldReader } from "./codec/field-reader.ts";
import { Scanner } from "./codec/scanner.ts";
import { ProtocolFault } from "./protocol-fault.ts";

/** Values of one message; binary data is one, and an event has a few dozen. */
const MAX_MESSAGE_VALUES = 16_384;

const HEADER = 0x70;
const PROPERTIES = 0x73;
const DATA = 0x75;
const AMQP_SEQUENCE = 0x76;
const AMQP_VALUE = 0x77;
const FOOTER = 0x78;

/** Type codes of the sections' values (AMQP 1.0, part 3.2); an amqp-value section (0x77) has any. */
const SECTION_TYPES: Readonly<Record<number, readonly number[]>> = {
  0x71: [0xc1, 0xd1],
  0x72: [0xc1, 0xd1],
  0x73: [0x45, 0xc0, 0xd0],
  0x74: [0xc1, 0xd1],
  0x75: [0xa0, 0xb0],
  0x76: [0x45, 0xc0, 0xd0],
  0x78: [0xc1, 0xd1],
};

const NULL: Buffer = Buffer.from([0x40]);

/**
 * Checks that bytes are one message (AMQP 1.0, part 3.2): its sections in their order, one kind of body among them. A
 * consumer's decoder may be stopped by what is not, so it must not get that far.
 *
 * @throws ProtocolFault `amqp:decode-error` saying what is wrong
 */
export function checkMessage(bytes: Buffer): void {
  const scanner = new Scanner(bytes, 0, MAX_MESSAGE_VALUES);
  readHeader(scanner);
  let last = HEADER;
  let hasBody = false;
  while (!scanner.done) {
    const section = scanner.descriptor();
    assertOrder(last, section);
    if (SECTION_TYPES[section]?.includes(scanner.nextType()) === false) {
      throw decodeError(`section 0x${section.toString(16)} has type 0x${scanner.nextType().toString(16)}`);
    }
    scanner.skip();
    last = section;
    hasBody ||= isBody(section);
  }
  if (!hasBody) throw decodeError("it has no body section");
}

/** The same message with a delivery-count that is higher by `failures` (AMQP 1.0, part 3.2.1). */
export function withDeliveryCount(bytes: Buffer, failures: number): Buffer {
  const scanner = new Scanner(bytes, 0, MAX_MESSAGE_VALUES);
  const { kept, deliveryCount } = readHeader(scanner);
  const higher = Buffer.from([0x70, 0, 0, 0, 0]);
  higher.writeUInt32BE(Math.min(deliveryCount + failures, 0xffff_ffff), 1);
  const fields = Buffer.concat([...kept, higher]);
  // A list8: its size counts the count byte.
  const list = Buffer.from([0x00, 0x53, HEADER, 0xc0, fields.length + 1, kept.length + 1]);
  return Buffer.concat([list, fields, bytes.subarray(scanner.position)]);
}

/** The property `to` of a well-formed message (AMQP 1.0, part 3.2.4). */
export function readTo(bytes: Buffer): string | undefined {
  const fields = propertyFields(bytes);
  fields?.skip();
  fields?.ignore("user-id", "binary");
  return fields?.string("to");
}

/**
 * The property `user-id` of a well-formed message (AMQP 1.0, part 3.2.4), whatever is wrong with the properties behind it.
 *
 * @throws ProtocolFault `amqp:decode-error`
 */
export function readUserId(bytes: Buffer): string | undefined {
  const fields = propertyFields(bytes);
  fields?.skip();
  return fields?.binary("user-id")?.toString("utf8");
}

/** The fields of the section with the properties; undefined where there is none. */
function propertyFields(bytes: Buffer): FieldReader | undefined {
  const scanner = new Scanner(bytes, 0, MAX_MESSAGE_VALUES);
  while (!scanner.done) {
    const section = scanner.descriptor();
    if (section > PROPERTIES) return undefined;
    if (section < PROPERTIES) {
      scanner.skip();
      continue;
    }
    const fields = new FieldReader(scanner);
    fields.enter("properties", 13);
    return fields;
  }
  return undefined;
}

/** Passes over the header, if the message starts with one. `kept` are the encoded fields before the delivery-count. */
function readHeader(scanner: Scanner): { readonly kept: readonly Buffer[]; readonly deliveryCount: number } {
  const start = scanner.position;
  if (scanner.descriptor() !== HEADER) {
    scanner.position = start;
    return { kept: [NULL, NULL, NULL, NULL], deliveryCount: 0 };
  }
  const fields = new FieldReader(scanner);
  fields.enter("header", 5);
  const kept = [
    fields.encoded("durable", "boolean"),
    fields.encoded("priority", "ubyte"),
    fields.encoded("ttl", "uint"),
    fields.encoded("first-acquirer", "boolean"),
  ].map((field) => field ?? NULL);
  const deliveryCount = fields.uint("delivery-count") ?? 0;
  fields.leave();
  return { kept, deliveryCount };
}

function assertOrder(last: number, section: number): void {
  const ascends = section > last && section <= FOOTER && !(isBody(last) && isBody(section));
  const repeats = section === last && (section === DATA || section === AMQP_SEQUENCE);
  if (!ascends && !repeats) throw decodeError(`section 0x${section.toString(16)} follows 0x${last.toString(16)}`);
}

function isBody(section: number): boolean {
  return section >= DATA && section <= AMQP_VALUE;
}

function decodeError(what: string): ProtocolFault {
  return new ProtocolFault("amqp:decode-error", `the message is not well-formed: ${what}`);
}
