import { Buffer } from "node:buffer";
import { invariant } from "../../errors.ts";
import { getEvent, shapesOf } from "../../schema/index.ts";
import { internName, resolveXmlLimits } from "../../xml/index.ts";
import type { XmlLimits } from "../../xml/index.ts";
import { ENVELOPE } from "../envelope.ts";
import { Event } from "../event.ts";
import { ContentPath } from "./content-path.ts";
import { EventContentError } from "./event-content-error.ts";
import { modelOf } from "./model-source.ts";
import type { ModelSource } from "./model-source.ts";
import { ObjectWriter } from "./object-writer.ts";
import { plainTags } from "./start-tag.ts";

/** Options of {@link fromObject} and {@link fromJson}. */
export interface FromObjectOptions {
  /** Bounds on the event; default: those of a document that is read (`DEFAULT_XML_LIMITS` of the folder xml). */
  readonly limits?: Partial<Pick<XmlLimits, "maxBytes" | "maxDepth">>;
}

/**
 * Makes an event of its content as a plain object, the inverse of `toObject`; `docs/json.md` is the mapping.
 *
 * Properties may come in any order; elements are written in the order of the schema. Names and kinds of values are checked
 * here; what is missing, and whether values are in their range, validation tells.
 *
 * @param name the type of the event: the local name of the event element, or `{namespace}name`
 * @param content `undefined` leaves a property out
 * @param source the catalog, or its model; by default that of the default directories
 * @throws UnknownNameError `xqbus:unknown-name` when the catalog has no such event type
 * @throws EventContentError with the path of the value: `xqbus:illegal-content`, `xqbus:unknown-name` (with the name that was
 *   probably meant), `xqbus:limit-exceeded`
 * @throws XqbusError `xqbus:illegal-character` for a text that XML cannot hold
 */
export function fromObject(
  name: string,
  content: object,
  source?: ModelSource,
  options: FromObjectOptions = {},
): Event {
  const model = modelOf(source);
  const { name: element } = getEvent(model, name);
  const shape = shapesOf(model).element(element);
  invariant(shape !== undefined, `the event type ${name} has no shape`);
  const path = new ContentPath(undefined, name, content);
  const limits = resolveXmlLimits(options.limits);
  const envelope = plainTags(internName(model.namespace, ENVELOPE), "");
  const writer = new ObjectWriter(model, limits);
  const markup = writer.writeEvent({ declared: shape, name: element, path }, envelope.defaultNamespace);
  const text = `${envelope.start}>${markup}${envelope.end}`;
  if (Buffer.byteLength(text) > limits.maxBytes) throw tooLarge(path, limits.maxBytes);
  return Event.ofMarkup(text, element.localName, element.namespace, source);
}

function tooLarge(path: ContentPath, maxBytes: number): EventContentError {
  return new EventContentError("xqbus:limit-exceeded", path, `makes an event of more than ${maxBytes} bytes`);
}
