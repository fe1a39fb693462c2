import type { Delivery, DeliverySource, Outcome } from "../../src/subscription/index.ts";
import type { VirtualClock } from "../broker/virtual-clock.ts";

/** A delivery that remembers what it was told. */
export interface ScriptedDelivery extends Delivery {
  readonly id: string;
  readonly key: string | undefined;
  /** All outcomes that it was told; exactly one in the end. */
  readonly outcomes: readonly Outcome[];
}

/** Facts of a delivery that differ from the usual. */
export interface DeliveryFacts {
  readonly key?: string;
  readonly attempts?: number;
  readonly firstAt?: number;
  readonly origin?: string;
  /** What `settle` does after it has written the outcome down. */
  readonly onSettle?: () => void | Promise<void>;
}

/** A source that has what it is given, and hands over no more than was requested. */
export class ScriptedSource implements DeliverySource<ScriptedDelivery> {
  readonly canDelay: boolean;
  readonly deliveries: ScriptedDelivery[] = [];
  /** Requested and not handed over. */
  credit = 0;
  stops = 0;
  onStart: () => void | Promise<void> = () => undefined;
  onStop: () => void | Promise<void> = () => undefined;
  #given = 0;
  #receive: ((delivery: ScriptedDelivery) => void) | undefined;

  constructor(options: { readonly canDelay?: boolean } = {}) {
    this.canDelay = options.canDelay ?? false;
  }

  start(receive: (delivery: ScriptedDelivery) => void): void | Promise<void> {
    this.#receive = receive;
    return this.onStart();
  }

  request(count: number): void {
    this.credit += count;
    this.#give();
  }

  stop(): void | Promise<void> {
    this.stops++;
    return this.onStop();
  }

  /** One more delivery, which is handed over when it may. */
  add(id: string, facts: DeliveryFacts = {}): ScriptedDelivery {
    const delivery = scriptedDelivery(id, facts);
    this.deliveries.push(delivery);
    this.#give();
    return delivery;
  }

  /** Hands one over that nobody asked for. */
  push(id: string): ScriptedDelivery {
    const delivery = scriptedDelivery(id, {});
    this.#receive?.(delivery);
    return delivery;
  }

  #give(): void {
    while (this.credit > 0 && this.#given < this.deliveries.length) {
      this.credit--;
      const delivery = this.deliveries[this.#given++];
      if (delivery !== undefined) this.#receive?.(delivery);
    }
  }
}

function scriptedDelivery(id: string, facts: DeliveryFacts): ScriptedDelivery {
  const outcomes: Outcome[] = [];
  const { key, attempts = 0, firstAt, origin, onSettle } = facts;
  const settle = (outcome: Outcome): void | Promise<void> => {
    outcomes.push(outcome);
    return onSettle?.();
  };
  return { id, key, attempts, firstAt, origin, outcomes, settle };
}

/** Lets time pass on a clock that stands still otherwise, and everything happen that is due at each moment. */
export async function pass(clock: VirtualClock, ms: number): Promise<void> {
  const end = clock.now() + ms;
  await settled();
  while (clock.ringNext(end)) await settled();
  clock.advance(end - clock.now());
}

/** Resolves when all promises that need no time have settled. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
