import type { Clock } from "../../clock.ts";
import type { Departure, ExpiryPolicy, LinkEnds, SourceRequest } from "../../protocol/nodes.ts";

/** How long a subscription stays without a link, and from when on that is counted. */
export interface ExpiryRule {
  readonly policy: ExpiryPolicy;
  readonly timeoutSeconds: number;
}

/**
 * Whether a subscription stays when its link is detached. One with the default policy (session-end) and no time-out does not, although
 * its session may go on: clients that detach and mean close would leave queues that fill up.
 */
export function isKept({ expiryPolicy, timeoutSeconds }: SourceRequest): boolean {
  return expiryPolicy === "never" || expiryPolicy === "connection-close" || timeoutSeconds > 0;
}

/** Ends a subscription in its time (AMQP 1.0, part 3.5.6): the time-out runs from the end that the policy names. */
export class SubscriptionExpiry {
  readonly rule: ExpiryRule;
  readonly #clock: Clock;
  readonly #expire: () => void;
  #cancel: () => void = () => {};

  constructor(rule: ExpiryRule, clock: Clock, expire: () => void) {
    this.rule = rule;
    this.#clock = clock;
    this.#expire = expire;
  }

  /** A link is attached, or the subscription has ended. */
  stop(): void {
    this.#cancel();
    this.#cancel = () => {};
  }

  /** The last link has gone. */
  left(why: Departure, ends: LinkEnds): void {
    this.stop();
    switch (this.rule.policy) {
      case "never":
        return;
      case "link-detach":
        return this.#start();
      case "session-end":
        if (why === "session-end" || why === "connection-close") return this.#start();
        this.#cancel = ends.onSessionEnd(() => this.#start());
        return;
      case "connection-close":
        if (why === "connection-close") return this.#start();
        this.#cancel = ends.onConnectionEnd(() => this.#start());
    }
  }

  #start(): void {
    const { timeoutSeconds } = this.rule;
    if (timeoutSeconds === 0) this.#expire();
    else this.#cancel = this.#clock.at(this.#clock.now() + timeoutSeconds * 1000, this.#expire);
  }
}
