import { messageOf, XqbusError } from "../../errors.ts";
import { DEFAULT_XML_LIMITS } from "../../xml/index.ts";
import type { Event } from "../event.ts";
import { isPlainObject, kindOf } from "../place.ts";
import { fromObject } from "./from-object.ts";
import type { FromObjectOptions } from "./from-object.ts";
import { modelOf } from "./model-source.ts";
import type { ModelSource } from "./model-source.ts";
import { namedContent } from "./named-content.ts";
import type { JsonEvent } from "./named-content.ts";
import { toObject } from "./to-object.ts";

/**
 * An event as an object for `JSON.stringify`; `docs/json.md` is the mapping. `JSON.stringify(event)` uses it, too.
 *
 * The property has the event's local name, or `Q{namespace}name` when the event is not in the catalog's namespace.
 *
 * @param source the catalog, or its model; by default that of the default directories
 * @throws what `toObject` throws
 */
export function toJson(event: Event, source?: ModelSource): JsonEvent {
  return namedContent(event, toObject(event, source), modelOf(source).namespace);
}

/**
 * Makes an event of what {@link toJson} gives, or of a record with the properties `name` and `content` such as
 * `xqbus listen --format json` prints; other properties of a record are not looked at.
 *
 * @param json JSON text, or the object that was read from it. A text may be four times as long as an event
 * @throws XqbusError `xqbus:invalid-event` when it is no JSON or no event, `xqbus:limit-exceeded` when it is too long
 * @throws what `fromObject` throws
 */
export function fromJson(json: string | object, source?: ModelSource, options: FromObjectOptions = {}): Event {
  const value = typeof json === "string" ? parseJson(json, options) : json;
  const [name, content] = nameAndContent(value);
  // fromObject refuses what is no object with its path.
  return fromObject(eventName(name), content as object, source, options);
}

/** The event type that `Q{namespace}name` is: JSON says namespaces of all names in this way, catalogs without the `Q`. */
function eventName(name: string): string {
  return name.startsWith("Q{") ? name.slice(1) : name;
}

/** Escapes and names make a JSON text longer than the XML that it stands for. */
const TEXT_FACTOR = 4;

function parseJson(text: string, { limits }: FromObjectOptions): unknown {
  const maxLength = TEXT_FACTOR * (limits?.maxBytes ?? DEFAULT_XML_LIMITS.maxBytes);
  if (text.length > maxLength) {
    throw new XqbusError("xqbus:limit-exceeded", `the JSON text is longer than ${maxLength} UTF-16 code units`);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new XqbusError("xqbus:invalid-event", `the text is not JSON: ${reason}`, { cause });
  }
}

function nameAndContent(value: unknown): readonly [name: string, content: unknown] {
  if (!isPlainObject(value)) throw noEvent(kindOf(value));
  if (Object.hasOwn(value, "content") && typeof value["name"] === "string") return [value["name"], value["content"]];
  const [property, ...others] = Object.entries(value);
  if (property !== undefined && others.length === 0) return property;
  throw noEvent(property === undefined ? "an empty object" : `an object with ${others.length + 1} properties`);
}

function noEvent(found: string): XqbusError {
  return new XqbusError(
    "xqbus:invalid-event",
    `the JSON is ${found}; expected an object with one event, { "PhoneStatus": { … } }, ` +
      'or a record { "name": "PhoneStatus", "content": { … } }',
  );
}
