/** The largest id, count or credit; the next one is 0 (AMQP 1.0, part 2.8.8; RFC 1982). */
export const MAX_SERIAL = 0xffff_ffff;

/** The id that comes `by` after another one. */
export function advance(id: number, by = 1): number {
  return (id + by) >>> 0;
}

/** How far `id` is ahead of `other`; negative when it is behind. Right up to 2^31 apart. */
export function distance(id: number, other: number): number {
  return (id - other) | 0;
}
