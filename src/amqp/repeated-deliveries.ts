import { XqbusError } from "../errors.ts";
import type { MessageProperties } from "./message.ts";

/** An event that the broker has delivered before, and of which it heard no outcome. */
export interface RepeatedDelivery {
  readonly messageId: string | undefined;
  /** Deliveries before this one. */
  readonly failures: number;
}

/** Failed deliveries from which on an event is worth a word: the limits that brokers have by default are higher, and one crash is ordinary. */
const MANY = 3;
/** From one word to the next, however many events there are. */
const TELL_EVERY_MS = 60_000;
/** How long an event is remembered, behind the last one that was delivered as often. */
const REMEMBERED_MS = 600_000;
const MAX_ID = 200;

/**
 * Notices events that come again and again without an outcome, as those do that were in the hands of several processes that were killed. A
 * broker that limits attempts would give them up. Messages that are released do not count (AMQP 1.0, part 3.4.4).
 */
export class RepeatedDeliveries {
  readonly #onProblem: (error: XqbusError) => void;
  readonly #now: () => number;
  #toldAt: number = -Infinity;
  #most: RepeatedDelivery = { messageId: undefined, failures: 0 };
  #seenAt: number = -Infinity;

  /**
   * @param onProblem hears of the first one, and then at most once a minute, with `xqbus:repeated-delivery`
   * @param now ms, never backwards
   */
  constructor(onProblem: (error: XqbusError) => void, now: () => number = () => performance.now()) {
    this.#onProblem = onProblem;
    this.#now = now;
  }

  /** The one that was delivered most often in the last ten minutes. */
  get recent(): RepeatedDelivery | undefined {
    return this.#now() - this.#seenAt < REMEMBERED_MS ? this.#most : undefined;
  }

  /** Looks at an event that has come. */
  see({ messageId: id, deliveryCount: failures }: Pick<MessageProperties, "messageId" | "deliveryCount">): void {
    if (failures < MANY) return;
    const now = this.#now();
    const messageId = id?.slice(0, MAX_ID);
    if (failures >= (this.recent?.failures ?? 0)) {
      this.#most = { messageId, failures };
      this.#seenAt = now;
    }
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#onProblem(new XqbusError("xqbus:repeated-delivery", repeatedText({ messageId, failures })));
  }
}

function repeatedText({ messageId, failures }: RepeatedDelivery): string {
  const what = messageId === undefined ? "an event without message id" : `the event ${messageId}`;
  return (
    `${what} was delivered ${failures} times before, and nobody said what became of it: processes were killed, or lost their connection. ` +
    `A broker that limits attempts gives such events up; let it have no limit for the subscriptions of xqbus (docs/scaling.md)`
  );
}
