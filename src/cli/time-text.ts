const UNITS: readonly (readonly [ms: number, unit: string])[] = [
  [24 * 3600_000, "d"],
  [3600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
];

/** A span of time in its largest unit, to two digits at least: `3 ms`, `1.5 s`, `12 min`, `3.2 d`. */
export function durationText(ms: number): string {
  const [size, unit] = UNITS.find(([least]) => Math.abs(ms) >= least) ?? [1, "ms"];
  const value = ms / size;
  return `${Math.abs(value) >= 10 || size === 1 ? Math.round(value) : Number(value.toFixed(1))} ${unit}`;
}

/** A time as people and sorting programs read it: `2026-11-21 19:30:00Z`. @param ms since 1970 */
export function timeText(ms: number): string {
  return new Date(ms)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}
