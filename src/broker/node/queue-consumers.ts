import type { AmqpError } from "../protocol/protocol-fault.ts";

/** The consumers of a queue, of whom one may want to be the only one. Those that browse do not count. */
export class QueueConsumers {
  #count = 0;
  #isExclusive = false;

  /** One more, or why it cannot be. */
  enter(queue: string, isExclusive: boolean): AmqpError | undefined {
    if (this.#count > 0 && (isExclusive || this.#isExclusive)) {
      const description = this.#isExclusive
        ? `${queue} has an exclusive consumer`
        : `${queue} has ${this.#count} consumers, and this one wants to be the only one`;
      return { condition: "amqp:resource-locked", description };
    }
    this.#count++;
    this.#isExclusive = isExclusive;
    return undefined;
  }

  leave(): void {
    this.#count--;
    this.#isExclusive = false;
  }
}
