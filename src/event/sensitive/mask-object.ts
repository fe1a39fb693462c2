import { sensitivityOf } from "../../schema/index.ts";
import type { SchemaModel, Sensitivity } from "../../schema/index.ts";
import type { ExpandedName } from "../../xml/index.ts";
import { isObject, setOwn, type ContentValue, type EventContent } from "../object/event-content.ts";
import type { JsonEvent } from "../object/named-content.ts";
import { parseAttributeKey, parseName, parseTypeName } from "../object/names.ts";
import { MASK } from "./mask.ts";

/**
 * An event in its object form with a mask in place of sensitive values; everything else is the same.
 *
 * @param more paths that are sensitive whatever the schema says
 */
export function maskObject(json: JsonEvent, model: SchemaModel, more: readonly string[] | undefined): JsonEvent {
  const masked: Record<string, EventContent> = {};
  for (const [key, content] of Object.entries(json)) {
    const name = parseName(key, model.namespace);
    if (name === undefined) setOwn(masked, key, content);
    else {
      const place = sensitivityOf(model, name, actualType(content, model), more);
      setOwn(masked, key, maskProperties(content, { model, place, namespace: name.namespace }));
    }
  }
  return masked;
}

interface Surroundings {
  readonly model: SchemaModel;
  readonly place: Sensitivity;
  /** Of the element, which properties that the schema does not know are in. */
  readonly namespace: string;
}

function maskProperties(content: EventContent, around: Surroundings): EventContent {
  const masked: Record<string, ContentValue> = {};
  for (const [key, value] of Object.entries(content)) setOwn(masked, key, maskProperty(key, value, around));
  return masked;
}

function maskProperty(key: string, value: ContentValue, { model, place, namespace }: Surroundings): ContentValue {
  if (key.startsWith("@")) {
    const name = key.startsWith("@xsi:") ? undefined : parseAttributeKey(key);
    return name !== undefined && place.isSensitiveAttribute(name) ? MASK : value;
  }
  if (key === "#content" || key === "#any") {
    if (!Array.isArray(value)) return place.isSensitive ? MASK : value;
    return value.map((item: ContentValue) => {
      if (isObject(item)) return maskProperties(item, { model, place, namespace });
      return place.isSensitive ? MASK : item;
    });
  }
  if (key.startsWith("#")) return place.isSensitive && key === "#text" ? MASK : value;
  const name = place.fieldName(key) ?? parseName(key, namespace);
  if (name === undefined) return value;
  return Array.isArray(value)
    ? value.map((item: ContentValue) => maskElement(item, name, model, place))
    : maskElement(value, name, model, place);
}

function maskElement(value: ContentValue, name: ExpandedName, model: SchemaModel, parent: Sensitivity): ContentValue {
  const place = parent.child(name, isObject(value) ? actualType(value, model) : undefined);
  if (place.isSensitive) return value === null ? null : MASK;
  return isObject(value) ? maskProperties(value, { model, place, namespace: name.namespace }) : value;
}

function actualType(content: EventContent, { namespace }: SchemaModel): ExpandedName | undefined {
  const type = content["@xsi:type"];
  return typeof type === "string" ? parseTypeName(type, namespace) : undefined;
}
