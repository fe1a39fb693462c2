/** What ends a line, colours a terminal, or turns the direction of writing. */
const INVISIBLE = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A record as it is written: its values are texts, numbers and booleans. */
type LogRecord = Readonly<Record<string, string | number | boolean | undefined>>;

/** A record of JSON as a line for people: `2026-11-21T19:52:08.539Z warn  broker: a login failed (code=xqbus:…)`. */
export function textLine(json: string): string {
  const { time, level, part, message, ...details } = JSON.parse(json) as LogRecord;
  const rest = Object.entries(details).map(([name, value]) => `${name}=${String(value)}`);
  const prefix = part === undefined ? "" : `${String(part)}: `;
  const line = `${String(time)} ${String(level).padEnd(5)} ${prefix}${String(message)}${rest.length === 0 ? "" : ` (${rest.join(" ")})`}`;
  return `${line.replace(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)}\n`;
}
