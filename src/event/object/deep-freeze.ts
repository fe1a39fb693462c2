import type { ContentValue } from "./event-content.ts";

/** Freezes a value with all that is in it, so that it can be shared. */
export function deepFreeze<T extends ContentValue>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  for (const each of Object.values(value)) deepFreeze(each);
  return Object.freeze(value);
}
