/**
 * Where a map ends that can certainly be read: short ASCII texts as names, short ASCII texts, numbers, booleans, times and null as
 * values. It is what application properties are nearly always, and most receivers never look at them.
 *
 * @param at of the map's type code
 * @param limit of what may be read
 * @returns the position behind it; undefined for everything else, also what is broken
 */
export function plainMapEnd(bytes: Uint8Array, at: number, limit: number): number | undefined {
  const code = bytes[at];
  const width = code === 0xc1 ? 1 : code === 0xd1 ? 4 : undefined;
  if (width === undefined || at + 1 + 2 * width > limit) return undefined;
  const end = at + 1 + width + sizeAt(bytes, at + 1, width);
  const count = sizeAt(bytes, at + 1 + width, width);
  if (end > limit || count % 2 !== 0) return undefined;
  let next = at + 1 + 2 * width;
  for (let item = 0; item < count; item++) {
    const after = item % 2 === 0 ? textEnd(bytes, next, end) : valueEnd(bytes, next, end);
    if (after === undefined) return undefined;
    next = after;
  }
  return next === end ? end : undefined;
}

function sizeAt(bytes: Uint8Array, at: number, width: 1 | 4): number {
  let size = 0;
  for (let byte = 0; byte < width; byte++) size = size * 256 + (bytes[at + byte] ?? 0);
  return size;
}

/** str8-utf8 or sym8 of ASCII. */
function textEnd(bytes: Uint8Array, at: number, limit: number): number | undefined {
  const code = bytes[at];
  if ((code !== 0xa1 && code !== 0xa3) || at + 2 > limit) return undefined;
  const end = at + 2 + (bytes[at + 1] ?? 0);
  if (end > limit) return undefined;
  for (let position = at + 2; position < end; position++) if ((bytes[position] ?? 0) >= 0x80) return undefined;
  return end;
}

function valueEnd(bytes: Uint8Array, at: number, limit: number): number | undefined {
  if (at >= limit) return undefined;
  const code = bytes[at] ?? 0;
  if (code === 0xa1 || code === 0xa3) return textEnd(bytes, at, limit);
  const width = FIXED_WIDTHS[code];
  if (width === undefined || at + 1 + width > limit) return undefined;
  return at + 1 + width;
}

/** Bytes of a value by its type code (AMQP 1.0, part 1.6): null, booleans, numbers and times. */
const FIXED_WIDTHS: Readonly<Record<number, number>> = {
  ...{ 0x40: 0, 0x41: 0, 0x42: 0, 0x43: 0, 0x44: 0 },
  ...{ 0x50: 1, 0x51: 1, 0x52: 1, 0x53: 1, 0x54: 1, 0x55: 1, 0x56: 1 },
  ...{ 0x60: 2, 0x61: 2, 0x70: 4, 0x71: 4, 0x72: 4 },
  ...{ 0x80: 8, 0x81: 8, 0x82: 8, 0x83: 8 },
};
