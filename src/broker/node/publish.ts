import { ACCEPTED } from "../protocol/nodes.ts";
import type { IncomingMessage, LinkIdentity, Outcome } from "../protocol/nodes.ts";
import type { AmqpError } from "../protocol/protocol-fault.ts";
import type { XmlDocument } from "../../xml/index.ts";
import { MessageView } from "./message/message-view.ts";
import type { NodeStore } from "./node-store.ts";
import type { Published } from "./topic/topic.ts";

/** Who publishes what where. */
export interface PublishInfo {
  readonly address: string;
  /** The name under which the publisher logged in. */
  readonly user: string;
  /** The routing key; empty without one. */
  readonly subject: string;
}

/**
 * Looks at every message before it is taken; what it gives back refuses the message with that error.
 *
 * @param document the body as XML, which filters share; undefined when it is none
 */
export type PublishHook = (document: XmlDocument | undefined, info: PublishInfo) => AmqpError | undefined | void;

/** What publishers' links need of the broker. */
export interface Publishing {
  readonly store: NodeStore;
  readonly hook: PublishHook | undefined;
  readonly link: LinkIdentity;
}

/** Takes one message, and says what becomes of it. */
export function publishMessage(
  { hook, link }: Publishing,
  address: string,
  { bytes }: IncomingMessage,
  publish: (message: MessageView) => Published,
): Outcome {
  const message = new MessageView(bytes, link.connection);
  const error = hook?.(message.document, { address, user: link.user, subject: message.routingKey });
  if (error !== undefined) return { kind: "rejected", error };
  const published = publish(message);
  if (published.kind === "queued") return ACCEPTED;
  return { kind: "rejected", error: { condition: "amqp:resource-limit-exceeded", description: published.reason } };
}
