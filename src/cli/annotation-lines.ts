import type { EventDescription, FieldAnnotations } from "../schema/index.ts";
import type { Output } from "./io.ts";

/** The annotations of an event type, one on a line; the module stands in the title. */
export function annotationLines({ annotations = {} }: EventDescription, output: Output): readonly string[] {
  const { routingKey, type, owner, promote, orderBy, dedupeKey, retention, sensitive, deprecated } = annotations;
  const rows: readonly (readonly [label: string, value: string | readonly string[] | undefined])[] = [
    ["routing key", routingKey === undefined ? undefined : `<domain>.${routingKey}`],
    ["type", type],
    ["owner", owner],
    ["promoted", promote],
    ["ordered by", orderBy],
    ["told apart by", dedupeKey],
    ["kept for", retention],
    ["sensitive", sensitive],
  ];
  const lines = rows.flatMap(([label, value]) =>
    value === undefined ? [] : `${label}: ${typeof value === "string" ? value : value.join(", ")}`,
  );
  return deprecated === undefined ? lines : [output.style("yellow", `deprecated: ${deprecated}`), ...lines];
}

/** The marks of a field behind its type: ` [sensitive]`, ` [deprecated: use To]`; empty when it has none. */
export function fieldMarks(
  path: string,
  own: FieldAnnotations | undefined,
  { annotations = {} }: EventDescription,
): string {
  const marks = [
    ...(annotations.promote?.includes(path) === true ? ["promoted"] : []),
    ...(own?.sensitive === true || annotations.sensitive?.includes(path) === true ? ["sensitive"] : []),
    ...(own?.deprecated === undefined ? [] : [`deprecated: ${own.deprecated}`]),
  ];
  return marks.length === 0 ? "" : ` [${marks.join(", ")}]`;
}
