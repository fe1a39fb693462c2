import type { OutgoingMessage } from "./nodes.ts";
import type { OutgoingLink } from "./outgoing-link.ts";
import { SessionFault } from "./protocol-fault.ts";
import { advance, distance } from "./serial-number.ts";

/**
 * Look-ups in vain that a client may cause. Late dispositions of a link that has gone are honest; millions of them are there
 * to keep the broker busy. Each delivery that is found pays for some.
 */
const MAX_LOOKUPS_IN_VAIN = 5_000_000;
const LOOKUPS_PAID_BY_ONE = 100;

/** A delivery whose consumer has not said what became of it. */
export interface UnsettledDelivery {
  readonly id: number;
  readonly link: OutgoingLink;
  readonly message: OutgoingMessage;
}

/** The deliveries of one session that wait for their outcome, oldest first. */
export class UnsettledDeliveries {
  readonly #byId = new Map<number, UnsettledDelivery>();
  #newest = 0;
  #lookupsInVain = 0;

  get size(): number {
    return this.#byId.size;
  }

  /** Ids have to go up by one each time. */
  add(delivery: UnsettledDelivery): void {
    this.#byId.set(delivery.id, delivery);
    this.#newest = delivery.id;
  }

  /**
   * Takes the deliveries from `first` to `last` out. The range comes from a client and may be all ids that there are, so
   * the work is bounded by what is unsettled.
   *
   * @throws SessionFault `amqp:resource-limit-exceeded` for a client that names what is not there again and again
   */
  takeRange(first: number, last: number): readonly UnsettledDelivery[] {
    const end = distance(last, this.#newest) > 0 ? this.#newest : last;
    const width = distance(end, first) + 1;
    if (width <= 0) return [];
    const taken = width < this.#byId.size ? this.#takeEach(first, width) : this.#takeWithin(first, end);
    this.#account(Math.min(width, this.#byId.size + taken.length), taken.length);
    return taken;
  }

  /** Forgets the deliveries of a link; the source has its messages back. */
  dropLink(link: OutgoingLink): void {
    for (const delivery of this.#byId.values()) if (delivery.link === link) this.#byId.delete(delivery.id);
  }

  #takeEach(first: number, width: number): readonly UnsettledDelivery[] {
    const taken: UnsettledDelivery[] = [];
    for (let i = 0, id = first; i < width; i++, id = advance(id)) {
      const delivery = this.#byId.get(id);
      if (delivery === undefined) continue;
      this.#byId.delete(id);
      taken.push(delivery);
    }
    return taken;
  }

  #takeWithin(first: number, end: number): readonly UnsettledDelivery[] {
    const taken: UnsettledDelivery[] = [];
    for (const delivery of this.#byId.values()) {
      if (distance(delivery.id, end) > 0) break;
      if (distance(delivery.id, first) < 0) continue;
      this.#byId.delete(delivery.id);
      taken.push(delivery);
    }
    return taken;
  }

  #account(lookups: number, found: number): void {
    this.#lookupsInVain = Math.max(0, this.#lookupsInVain + lookups - found * LOOKUPS_PAID_BY_ONE);
    if (this.#lookupsInVain <= MAX_LOOKUPS_IN_VAIN) return;
    throw new SessionFault(
      "amqp:resource-limit-exceeded",
      "dispositions name deliveries that are not there, again and again",
    );
  }
}
