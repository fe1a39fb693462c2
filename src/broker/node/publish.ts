import type { XmlDocument } from "../../xml/index.ts";
import type { AccessControl, Right } from "../access/access-control.ts";
import { ACCEPTED } from "../protocol/nodes.ts";
import type { IncomingMessage, LinkIdentity, Outcome } from "../protocol/nodes.ts";
import type { AmqpError } from "../protocol/protocol-fault.ts";
import type { Node } from "./addresses.ts";
import type { Published } from "./hand-out.ts";
import { MessageView } from "./message/message-view.ts";
import type { NodeStore } from "./node-store.ts";
import { isTemporary } from "./temporary-address.ts";

/** A message at the door of the broker: who publishes it where, and what it says. What is costly is read when asked for. */
export interface PublishedMessage {
  readonly address: string;
  readonly kind: Node["kind"];
  /** Whether the broker made the address for a client: answers to requests go there. */
  readonly isTemporary: boolean;
  /** The name under which the publisher logged in. */
  readonly user: string;
  /** The routing key; empty without one. */
  readonly subject: string;
  readonly contentType: string | undefined;
  /** The text or the bytes of the body, which nobody changes; undefined when it is neither. */
  readonly body: string | Uint8Array | undefined;
  /** The body as XML, which filters share; undefined when it is none. */
  readonly document: XmlDocument | undefined;
}

/** What a {@link PublishHook} gives back: undefined for a message that may pass. */
export type PublishVerdict = AmqpError | undefined | void;

/**
 * Looks at every message before it is taken; what it gives back refuses the message with that error. With a promise the
 * message waits, and so do those behind it on its link.
 */
export type PublishHook = (message: PublishedMessage) => PublishVerdict | Promise<PublishVerdict>;

/** Where a message goes. */
export interface Destination {
  readonly address: string;
  readonly kind: Node["kind"];
  publish(message: MessageView): Published | Promise<Published>;
}

/** What publishers' links need of the broker; one for each link. */
export class Publishing {
  readonly store: NodeStore;
  readonly access: AccessControl;
  readonly link: LinkIdentity;
  readonly #hook: PublishHook | undefined;
  /** That of the last address: a link mostly has one. */
  #right: { readonly address: string; readonly right: Right } | undefined;
  /** Messages of the link that wait for the hook, or for one before them. */
  #waiting = 0;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: NodeStore, link: LinkIdentity, access: AccessControl, hook: PublishHook | undefined) {
    this.store = store;
    this.link = link;
    this.access = access;
    this.#hook = hook;
  }

  /** Takes one message, and says what becomes of it: at once, or in the order of the link. */
  publish({ bytes }: IncomingMessage, destination: Destination): Outcome | Promise<Outcome> {
    const message = new MessageView(bytes, this.link.connection);
    const verdict =
      this.access.refusalOfSender(this.link, message) ??
      this.#rightTo(destination.address).refusalOf(message) ??
      this.#hook?.(this.#describe(message, destination));
    if (!(verdict instanceof Promise) && this.#waiting === 0) return finish(message, destination, verdict);
    return this.#later(message, destination, verdict);
  }

  #rightTo(address: string): Right {
    if (this.#right?.address !== address) {
      this.#right = { address, right: this.access.rightOf(this.link, "publish", address) };
    }
    return this.#right.right;
  }

  /** What waits counts as memory in use. */
  #later(message: MessageView, destination: Destination, verdict: ReturnType<PublishHook>): Outcome | Promise<Outcome> {
    const { budget } = this.store.context;
    const size = message.bytes.length;
    if (!budget.reserve(size)) {
      // Its verdict is of no interest any more.
      if (verdict instanceof Promise) verdict.catch(() => undefined);
      return refused("amqp:resource-limit-exceeded", "too many messages wait to be checked (maxTotalBytes)");
    }
    message.keepBytes();
    this.#waiting++;
    const published = Promise.allSettled([verdict, this.#last]).then(([own]) => {
      this.#waiting--;
      budget.release(size);
      if (own.status === "rejected") throw own.reason;
      // The next one waits for this place in the order, not for the disk.
      return { outcome: finish(message, destination, own.value) };
    });
    this.#last = published.catch(() => undefined);
    return published.then(({ outcome }) => outcome);
  }

  #describe(message: MessageView, { address, kind }: Destination): PublishedMessage {
    return {
      ...{ address, kind, isTemporary: isTemporary(address), user: this.link.user },
      get subject() {
        return message.routingKey;
      },
      get contentType() {
        return message.properties.contentType;
      },
      get body() {
        return message.body;
      },
      get document() {
        return message.document;
      },
    };
  }
}

function finish(message: MessageView, destination: Destination, error: PublishVerdict): Outcome | Promise<Outcome> {
  if (error !== undefined) return { kind: "rejected", error };
  const published = destination.publish(message);
  return published instanceof Promise ? published.then(outcomeOf) : outcomeOf(published);
}

function outcomeOf(published: Published): Outcome {
  return published.kind === "queued" ? ACCEPTED : { kind: "rejected", error: published.error };
}

function refused(condition: string, description: string): Outcome {
  return { kind: "rejected", error: { condition, description } };
}
