import type { PropertyValue } from "../../../filter/index.ts";
import type { AmqpValue } from "../../protocol/codec/amqp-value.ts";

/** An application property as filters see it; undefined for a value of a type that they do not have. */
export function propertyValue(value: AmqpValue): PropertyValue | undefined {
  switch (value.type) {
    case "null":
    case "boolean":
    case "string":
    case "symbol":
    case "ulong":
    case "long":
    case "float":
    case "double":
      return value.value;
    case "ubyte":
    case "ushort":
    case "uint":
    case "byte":
    case "short":
    case "int":
      return BigInt(value.value);
    case "char":
      return String.fromCodePoint(value.value);
    case "timestamp":
      return new Date(Number(value.value));
    case "binary":
    case "uuid":
      return value.value;
    default:
      return undefined;
  }
}
