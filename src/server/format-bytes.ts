const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** A size for people: `512 MiB`, `1.5 GiB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1024 && unit < UNITS.length - 1; unit++) value /= 1024;
  return `${Number(value.toFixed(value < 10 ? 1 : 0))} ${UNITS[unit] ?? ""}`;
}
