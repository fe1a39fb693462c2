import type { OutgoingMessage } from "./nodes.ts";
import type { OutgoingLink } from "./outgoing-link.ts";
import { advance, distance } from "./serial-number.ts";

/** A delivery whose consumer has not said what became of it. */
export interface UnsettledDelivery {
  readonly id: number;
  readonly link: OutgoingLink;
  readonly message: OutgoingMessage;
}

/** The deliveries of one session that wait for their outcome, oldest first. */
export class UnsettledDeliveries {
  readonly #byId = new Map<number, UnsettledDelivery>();

  get size(): number {
    return this.#byId.size;
  }

  add(delivery: UnsettledDelivery): void {
    this.#byId.set(delivery.id, delivery);
  }

  /** Takes a delivery out; undefined when it is not there. */
  take(id: number): UnsettledDelivery | undefined {
    const delivery = this.#byId.get(id);
    if (delivery !== undefined) this.#byId.delete(id);
    return delivery;
  }

  /**
   * Takes the deliveries from `first` to `last` out. The range comes from a client and may be all ids that there are, so
   * the work is bounded by what is unsettled.
   */
  takeRange(first: number, last: number): readonly UnsettledDelivery[] {
    const width = distance(last, first);
    if (width < 0) return [];
    if (width >= this.#byId.size) {
      return [...this.#byId.values()]
        .filter(({ id }) => distance(id, first) >= 0 && distance(id, last) <= 0)
        .flatMap(({ id }) => this.take(id) ?? []);
    }
    const taken: UnsettledDelivery[] = [];
    for (let i = 0, id = first; i <= width; i++, id = advance(id)) {
      const delivery = this.take(id);
      if (delivery !== undefined) taken.push(delivery);
    }
    return taken;
  }

  /** Forgets the deliveries of a link; the source has its messages back. */
  dropLink(link: OutgoingLink): void {
    for (const delivery of this.#byId.values()) if (delivery.link === link) this.#byId.delete(delivery.id);
  }
}
