import { nearestName } from "../../schema/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import type { QueryLanguage } from "../syntax/ast.ts";
import { DATE_TIME, INTEGER, STRING, type AtomicType } from "../values/atomic-type.ts";
import { QueryError } from "../values/query-error.ts";
import type { SequenceType } from "../values/sequence-type.ts";
import { MESSAGE_NAMESPACE, type FilterMessage } from "./filter-message.ts";

/** A property that every message may have, and what a filter calls it. */
export interface MessageField {
  readonly field: Exclude<keyof FilterMessage, "applicationProperties">;
  readonly type: AtomicType;
}

/** By local name in {@link MESSAGE_NAMESPACE}. */
export const MESSAGE_FIELDS: ReadonlyMap<string, MessageField> = new Map<string, MessageField>([
  ["id", { field: "id", type: STRING }],
  ["subject", { field: "subject", type: STRING }],
  ["creation-time", { field: "creationTime", type: DATE_TIME }],
  ["correlation-id", { field: "correlationId", type: STRING }],
  ["content-type", { field: "contentType", type: STRING }],
  ["user-id", { field: "userId", type: STRING }],
  ["delivery-count", { field: "deliveryCount", type: INTEGER }],
]);

/** One value of any type: an application property, which a message must have where nothing says what else it is. */
const PROPERTY: SequenceType = { item: { kind: "item" }, occurrence: "" };

/**
 * The type of a variable that a filter may use without declaring it: those of the message, and in XPath, which has no declarations,
 * application properties.
 */
export function undeclaredVariable(name: ExpandedName, language: QueryLanguage): SequenceType | undefined {
  if (name.namespace === "") return language === "xquery" ? undefined : PROPERTY;
  const field = name.namespace === MESSAGE_NAMESPACE ? MESSAGE_FIELDS.get(name.localName) : undefined;
  return field === undefined ? undefined : { item: { kind: "atomic", type: field.type }, occurrence: "?" };
}

/**
 * Refuses a declared external variable that no message can give a value.
 *
 * @throws QueryError XPST0008 with what would be right
 */
export function checkExternal({ namespace, localName }: ExpandedName, at: number): void {
  if (namespace === "" || (namespace === MESSAGE_NAMESPACE && MESSAGE_FIELDS.has(localName))) return;
  if (namespace !== MESSAGE_NAMESPACE) {
    const expected = `application properties are in no namespace, other properties in ${MESSAGE_NAMESPACE}`;
    throw new QueryError("XPST0008", `no message gives the external variable ${localName} a value: ${expected}`, at);
  }
  const names = [...MESSAGE_FIELDS.keys()];
  const near = nearestName(localName, names);
  const hint = near === undefined ? "" : ` (did you mean "${near}"?)`;
  throw new QueryError(
    "XPST0008",
    `a message has no property ${localName}; expected one of ${names.join(", ")}${hint}`,
    at,
  );
}
