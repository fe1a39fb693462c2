import type { DocumentedEvent } from "./documented-event.ts";

/** A value of JSON that is written in one go. */
type Json = string | number | boolean | readonly Json[] | { readonly [key: string]: Json };

/**
 * The document of AsyncAPI 3.0.0: a channel for each routing key, a message for each event type. The payloads are XSD files, which is
 * what the Multi Format Schema Object is for: `schemaFormat` names the format, and a relative reference the file. There are no
 * operations, for these belong to one application, and the document is about the bus.
 */
export function asyncApi(events: readonly DocumentedEvent[], schemaOf: (file: string) => string): Json {
  const channels = new Map<string, DocumentedEvent[]>();
  for (const event of events) channels.set(event.routingKey, [...(channels.get(event.routingKey) ?? []), event]);
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Event types",
      version: "1.0.0",
      description:
        "Events in XML over AMQP 1.0. The XSD files are the event types; this document is written from them.",
    },
    defaultContentType: CONTENT_TYPE,
    channels: Object.fromEntries([...channels.values()].flatMap(channelOf)),
    components: {
      messages: Object.fromEntries(events.map((event) => [event.id, messageOf(event, schemaOf)])),
      parameters: { domain: DOMAIN },
    },
  };
}

const CONTENT_TYPE = "application/xml";

const DOMAIN: Json = {
  description: "The domain that the sender and its consumers share, the path of the bus URL.",
  examples: ["org.clacks"],
};

/** The channel of a routing key has the name of the first event type in it. */
function channelOf(events: readonly DocumentedEvent[]): readonly (readonly [id: string, channel: Json])[] {
  const [first] = events;
  if (first === undefined) return [];
  const messages = events.map(({ id }) => [id, { $ref: `#/components/messages/${id}` }] as const);
  const channel = {
    address: `{domain}.${first.routingKey}`,
    description: "The subject of the messages; the address of the topic is the domain.",
    messages: Object.fromEntries(messages),
    parameters: { domain: { $ref: "#/components/parameters/domain" } },
  };
  return [[first.id, channel]];
}

function messageOf(event: DocumentedEvent, schemaOf: (file: string) => string): Json {
  const { name, namespace, documentation, module, file, annotations = {} } = event.description;
  const { sample, properties } = event;
  const { deprecated } = annotations;
  const headers = properties.map(({ property, path }) => [property, { description: `The field ${path}.` }] as const);
  return {
    name,
    title: name,
    contentType: CONTENT_TYPE,
    ...(documentation === "" ? {} : { description: commonMark(documentation) }),
    ...(headers.length === 0 ? {} : { headers: { type: "object", properties: Object.fromEntries(headers) } }),
    payload: { schemaFormat: CONTENT_TYPE, schema: { $ref: `./${schemaOf(file)}` } },
    ...(module === undefined ? {} : { tags: [{ name: module }] }),
    ...(deprecated === undefined ? {} : { deprecated: true }),
    ...("reason" in sample ? {} : { examples: [{ name: "sample", payload: sample.xml }] }),
    "x-xqbus": { element: name, namespace, annotations: { ...annotations } },
  };
}

/** A description is CommonMark: what would be a tag or a link there stays text. */
function commonMark(text: string): string {
  return text
    .replaceAll("\\", "\\\\")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(/[[\]!`]/g, "\\$&");
}
