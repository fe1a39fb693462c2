import { string } from "../../protocol/codec/amqp-value.ts";
import { UNROUTED } from "../address-rules.ts";
import type { Published } from "../hand-out.ts";
import { MessageView } from "../message/message-view.ts";
import { withApplicationProperties } from "../message/with-annotations.ts";
import type { NodeStore } from "../node-store.ts";
import type { WaitingMessage } from "../queue/waiting-messages.ts";
import type { RepeatedMessage } from "./repeated-message.ts";
import { assertQueued, type ReplayTarget } from "./replay-target.ts";

/** A message that no subscription of its topic wanted. */
export class UnroutedMessage implements RepeatedMessage {
  /** Ms since 1970. */
  readonly arrivedAt: number;
  readonly #waiting: WaitingMessage;
  readonly #view: MessageView;

  constructor(waiting: WaitingMessage) {
    this.arrivedAt = waiting.arrivedAt;
    this.#waiting = waiting;
    this.#view = new MessageView(waiting.bytes);
  }

  get body(): Uint8Array {
    const { body = "" } = this.#view;
    return typeof body === "string" ? Buffer.from(body) : Uint8Array.from(body);
  }

  get message(): RepeatedMessage["message"] {
    return this.#view.filterMessage;
  }

  get groupId(): string | undefined {
    return this.#view.properties.groupId;
  }

  /** Whether somebody would get it. */
  isFor(target: ReplayTarget): boolean {
    return target.isFor(this.#view);
  }

  /**
   * Puts it there, and takes it away here; on disk in one step.
   *
   * @param properties application properties that it gets
   * @returns false, and then it stays, when nobody wants it; also when it has left meanwhile, or a consumer has it
   * @throws XqbusError as {@link ReplayTarget} says
   */
  async moveTo(target: ReplayTarget, properties: Readonly<Record<string, string>> = {}): Promise<boolean> {
    if (!this.isFor(target)) return false;
    const added = Object.entries(properties).map(([name, value]) => [name, string(value)] as const);
    const { bytes } = this.#waiting;
    const marked = added.length === 0 ? bytes : withApplicationProperties(bytes, Object.fromEntries(added));
    let published: Published | Promise<Published> | undefined;
    this.#waiting.takeOut((place) => {
      published = target.publish(new MessageView(marked), place);
      return published instanceof Promise || published.kind === "queued";
    });
    if (published === undefined) return false;
    assertQueued(await published);
    return true;
  }
}

/** The messages that no subscription of the topic wanted, the oldest first. */
export async function* unroutedMessages(store: NodeStore, topic: string): AsyncIterableIterator<UnroutedMessage> {
  const node = store.addresses.find(`${topic}${UNROUTED}`);
  if (node?.kind !== "queue") return;
  for await (const waiting of node.queue.allWaiting()) yield new UnroutedMessage(waiting);
}
