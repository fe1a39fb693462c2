import { createHash } from "node:crypto";
import { XqbusError } from "../../../errors.ts";
import { DEAD_LETTER } from "../address-rules.ts";
import { full } from "../hand-out.ts";
import type { Published } from "../hand-out.ts";
import { MessageView } from "../message/message-view.ts";
import { withAnnotations } from "../message/with-annotations.ts";
import type { NodeStore } from "../node-store.ts";
import type { QueueNode } from "../queue-node.ts";
import type { Queue } from "../queue/queue.ts";
import { PLAIN_ARRIVAL } from "../queue/queue.ts";
import type { WaitingMessage } from "../queue/waiting-messages.ts";
import { DEAD_LETTERS_PER_MS, readAnnotations, redriveAnnotations } from "./annotations.ts";
import { readSubscriptionName } from "./subscription-name.ts";
import type { SubscriptionName } from "./subscription-name.ts";

/** A message that a queue or a subscription has given up, and what can be done with it. Times are ms since 1970. */
export class BrokerDeadLetter {
  /** Digits; it stays the same over restarts, and no other dead letter ever has it. */
  readonly id: string;
  /** Address of the queue, or of the subscription's topic. */
  readonly origin: string;
  /** Undefined: a queue has given it up, or it is not known who has. */
  readonly subscription: SubscriptionName | undefined;
  /** `delivery-attempts`, `rejected`, `expired`, …; `unknown` for what a client has put there itself. */
  readonly reason: string;
  /** What the consumer said. */
  readonly description: string | undefined;
  /** Attempts that failed. */
  readonly attempts: number;
  readonly at: number;
  /** How often it was redriven before. */
  readonly redrives: number;
  readonly messageId: string | undefined;
  readonly subject: string | undefined;
  /** Bytes of the message. */
  readonly size: number;
  readonly #store: NodeStore;
  readonly #waiting: WaitingMessage;
  readonly #view: MessageView;

  constructor(store: NodeStore, origin: string, waiting: WaitingMessage) {
    const view = new MessageView(waiting.bytes);
    const { id, reason, subscription, description, at, failures, redrives } = readAnnotations(view.annotations);
    this.#store = store;
    this.#waiting = waiting;
    this.#view = view;
    this.id = id ?? numberOf(waiting).toString();
    this.origin = origin;
    this.subscription = readSubscriptionName(subscription);
    this.reason = reason ?? "unknown";
    this.description = description;
    this.attempts = failures;
    this.at = at ?? waiting.arrivedAt;
    this.redrives = redrives;
    this.messageId = view.properties.messageId;
    this.subject = view.properties.subject;
    this.size = waiting.bytes.length;
  }

  /** The text or the bytes of the body; undefined when it is neither. */
  get body(): Uint8Array | undefined {
    const { body } = this.#view;
    return typeof body === "string" ? Buffer.from(body) : body && Uint8Array.from(body);
  }

  /**
   * Puts the message behind those that wait in the queue, or in the one subscription, that has given it up. On disk both change
   * places in one step. Attempts are counted anew, annotation `x-opt-redrives` says how often this was done, and no time to live
   * ends it: what has expired would be back at once.
   *
   * @returns false when it is no dead letter any more, or a consumer of dead letters has it
   * @throws XqbusError, and then it stays where it is: `amqp:not-found` when there is no such subscription any more,
   *   `amqp:unauthorized-access` when the subscription's filters or its user's rights do not allow the message any more,
   *   `amqp:resource-limit-exceeded` when there is no room
   */
  async redrive(): Promise<boolean> {
    const target = this.#target();
    const { bytes, annotations, header } = this.#view;
    const redriven = withAnnotations(bytes, redriveAnnotations(annotations));
    let published: Published | Promise<Published> | undefined;
    this.#waiting.takeOut((place) => {
      const kept = this.#store.keep(target, redriven, { ...PLAIN_ARRIVAL, priority: header.priority }, place);
      published = kept ?? full(`${target.queue.name} has no room for it`);
      return kept !== undefined;
    });
    if ("kind" in target) this.#store.addresses.removeIdle(target);
    const result = await published;
    if (result?.kind === "refused") throw new XqbusError(result.error.condition, result.error.description);
    return result !== undefined;
  }

  /** Looks whether there is somebody to go back to; changes nothing. @throws XqbusError as {@link redrive}, but for room */
  assertTarget(): void {
    const target = this.#target();
    if ("kind" in target) this.#store.addresses.removeIdle(target);
  }

  /** @returns false when it is no dead letter any more, or a consumer of dead letters has it */
  delete(): boolean {
    return this.#waiting.takeOut((place) => {
      if (place !== undefined) this.#store.context.store?.remove(place);
      return true;
    });
  }

  #target(): QueueNode | { readonly queue: Queue } {
    const { addresses } = this.#store;
    const node = addresses.find(this.origin);
    if (this.subscription !== undefined) {
      const found = node?.kind === "topic" ? node.subscription(this.subscription.key) : undefined;
      if (found === undefined) {
        throw new XqbusError("amqp:not-found", `there is no ${this.subscription.label} any more`);
      }
      if (!found.filters.conditions.every((holds) => holds(this.#view))) {
        throw new XqbusError(
          "amqp:unauthorized-access",
          `the ${this.subscription.label} may not receive the message any more, or its filters are others now`,
        );
      }
      return found;
    }
    const queue = node ?? this.#store.nodeFor(this.origin, "queue");
    if ("condition" in queue) throw new XqbusError(queue.condition, queue.description);
    if (queue.kind === "queue") return queue;
    throw new XqbusError("amqp:not-found", `it is not known which subscription of ${this.origin} has given it up`);
  }
}

/** The dead letters of all queues and subscriptions at this time, with the oldest first. */
export async function* brokerDeadLetters(store: NodeStore): AsyncIterableIterator<BrokerDeadLetter> {
  const nodes = [...store.addresses].filter((node) => node.kind === "queue" && node.address.endsWith(DEAD_LETTER));
  const heads = nodes.flatMap((node) => (node.kind === "queue" ? [new DeadLetterReader(store, node)] : []));
  for (const head of heads) await head.read();
  for (;;) {
    let oldest: DeadLetterReader | undefined;
    for (const head of heads) if (head.number < (oldest?.number ?? Infinity)) oldest = head;
    if (oldest?.letter === undefined) return;
    const { letter } = oldest;
    await oldest.read();
    yield letter;
  }
}

/** Reads one queue of dead letters. */
class DeadLetterReader {
  readonly #store: NodeStore;
  readonly #origin: string;
  readonly #messages: AsyncIterableIterator<WaitingMessage>;
  letter: BrokerDeadLetter | undefined;

  constructor(store: NodeStore, { address, queue }: QueueNode) {
    this.#store = store;
    this.#origin = address.slice(0, -DEAD_LETTER.length);
    this.#messages = queue.allWaiting();
  }

  /** Of the letter at hand; without one infinite. */
  get number(): number {
    return this.letter === undefined ? Infinity : Number(this.letter.id);
  }

  async read(): Promise<void> {
    const next = await this.#messages.next();
    this.letter = next.done === true ? undefined : new BrokerDeadLetter(this.#store, this.#origin, next.value);
  }
}

/** The number of what was put there by a client or an earlier release: always the same, and in the order of arrival. */
function numberOf({ bytes, arrivedAt }: WaitingMessage): number {
  const digest = createHash("sha256").update(bytes).digest();
  return arrivedAt * DEAD_LETTERS_PER_MS + (digest.readUInt32BE(0) % DEAD_LETTERS_PER_MS);
}
