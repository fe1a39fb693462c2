import type {
  AttributeDescription,
  ComplexTypeDescription,
  EventDescription,
  FieldAnnotations,
  FieldDescription,
  SimpleTypeDescription,
  TypeDescription,
} from "../schema/index.ts";

/** A line of the table of fields. */
export interface FieldRow {
  /** Local name, with `@` before an attribute's. */
  readonly name: string;
  /** Steps below the event element: 1 for a child element. */
  readonly depth: number;
  /** `1`, `0..1`, `1..n`. */
  readonly occurs: string;
  readonly type: string;
  /** The allowed values, where they are listed. */
  readonly values: readonly string[];
  /** The other facets: `minInclusive 0`. */
  readonly facets: readonly string[];
  readonly documentation: string;
  /** What annotations say: `promoted`, `sensitive`. */
  readonly marks: readonly string[];
  readonly deprecated?: string;
}

/** The fields of an event type from the top down; undefined stands for those that are left out because there are too many. */
export function fieldRows(event: EventDescription): readonly (FieldRow | undefined)[] {
  const rows: (FieldRow | undefined)[] = [];
  if (event.type.text !== undefined) rows.push(textRow(event.type.text));
  addRows(event.type, "", 1, event, rows);
  return rows.length > MAX_ROWS ? [...rows.slice(0, MAX_ROWS), undefined] : rows;
}

/** Lines of one table; types within types multiply. */
const MAX_ROWS = 1000;

function addRows(
  type: ComplexTypeDescription,
  parent: string,
  depth: number,
  event: EventDescription,
  rows: (FieldRow | undefined)[],
): void {
  if (rows.length > MAX_ROWS) return;
  rows.push(...type.attributes.map((attribute) => attributeRow(attribute, parent, depth, event)));
  for (const field of type.fields) {
    const path = `${parent}${field.name}`;
    rows.push(elementRow(field, path, depth, event));
    if (field.type.kind === "complex") addRows(field.type, `${path}/`, depth + 1, event, rows);
  }
}

function elementRow(field: FieldDescription, path: string, depth: number, event: EventDescription): FieldRow {
  const { name, documentation, minOccurs, maxOccurs, nillable, type, annotations } = field;
  const max = maxOccurs === "unbounded" ? "n" : String(maxOccurs);
  return {
    name,
    depth,
    occurs: String(minOccurs) === max ? max : `${minOccurs}..${max}`,
    ...typeCells(type),
    documentation,
    ...annotationCells(path, annotations, event, nillable ? ["nillable"] : []),
  };
}

function attributeRow(
  { name, documentation, required, type, annotations }: AttributeDescription,
  parent: string,
  depth: number,
  event: EventDescription,
): FieldRow {
  return {
    name: `@${name}`,
    depth,
    occurs: required ? "1" : "0..1",
    ...typeCells(type),
    documentation,
    ...annotationCells(`${parent}@${name}`, annotations, event, []),
  };
}

function textRow(type: SimpleTypeDescription): FieldRow {
  return { name: "text", depth: 1, occurs: "1", ...typeCells(type), documentation: "", marks: [] };
}

function annotationCells(
  path: string,
  own: FieldAnnotations | undefined,
  { annotations = {} }: EventDescription,
  others: readonly string[],
): Pick<FieldRow, "marks" | "deprecated"> {
  const lists = [
    ["promoted", annotations.promote],
    ["sensitive", annotations.sensitive],
    ["ordered by", annotations.orderBy],
    ["dedupe key", annotations.dedupeKey],
  ] as const;
  const named = lists.filter(([, paths]) => paths?.includes(path) === true).map(([mark]) => mark);
  const sensitive = own?.sensitive === true && !named.includes("sensitive") ? ["sensitive"] : [];
  return {
    marks: [...others, ...named, ...sensitive],
    ...(own?.deprecated === undefined ? {} : { deprecated: own.deprecated }),
  };
}

function typeCells(type: TypeDescription): Pick<FieldRow, "type" | "values" | "facets"> {
  if (type.kind === "simple") return simpleCells(type);
  if (type.recursive === true) return { type: `${type.name ?? "the type"} again, as above`, values: [], facets: [] };
  const text = type.text === undefined ? undefined : simpleCells(type.text);
  const content = type.mixed ? `${type.content}, mixed with text` : type.content;
  return text ?? { type: content, values: [], facets: [] };
}

function simpleCells(type: SimpleTypeDescription): Pick<FieldRow, "type" | "values" | "facets"> {
  const { base, list, enumeration = [], facets, item, members } = type;
  const one = members === undefined ? base : members.map((member) => member.base).join(" or ");
  const own = Object.entries(facets).map(([facet, value]) => `${facet} ${value}`);
  const ofItem = item === undefined ? undefined : simpleCells(item);
  return {
    type: list ? `list of ${one}` : one,
    values: enumeration.length > 0 ? enumeration : (ofItem?.values ?? []),
    facets: [...own, ...(ofItem?.facets ?? []).map((facet) => `each: ${facet}`)],
  };
}
