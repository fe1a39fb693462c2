import { illegalOption, shown } from "../assert-option.ts";

/** The longest duration there is here: 10 years. */
export const MAX_DURATION_MS: number = 10 * 365 * 24 * 60 * 60 * 1000;

/** Ms of each unit, the longest first. */
const UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ["d", 24 * 60 * 60 * 1000],
  ["h", 60 * 60 * 1000],
  ["m", 60 * 1000],
  ["s", 1000],
  ["ms", 1],
];

/**
 * Reads a duration: a number and a unit, `500ms`, `1.5s`, `5m`, `2h`, `1d`; `0` needs no unit.
 *
 * @param option what is read, for the message
 * @returns whole ms
 * @throws XqbusError `xqbus:illegal-argument`
 */
export function parseDuration(text: string, option: string): number {
  if (text === "0") return 0;
  const [, number = "", unit = ""] = /^(\d{1,15}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text) ?? [];
  const ms = Math.round(Number(number) * (UNITS.find(([name]) => name === unit)?.[1] ?? NaN));
  if (ms <= MAX_DURATION_MS) return ms;
  throw illegalOption(`${option}: ${shown(text)} is no duration; expected 500ms, 1.5s, 5m, 2h or 1d, at most 3650d`);
}

/** Writes whole ms in the largest unit that leaves nothing over: `90s`, `5m`; the inverse of {@link parseDuration}. */
export function formatDuration(ms: number): string {
  for (const [unit, size] of UNITS) if (ms !== 0 && ms % size === 0) return `${ms / size}${unit}`;
  return "0s";
}
