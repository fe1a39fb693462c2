import type { Clock } from "../clock.ts";
import type { XqbusError } from "../errors.ts";
import type { Event } from "../event/index.ts";
import { deadLetter, type DeadLetter } from "../subscription/index.ts";
import type { DeadLetterListener } from "./dead-letter-listener.ts";
import { withRecord } from "./dead-letter-message.ts";
import type { IncomingDelivery } from "./incoming-delivery.ts";
import type { SideLinks } from "./side-links.ts";

/** Where a consumer's dead letters go. */
export interface DeadLetterOptions {
  /** What they call the consumer. */
  readonly name: string;
  readonly deadLetterTo?: string;
  readonly parkTo?: string;
  readonly onDeadLetter?: DeadLetterListener;
  readonly clock: Clock;
}

/** A message that is to be put aside, and why. */
export interface PutAside {
  readonly incoming: IncomingDelivery;
  readonly event: Event | undefined;
  readonly letter: DeadLetter;
  /** The condition of the outcome `rejected`, and its description. */
  readonly condition: string;
  readonly description: string;
  /** The broker has had it back as `rejected` too often already. */
  readonly isEndless: boolean;
}

/**
 * Puts messages aside that this consumer does not handle: into the dead letters of the broker (`rejected`), or with their record to an
 * address of the consumer's own. A copy is sent before the message itself is accepted; when it cannot be sent, the message is rejected.
 */
export class DeadLetters {
  deadLettered = 0;
  parked = 0;
  readonly #options: DeadLetterOptions;
  readonly #links: SideLinks;
  readonly #report: (error: XqbusError, event?: Event) => void;

  constructor(options: DeadLetterOptions, links: SideLinks, report: (error: XqbusError, event?: Event) => void) {
    this.#options = options;
    this.#links = links;
    this.#report = report;
  }

  /** A record of what reached no handler. */
  letterOf(
    reason: "invalid" | "unhandled",
    error: unknown,
    { id, origin, attempts }: { readonly id?: string | undefined; readonly origin: string; readonly attempts: number },
  ): DeadLetter {
    const now = this.#options.clock.now();
    return deadLetter({
      ...{ id, key: undefined, handler: this.#options.name, reason, error },
      ...{ attempts, firstAt: now, lastAt: now, origin },
    });
  }

  /** Never rejects. */
  async give(aside: PutAside): Promise<void> {
    const { incoming, event, letter, isEndless } = aside;
    const { deadLetterTo, onDeadLetter } = this.#options;
    if (incoming.isLost) return;
    if (deadLetterTo === undefined && isEndless) {
      incoming.accept();
      return;
    }
    this.deadLettered++;
    onDeadLetter?.(letter, event);
    if (deadLetterTo === undefined) incoming.reject(aside.condition, aside.description);
    else await this.#send(deadLetterTo, aside);
  }

  /** Never rejects. */
  async park(aside: PutAside): Promise<void> {
    const { parkTo } = this.#options;
    if (aside.incoming.isLost || parkTo === undefined) return;
    this.parked++;
    await this.#send(parkTo, aside);
  }

  async #send(
    address: string,
    { incoming, event, letter, condition, description, isEndless }: PutAside,
  ): Promise<void> {
    try {
      // Of one that is too large, only the beginning was kept.
      if (incoming.fault !== undefined) incoming.reject(condition, description);
      else await this.#links.send({ address }, withRecord(incoming.message, letter));
      incoming.accept();
    } catch (error) {
      if (incoming.isLost) return;
      this.#report(error as XqbusError, event);
      if (isEndless) incoming.accept();
      else incoming.reject(condition, description);
    }
  }
}
