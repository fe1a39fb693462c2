/** A receiver cannot put off an attempt for longer, in milliseconds: a day. */
const MAX_DELAY_MS = 24 * 60 * 60 * 1_000;
/** The form of dates that senders must use (RFC 9110, section 5.6.7: IMF-fixdate). */
const DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/u;

/**
 * Reads the header `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
 *
 * @param now ms since 1970
 * @returns ms from now, at most a day; undefined when there is none or it cannot be read
 */
export function retryAfterMs(header: unknown, now: number): number | undefined {
  const text: unknown = Array.isArray(header) ? header[0] : header;
  if (typeof text !== "string") return undefined;
  const value = text.trim();
  if (/^\d+$/u.test(value)) return Math.min(Number(value) * 1_000, MAX_DELAY_MS);
  const date = DATE.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), MAX_DELAY_MS);
}
