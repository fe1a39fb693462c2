import { XqbusError } from "../../../errors.ts";
import type { AmqpValue } from "../../protocol/codec/amqp-value.ts";
import { propertyValue } from "../message/property-value.ts";
import type { Condition } from "./link-filters.ts";

const MODE = "x-match";

/**
 * A headers binding (AMQP 0-9-1, section 3.1.3.4): names and values of application properties, of which `x-match` wants `all`
 * (the default) or `any`. A null value asks only whether the property is there.
 *
 * @throws XqbusError `xqbus:illegal-argument`
 */
export function headersCondition(value: AmqpValue): Condition {
  if (value.type !== "map") throw invalid(`its value is of type ${value.type}; expected a map`);
  const wanted = new Map(
    value.value.flatMap(([{ value: name }, item]) => (typeof name === "string" ? [[name, item] as const] : [])),
  );
  const mode = wanted.get(MODE)?.value ?? "all";
  if (mode !== "all" && mode !== "any") throw invalid(`${MODE} is neither all nor any`);
  const headers = [...wanted].filter(([name]) => !name.startsWith("x-"));
  return ({ applicationProperties }) => {
    const holds = ([name, item]: readonly [string, AmqpValue]): boolean =>
      isEqual(applicationProperties.get(name), item);
    return mode === "all" ? headers.every(holds) : headers.some(holds);
  };
}

function isEqual(found: AmqpValue | undefined, wanted: AmqpValue): boolean {
  if (found === undefined) return false;
  if (wanted.type === "null") return true;
  const [a, b] = [propertyValue(found), propertyValue(wanted)];
  // A client's number may be of another type than the publisher's.
  if ((typeof a === "number" || typeof a === "bigint") && (typeof b === "number" || typeof b === "bigint")) {
    return Number(a) === Number(b);
  }
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return a !== undefined && a === b;
}

function invalid(reason: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", reason);
}
