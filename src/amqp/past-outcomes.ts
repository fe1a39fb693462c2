import { createHash } from "node:crypto";
import { bytesOf, type Event } from "../event/index.ts";
import type { MessageProperties } from "./message.ts";

/** What this consumer has said of an event that the broker may deliver again. */
export interface PastOutcome {
  /** Attempts that failed, as far as they are known here. */
  readonly attempts: number;
  /** When the first of them began, ms since 1970. */
  readonly firstAt: number;
  /** It was rejected; a broker that delivers it again has no place for dead letters, or counts to a number of its own first. */
  readonly isRejected: boolean;
}

/** Events that are remembered; beyond it the oldest is forgotten and counts by the broker's word alone. */
const MAX_EVENTS = 10_000;

/**
 * The outcomes other than `accepted` that this consumer has given. Brokers count failed deliveries too, but RabbitMQ does not tell,
 * Artemis leaves out those of a lost connection, and none says when the first one was.
 */
export class PastOutcomes {
  readonly #known: Map<string, PastOutcome> = new Map();

  /** What is known of an event. */
  of(event: Event, properties: MessageProperties): PastOutcome | undefined {
    if (this.#known.size === 0) return undefined;
    const key = keyOf(event, properties);
    const past = this.#known.get(key);
    if (past?.isRejected !== true || properties.deliveryCount > 0) return past;
    // Not a repetition: somebody has taken it out of the dead letters to have it handled.
    this.#known.delete(key);
    return undefined;
  }

  remember(event: Event, properties: MessageProperties, { attempts, firstAt, isRejected }: PastOutcome): void {
    const key = keyOf(event, properties);
    this.#known.delete(key);
    this.#known.set(key, { attempts, firstAt, isRejected });
    if (this.#known.size <= MAX_EVENTS) return;
    for (const oldest of this.#known.keys()) {
      this.#known.delete(oldest);
      break;
    }
  }

  forget(event: Event, properties: MessageProperties): void {
    if (this.#known.size > 0) this.#known.delete(keyOf(event, properties));
  }
}

function keyOf(event: Event, { messageId }: MessageProperties): string {
  return messageId ?? createHash("sha256").update(bytesOf(event)).digest("base64");
}
