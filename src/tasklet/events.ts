import { assertInteger } from "../assert-option.ts";
import type { EventPublisher, SendOptions } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import { Event, parseTags, type TagLimits } from "../event/index.ts";
import { escapeAttribute, escapeText } from "../xml/index.ts";

/** How `events.publish` sends. */
export interface PublishOptions extends Omit<SendOptions, "subject"> {
  /** Bounds on the tag string. */
  readonly tags?: TagLimits;
}

/** Publishes events that are a routing key and a tag string, as PyLabs does. */
export interface Events {
  /**
   * Sends a TagEvent; resolves when the broker has accepted it.
   *
   * @param routingKey words with dots between: `pylabs.event.sampleapp.email`
   * @param tagString lines of labels and tags, see `parseTags`
   * @throws XqbusError `xqbus:illegal-argument`, `xqbus:limit-exceeded`; what `EventPublisher.sendEvent` throws
   */
  publish(routingKey: string, tagString: string, options?: PublishOptions): Promise<void>;
}

/** Makes `events.publish` of a publisher. */
export function eventsOf(publisher: Pick<EventPublisher, "sendEvent">): Events {
  return Object.freeze({
    publish: async (routingKey: string, tagString: string, options: PublishOptions = {}) => {
      const { tags, ...send } = options;
      assertRoutingKey(routingKey);
      await publisher.sendEvent(tagEvent(tagString, tags), { ...send, subject: routingKey });
    },
  });
}

const MAX_KEY_BYTES = 255;

/** @throws XqbusError `xqbus:illegal-argument` unless it is words with dots between */
export function assertRoutingKey(key: unknown): asserts key is string {
  if (typeof key !== "string") throw new XqbusError("xqbus:illegal-argument", "a routing key must be a text");
  assertInteger(Buffer.byteLength(key), "the number of bytes of a routing key", 1, MAX_KEY_BYTES);
  const wrong = key.split(".").find((word) => !/^[^\s*#\p{Cc}]+$/u.test(word));
  if (wrong === undefined) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `a routing key must be words with dots between them, without wildcards and blanks; ${JSON.stringify(wrong)} is none`,
  );
}

const NAMESPACE = "http://www.gonicus.de/Events";

/**
 * The event of a tag string: the text as it is, and its lines.
 *
 * @throws XqbusError `xqbus:limit-exceeded`, `xqbus:illegal-character`
 */
export function tagEvent(tagString: string, limits: TagLimits = {}): Event {
  const lines = parseTags(tagString, limits).map(({ labels, tags }) =>
    [
      "<Line>",
      ...labels.map((label) => `<Label>${escapeText(label)}</Label>`),
      ...tags.map(({ name, value }) => `<Tag name="${escapeAttribute(name)}">${escapeText(value)}</Tag>`),
      "</Line>",
    ].join(""),
  );
  return Event.parse(
    `<Event xmlns="${NAMESPACE}"><TagEvent><Text>${escapeText(tagString)}</Text>${lines.join("")}</TagEvent></Event>`,
  );
}
