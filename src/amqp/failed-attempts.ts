import { createHash } from "node:crypto";
import { bytesOf } from "../event/index.ts";
import type { EventDelivery } from "./event-delivery.ts";

/** Events whose failures are remembered; beyond it the oldest is forgotten and counts by the broker's word alone. */
const MAX_EVENTS = 10_000;

/**
 * How often each event has failed in this consumer. Brokers count too, but RabbitMQ does not tell, and Artemis leaves out
 * the deliveries of a lost connection.
 */
export class FailedAttempts {
  readonly #failures: Map<string, number> = new Map();

  /** Counts one more failure; returns how many deliveries of the event have failed, by our count or the broker's. */
  record({ event, properties }: EventDelivery): number {
    const key = properties.messageId ?? createHash("sha256").update(bytesOf(event)).digest("base64");
    const failures = Math.max(properties.deliveryCount, this.#failures.get(key) ?? 0) + 1;
    this.#failures.delete(key);
    this.#failures.set(key, failures);
    if (this.#failures.size > MAX_EVENTS) {
      for (const oldest of this.#failures.keys()) {
        this.#failures.delete(oldest);
        break;
      }
    }
    return failures;
  }
}
