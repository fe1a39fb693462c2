import { randomFillSync, randomInt } from "node:crypto";

/** Random bytes are fetched in portions: a call for sixteen of them costs as much as one for thousands. */
const POOL_BYTES = 8_192;
const TAIL_BYTES = 8;
/** Ids of one millisecond, counted in the 12 bits behind the version. */
const COUNTER_END = 0x1000;

const pool: Buffer = Buffer.allocUnsafeSlow(POOL_BYTES);
const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
let used = POOL_BYTES;
let time = 0;
let timeText = "";
let counter = 0;

/**
 * A new UUIDv7 as text (RFC 9562, section 5.7). Ids of one process ascend, also within a millisecond and when the clock is set back:
 * a counter stands in `rand_a` (section 6.2, method 1).
 */
export function newMessageId(now: number = Date.now()): string {
  if (now > time) startAt(now);
  else if (++counter === COUNTER_END) startAt(time + 1);
  if (used === POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  const variant = ((pool[used] ?? 0) & 0x3f) | 0x80;
  const tail = `${hex(variant)}${hex(pool[used + 1])}-${hex(pool[used + 2])}${hex(pool[used + 3])}${hex(pool[used + 4])}`;
  const end = `${hex(pool[used + 5])}${hex(pool[used + 6])}${hex(pool[used + 7])}`;
  used += TAIL_BYTES;
  return `${timeText}7${(counter | COUNTER_END).toString(16).slice(1)}-${tail}${end}`;
}

/** Half of the counter's range is left for ids of the same millisecond. */
function startAt(milliseconds: number): void {
  time = milliseconds;
  counter = randomInt(COUNTER_END / 2);
  const text = milliseconds.toString(16).padStart(12, "0");
  timeText = `${text.slice(0, 8)}-${text.slice(8)}-`;
}

function hex(byte: number | undefined): string {
  return HEX[byte ?? 0] ?? "";
}
