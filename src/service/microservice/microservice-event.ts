import { XqbusError } from "../../errors.ts";
import { fromObject, toObject, type Event } from "../../event/index.ts";
import type { Catalog } from "../../schema/index.ts";

/** Name of the event type that carries all events of microservices. */
export const EVENT_NAME = "MicroserviceEvent";

/** What an event tells beside its type; names as in zc_events. */
export interface MicroserviceEventFields {
  readonly task_id?: string | number | null | undefined;
  readonly resource_type?: string | null | undefined;
  readonly resource_id?: string | number | null | undefined;
  readonly user_id?: string | number | null | undefined;
  /** Anything else that JSON can write; undefined is left out. */
  readonly [argument: string]: unknown;
}

/** The same as a handler gets it: ids are text, whatever the sender gave; what was not told is missing. */
export interface ReceivedEventFields {
  readonly task_id?: string;
  readonly resource_type?: string;
  readonly resource_id?: string;
  readonly user_id?: string;
  readonly [argument: string]: unknown;
}

/** An event type and what it tells. */
export interface MicroserviceEvent {
  readonly eventType: string;
  readonly fields: ReceivedEventFields;
}

/** Fields with an element of their own. */
const ELEMENTS: ReadonlyMap<string, string> = new Map([
  ["task_id", "TaskId"],
  ["resource_type", "ResourceType"],
  ["resource_id", "ResourceId"],
  ["user_id", "UserId"],
]);

interface Argument {
  readonly "@name": string;
  readonly "@type"?: string;
  readonly "#text": string;
}

/**
 * The event as XML.
 *
 * @throws XqbusError `xqbus:illegal-argument` for what is no event type or no field; `xqbus:unknown-name` when the catalog has no
 * MicroserviceEvent; `xqbus:illegal-character`
 */
export function microserviceEvent(eventType: string, fields: MicroserviceEventFields, catalog: Catalog): Event {
  if (typeof eventType !== "string" || eventType === "")
    throw illegal("the event type must be a text that is not empty");
  if (typeof fields !== "object" || fields === null) throw illegal("the fields of an event are an object");
  const told = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null);
  const content: Record<string, unknown> = { EventType: eventType };
  const others: Argument[] = [];
  for (const [name, value] of told) {
    const element = ELEMENTS.get(name);
    if (element === undefined) others.push(argumentOf(name, value));
    else content[element] = idOf(name, value);
  }
  return fromObject(EVENT_NAME, others.length === 0 ? content : { ...content, Argument: others }, catalog);
}

/** What a valid event tells. */
export function readMicroserviceEvent(event: Event, catalog: Catalog): MicroserviceEvent {
  const content = toObject(event, catalog) as Readonly<Record<string, unknown>>;
  const fields = new Map<string, unknown>();
  for (const [name, element] of ELEMENTS) if (Object.hasOwn(content, element)) fields.set(name, content[element]);
  for (const argument of (content["Argument"] ?? []) as readonly Argument[]) {
    fields.set(argument["@name"], valueOf(argument));
  }
  return { eventType: String(content["EventType"]), fields: Object.freeze(Object.fromEntries(fields)) };
}

function idOf(name: string, value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "bigint") return value.toString();
  throw illegal(`the field ${name} must be a text or a number`);
}

function argumentOf(name: string, value: unknown): Argument {
  if (typeof value === "string") return { "@name": name, "#text": value };
  const text = jsonOf(name, value);
  const type = typeof value === "number" ? "number" : typeof value === "boolean" ? "boolean" : "json";
  return { "@name": name, "@type": type, "#text": text };
}

function jsonOf(name: string, value: unknown): string {
  try {
    // Undefined for a function, whatever the typings say.
    const text: string | undefined = JSON.stringify(value);
    if (text !== undefined) return text;
  } catch (cause) {
    throw new XqbusError("xqbus:illegal-argument", `the field ${name} cannot be written as JSON`, { cause });
  }
  throw illegal(`the field ${name} cannot be written as JSON`);
}

/** What somebody calls a number and is none stays the text that it is. */
function valueOf({ "@type": type = "string", "#text": text }: Argument): unknown {
  if (type === "string") return text;
  try {
    const value: unknown = JSON.parse(text);
    return type === "json" || typeof value === type ? value : text;
  } catch {
    return text;
  }
}

function illegal(message: string): XqbusError {
  return new XqbusError("xqbus:illegal-argument", message);
}
