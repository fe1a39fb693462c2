import type { Located } from "../syntax/ast.ts";
import { FLOAT, STRING } from "../values/atomic-type.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import type { Analysis, Place } from "./analysis.ts";
import { atomizeAll } from "./atomize.ts";
import { kindOf, valueOfType } from "./static-types.ts";
import { atomic, type AtomicItem, type Value, type ValueKind } from "./value.ts";

/** A cast of values to an atomic type: `xs:date(x)`, `x cast as xs:date?`. Where each of them would fail, that is found. */
export function castItems(value: Value, target: SequenceType, part: Located, place: Place, analysis: Analysis): Value {
  const { item } = target;
  if (item?.kind !== "atomic") return valueOfType(target, place.live);
  const kind = kindOf(item.type);
  const sources = atomizeAll(value.items);
  const possible = sources.filter((each) => mayBecome(each, kind));
  const [first] = sources;
  if (first !== undefined) {
    analysis.findings.judge(part, possible.length > 0, () => ({
      code: "xqbus:filter-incompatible-types",
      message: `${first.origin ?? "this"} is a ${first.text?.family ?? "text"}, which cannot be cast to ${String(item.type)}`,
      at: part.at,
    }));
  }
  // Rounding to single precision may go beyond the bounds of a type; other string types normalise white space.
  const keepsText = kind === "string" ? item.type === STRING : item.type !== FLOAT;
  return { items: possible.map((each) => castItem(each, kind, keepsText)), empty: value.empty & place.live };
}

function castItem({ text, origin, events, type }: AtomicItem, kind: ValueKind, keepsText: boolean): AtomicItem {
  const isText = type === "untyped" || type === "string";
  if (!keepsText || !isText || text === undefined || !["number", "string", "untyped"].includes(kind))
    return atomic(kind, events);
  return atomic(kind, events, { text, ...(origin === undefined ? {} : { origin }) });
}

function mayBecome({ type, text }: AtomicItem, kind: ValueKind): boolean {
  const family = text?.family;
  if ((type !== "untyped" && type !== "string") || family === undefined || family === "string") return true;
  if (kind === "boolean") return family === "number";
  return kind === "other" || kind === "string" || kind === "untyped" || kind === family;
}
