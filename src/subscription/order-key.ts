import { illegalOption, shown } from "../assert-option.ts";
import type { Delivery } from "./delivery.ts";
import type { HandlingOptions } from "./handling-options.ts";

/**
 * The key within which a delivery keeps its order; undefined for none.
 *
 * @throws XqbusError `xqbus:illegal-argument` for a key that is no text, and whatever `orderBy` throws
 */
export function keyOf<D extends Delivery>(delivery: D, orderBy: HandlingOptions<D>["orderBy"]): string | undefined {
  const key: unknown = orderBy?.(delivery);
  if (key === undefined || typeof key === "string") return key;
  throw illegalOption(`orderBy must give a text or undefined, got ${shown(key)}`);
}
