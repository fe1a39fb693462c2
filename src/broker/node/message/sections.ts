import { FieldReader } from "../../protocol/codec/field-reader.ts";
import { Scanner } from "../../protocol/codec/scanner.ts";

/** Values of one message that are passed over; the engine has checked them once. */
const MAX_VALUES = 16_384;

/** Descriptors of a message's sections (AMQP 1.0, part 3.2). */
export const HEADER = 0x70;
export const DELIVERY_ANNOTATIONS = 0x71;
export const MESSAGE_ANNOTATIONS = 0x72;
export const PROPERTIES = 0x73;
export const APPLICATION_PROPERTIES = 0x74;
export const DATA = 0x75;
export const AMQP_VALUE = 0x77;

/** One section of a message: where its described value starts, where the value behind the descriptor does, and its end. */
export interface Section {
  readonly code: number;
  readonly start: number;
  readonly value: number;
  readonly end: number;
}

/** The sections before the body of a well-formed message, and where the body starts. */
export interface Sections {
  readonly head: readonly Section[];
  readonly body: number;
}

const BODY_ONLY: Sections = Object.freeze({ head: Object.freeze([]), body: 0 });

/** Finds the sections; the body is not looked at. */
export function sectionsOf(bytes: Buffer): Sections {
  // The usual way to write a body's descriptor; most messages of a small publisher have nothing else.
  if (bytes[1] === 0x53 && (bytes[2] ?? 0) >= DATA) return BODY_ONLY;
  const scanner = new Scanner(bytes, 0, MAX_VALUES);
  const head: Section[] = [];
  while (!scanner.done) {
    const start = scanner.position;
    const code = scanner.descriptor();
    if (code >= DATA) return { head, body: start };
    const value = scanner.position;
    scanner.skip();
    head.push({ code, start, value, end: scanner.position });
  }
  return { head, body: bytes.length };
}

/** Enters the list of a section's fields. */
export function fieldsOf(bytes: Buffer, { value }: Section, type: string, maxFields: number): FieldReader {
  const fields = new FieldReader(new Scanner(bytes, value, MAX_VALUES));
  fields.enter(type, maxFields);
  return fields;
}

/** The sections of the body, each with its value. */
export function* bodySections(bytes: Buffer, body: number): IterableIterator<Section> {
  const scanner = new Scanner(bytes, body, MAX_VALUES);
  while (!scanner.done) {
    const start = scanner.position;
    const code = scanner.descriptor();
    const value = scanner.position;
    scanner.skip();
    yield { code, start, value, end: scanner.position };
  }
}
