import { AMQPEventConsumer } from "../../amqp/index.ts";
import type { XqbusError } from "../../errors.ts";
import type { BenchLoad, BenchRequest, Consumed } from "./bench-messages.ts";
import { Histogram } from "./histogram.ts";
import { MACHINE_CLOCK } from "./load-clock.ts";
import { dueMicros } from "./paced.ts";

/** Which events of a load one consumer has: a bit for each. */
type Seen = Uint8Array;

/** The receiving end of `xqbus bench`: some consumers of the whole topic, each event parsed and filtered as in a program. */
export class BenchConsumers {
  readonly #timeoutMs: number;
  #seen: readonly Seen[] = [];
  #load: BenchLoad | undefined;
  #delays = new Histogram();
  #received = 0;
  #duplicates = 0;
  #enough: { readonly expected: number; readonly resolve: () => void } | undefined;

  private constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  static async open(
    { connection, consumers, filter }: BenchRequest & { readonly kind: "consumers" },
    onError: (error: XqbusError) => void,
  ): Promise<BenchConsumers> {
    const { url, timeoutMs, ca } = connection;
    const ends = new BenchConsumers(timeoutMs);
    ends.#seen = Array.from({ length: consumers }, () => new Uint8Array(0));
    await Promise.all(
      ends.#seen.map((_, consumer) =>
        AMQPEventConsumer.open(url, {
          ...{ timeoutMs, onError, callback: (_event, { properties }) => ends.#take(consumer, properties.messageId) },
          ...(filter === undefined ? {} : { xquery: filter }),
          ...(ca === undefined ? {} : { tls: { ca } }),
        }),
      ),
    );
    return ends;
  }

  /** Events of this load that have arrived, all consumers together. */
  get done(): number {
    return this.#received;
  }

  /** From now on events of this load are what counts. */
  prepare(load: BenchLoad): void {
    this.#load = load;
    this.#seen = this.#seen.map(() => new Uint8Array(Math.ceil(load.count / 8)));
    this.#delays = new Histogram();
    this.#received = this.#duplicates = 0;
  }

  /** Resolves when so many have arrived, or when none has for the time limit. */
  async finish(expected: number): Promise<Consumed> {
    const enough = new Promise<void>((resolve) => (this.#enough = { expected, resolve }));
    this.#check();
    let before = -1;
    const look = (): void => {
      if (this.#received === before) this.#enough?.resolve();
      before = this.#received;
    };
    const timer = setInterval(look, this.#timeoutMs);
    await enough;
    clearInterval(timer);
    this.#enough = undefined;
    return { received: this.#received, duplicates: this.#duplicates, delays: this.#delays.counts };
  }

  #take(consumer: number, messageId: string | undefined): void {
    const load = this.#load;
    if (load === undefined || messageId?.startsWith(load.id) !== true) return;
    const index = Number(messageId.slice(load.id.length));
    const seen = this.#seen[consumer]!;
    const [byte, bit] = [index >>> 3, 1 << (index & 7)];
    if ((seen[byte]! & bit) !== 0) {
      this.#duplicates++;
      return;
    }
    seen[byte]! |= bit;
    this.#delays.record(MACHINE_CLOCK.now() - dueMicros(index, load));
    this.#received++;
    this.#check();
  }

  #check(): void {
    if (this.#enough !== undefined && this.#received >= this.#enough.expected) this.#enough.resolve();
  }
}
