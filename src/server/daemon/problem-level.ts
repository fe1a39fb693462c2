import type { LogLevel } from "../log/index.ts";

/** Codes of what is put right without anybody, or is only worth a look. */
const WARNINGS: ReadonlySet<string> = new Set([
  "xqbus:leftover-events",
  "xqbus:repeated-delivery",
  "xqbus:shared-service",
  "xqbus:unchecked-domain",
]);

/** How a problem of a part that takes events from the bus is logged. */
export function problemLevel(code: string): LogLevel {
  return WARNINGS.has(code) ? "warn" : "error";
}
