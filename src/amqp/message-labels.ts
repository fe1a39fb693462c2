import { createHash } from "node:crypto";
import { fieldReader, type Event } from "../event/index.ts";
import type { PropertyValue, TypeLabels } from "../filter/index.ts";
import {
  annotationsOf,
  eventPlace,
  type AnnotatedEvent,
  type Catalog,
  type EventAnnotations,
  type PromotedValue,
} from "../schema/index.ts";
import type { CloudEventKind } from "./encode-message.ts";
import type { SendOptions } from "./publisher-options.ts";

/** What a message says of its event outside of the document, where brokers see it. */
export interface MessageLabels {
  /** The routing key: `<domain>.event.<Name>`, or what the annotation `routingKey` says behind the domain. */
  readonly subject: string;
  /** The values of the fields that the annotation `orderBy` names, with a space between; a digest where they are sensitive or long. */
  readonly groupId: string | undefined;
  /** Undefined where the message says by itself what it repeats. */
  readonly cloudEvent: CloudEventKind | undefined;
  /** The fields that the annotation `promote` names, as far as the event has them. */
  readonly applicationProperties: ReadonlyMap<string, PromotedValue>;
  /** The properties of the message that it repeats. */
  readonly repeated?: ReadonlyMap<string, PropertyValue>;
}

/** What is the same in all events of a type. */
interface Kind {
  readonly annotated: AnnotatedEvent | undefined;
  readonly subject: string;
  readonly cloudEvent: CloudEventKind;
}

/** Kinds that are remembered; events that are not validated may have any name. */
const MAX_KINDS = 1_000;

/** The labels of a sender's events, as their annotations say (`docs/annotations.md`). */
export class EventLabels {
  readonly #domain: string;
  readonly #source: string;
  readonly #subject: string | undefined;
  readonly #kinds: Map<string, Kind> = new Map();

  /**
   * @param source who sends, a URI reference (CloudEvents 1.0)
   * @param subject the routing key of all events; default: each type has its own
   */
  constructor(domain: string, source: string = `/${domain}`, subject?: string) {
    this.#domain = domain;
    this.#source = source;
    this.#subject = subject;
  }

  /**
   * @param catalog has the annotations; without it there are none
   * @param options the message that is repeated has properties of its own, but for those that are given anew
   */
  of(
    event: Event,
    catalog: Catalog | undefined,
    { repeats, properties }: Pick<SendOptions, "repeats" | "properties"> = {},
  ): MessageLabels {
    const annotated = catalog && annotationsOf(catalog.model).event(event.name, event.namespace);
    const { subject, cloudEvent } = this.#kindOf(event, annotated);
    const groupId = annotated && groupIdOf(event, annotated);
    if (repeats !== undefined) {
      const repeated = withoutNames(repeats.applicationProperties, properties);
      return { subject, groupId, cloudEvent: undefined, applicationProperties: NO_PROPERTIES, repeated };
    }
    const applicationProperties = annotated === undefined ? NO_PROPERTIES : promotedOf(event, annotated);
    return { subject, groupId, cloudEvent, applicationProperties };
  }

  #kindOf(event: Event, annotated: AnnotatedEvent | undefined): Kind {
    const key = `${event.name} ${event.namespace}`;
    const known = this.#kinds.get(key);
    if (known !== undefined && known.annotated === annotated) return known;
    const kind: Kind = {
      annotated,
      subject: this.#subject ?? subjectOf(this.#domain, event.name, annotated?.annotations),
      cloudEvent: Object.freeze({
        type: annotated?.annotations.type ?? defaultType(this.#domain, event.name),
        source: this.#source,
        ...(event.namespace === "" ? {} : { dataSchema: event.namespace }),
      }),
    };
    if (this.#kinds.size >= MAX_KINDS) this.#kinds.clear();
    this.#kinds.set(key, kind);
    return kind;
  }
}

function subjectOf(
  domain: string,
  eventName: string,
  { routingKey = `event.${eventName}` }: EventAnnotations = {},
): string {
  return `${domain}.${routingKey}`;
}

function defaultType(domain: string, eventName: string): string {
  return `${domain}.event.${eventName}`;
}

/** How messages of a domain name the types of the catalog's events, for selectors: senders without catalog have no annotations. */
export function typeLabels(domain: string, catalog: Pick<Catalog, "model">): TypeLabels {
  return {
    property: "cloudEvents_type",
    prefix: defaultType(domain, ""),
    typesOf: (eventName) => {
      const type = annotationsNamed(eventName, catalog)?.type;
      return [defaultType(domain, eventName), ...(type === undefined ? [] : [type])];
    },
  };
}

/** The routing keys of events of these types, from senders with the same annotations; each once. */
export function routingKeysOf(
  domain: string,
  catalog: Pick<Catalog, "model">,
  eventNames: readonly string[],
): readonly string[] {
  return [...new Set(eventNames.map((name) => subjectOf(domain, name, annotationsNamed(name, catalog))))];
}

function annotationsNamed(eventName: string, { model }: Pick<Catalog, "model">): EventAnnotations | undefined {
  const name = eventPlace(model, eventName)?.name;
  return name && annotationsOf(model).event(name.localName, name.namespace)?.annotations;
}

/** The fields that the annotation `promote` of a type names, as far as the event has them. */
export function promotedFields(
  event: Event,
  { model }: Pick<Catalog, "model">,
): MessageLabels["applicationProperties"] {
  const annotated = annotationsOf(model).event(event.name, event.namespace);
  return annotated === undefined ? NO_PROPERTIES : promotedOf(event, annotated);
}

const NO_PROPERTIES: ReadonlyMap<string, PromotedValue> = new Map();

function promotedOf(event: Event, { promoted }: AnnotatedEvent): ReadonlyMap<string, PromotedValue> {
  if (promoted.length === 0) return NO_PROPERTIES;
  const fieldOf = fieldReader(event);
  const properties = new Map<string, PromotedValue>();
  for (const { path, property, valueOf } of promoted) {
    const isChild = !path.includes("/") && !path.startsWith("@");
    const text = isChild ? fieldOf(path) : event.get(path);
    const value = text === undefined ? undefined : valueOf(text);
    if (value !== undefined) properties.set(property, value);
  }
  return properties;
}

/** Characters of a group id at most: brokers keep one for each group. */
const MAX_GROUP_ID = 256;

/** Who sees the message sees its group id, so that of sensitive values it is a digest. */
function groupIdOf(event: Event, { annotations, isSensitive }: AnnotatedEvent): string | undefined {
  const { orderBy, sensitive = [] } = annotations;
  if (orderBy === undefined) return undefined;
  const values = orderBy.map((path) => event.get(path) ?? "").join(" ");
  const isSecret = isSensitive || orderBy.some((path) => sensitive.includes(path));
  if (!isSecret && values.length <= MAX_GROUP_ID) return values;
  return createHash("sha256").update(values).digest("base64url");
}

/** The properties of a message that is sent once more, but for those that are given anew. */
function withoutNames(
  properties: ReadonlyMap<string, PropertyValue> = new Map(),
  given: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, PropertyValue> {
  return new Map([...properties].filter(([name]) => !given.has(name)));
}

/** The properties of a message with some more of its sender's. */
export function withTexts(
  { applicationProperties }: Pick<MessageLabels, "applicationProperties">,
  texts: ReadonlyMap<string, string>,
): MessageLabels["applicationProperties"] {
  const added = [...texts].map(([name, value]) => [name, { kind: "string", value }] as const);
  return new Map([...applicationProperties, ...added]);
}
