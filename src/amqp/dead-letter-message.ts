import type { DeadLetter } from "../subscription/index.ts";
import { ByteWriter } from "./byte-writer.ts";
import { readSections, type Section } from "./message.ts";
import { APPLICATION_PROPERTIES, DATA, DELIVERY_ANNOTATIONS, HEADER } from "./message-sections.ts";
import { ValueReader } from "./value-reader.ts";

/** Application properties of a record begin with it. */
const PREFIX = "xqbus_";
/** Of a map with sizes of one byte; a map with sizes of four has 0xd1. */
const MAP8 = 0xc1;

const writer = new ByteWriter();

/**
 * A message with the record of a dead letter among its application properties: `xqbus_reason`, `xqbus_handler`, `xqbus_attempts`,
 * `xqbus_first_at`, `xqbus_last_at`, `xqbus_error_name`, `xqbus_error_message`, and where there is one `xqbus_key`, `xqbus_origin`,
 * `xqbus_error_code`. It is durable and has no time to live of its own; all else is as it was, byte by byte. Bytes that are no message
 * are the body of the new one.
 */
export function withRecord(message: Uint8Array, letter: DeadLetter): Buffer {
  const sections = sectionsOf(message);
  const before = sections.filter(({ code }) => code > DELIVERY_ANNOTATIONS && code < APPLICATION_PROPERTIES);
  const after = sections.filter(({ code }) => code > APPLICATION_PROPERTIES);
  const own = sections.find(({ code }) => code === APPLICATION_PROPERTIES);
  writer.clear();
  writer.described(HEADER, "list", () => {
    writer.boolean(true);
    return 1;
  });
  for (const { bytes } of before) writer.raw(bytes);
  writer.described(APPLICATION_PROPERTIES, "map", () => {
    const kept = own === undefined ? [] : foreignEntries(own.bytes);
    for (const entry of kept) writer.raw(entry);
    return 2 * (kept.length + writeRecord(letter));
  });
  for (const { bytes } of after) writer.raw(bytes);
  if (sections.length > 0) return writer.finish(new Uint8Array());
  writer.describedBinary(DATA, message.length);
  return writer.finish(message);
}

/** @returns how many entries it has written */
function writeRecord({ key, handler, reason, attempts, firstAt, lastAt, origin, error }: DeadLetter): number {
  const texts = {
    reason,
    handler,
    key,
    origin,
    error_name: error.name,
    error_code: error.code,
    error_message: error.message,
  };
  let count = 3;
  for (const [name, value] of Object.entries(texts)) {
    if (value === undefined) continue;
    writer.string(PREFIX + name);
    writer.string(value);
    count++;
  }
  writer.string(`${PREFIX}attempts`);
  writer.long(attempts);
  writer.string(`${PREFIX}first_at`);
  writer.timestamp(firstAt);
  writer.string(`${PREFIX}last_at`);
  writer.timestamp(lastAt);
  return count;
}

function sectionsOf(message: Uint8Array): readonly Section[] {
  try {
    return readSections(message);
  } catch {
    return [];
  }
}

/** The entries of a section of application properties, but those of an earlier record. */
function foreignEntries(section: Uint8Array): readonly Uint8Array[] {
  const descriptor = new ValueReader(section.subarray(1));
  descriptor.read();
  const map = section.subarray(1 + descriptor.position);
  const entries = map.subarray(map[0] === MAP8 ? 3 : 9);
  const reader = new ValueReader(entries);
  const kept: Uint8Array[] = [];
  while (!reader.done) {
    const start = reader.position;
    const key = reader.read();
    reader.read();
    if (typeof key !== "string" || !key.startsWith(PREFIX)) kept.push(entries.subarray(start, reader.position));
  }
  return kept;
}
