import { EventPublisher } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";
import { Event } from "../../event/index.ts";
import { loadCatalog, type Catalog } from "../../schema/index.ts";
import type { BenchLoad, BenchRequest, Published } from "./bench-messages.ts";
import { Histogram } from "./histogram.ts";
import { MACHINE_CLOCK } from "./load-clock.ts";
import { paced } from "./paced.ts";

interface PooledEvent {
  readonly event: Event;
  readonly matches: boolean;
}

/** The sending end of `xqbus bench`: every event is validated, sent and answered as in a program. */
export class BenchPublisher {
  readonly #publisher: EventPublisher;
  readonly #events: readonly PooledEvent[];
  readonly #onRefused: (error: XqbusError) => void;
  #stop = new AbortController();
  #outcomes = 0;

  private constructor(
    publisher: EventPublisher,
    events: readonly PooledEvent[],
    onRefused: (error: XqbusError) => void,
  ) {
    this.#publisher = publisher;
    this.#events = events;
    this.#onRefused = onRefused;
  }

  static async open(
    { connection, events, schemas }: BenchRequest & { readonly kind: "publisher" },
    onRefused: (error: XqbusError) => void,
  ): Promise<BenchPublisher> {
    const { url, timeoutMs, ca } = connection;
    const catalog: Catalog = await loadCatalog(schemas === undefined ? {} : { directories: schemas });
    const publisher = await EventPublisher.open(url, {
      ...{ catalog, timeoutMs, sendTimeoutMs: timeoutMs, whenFull: "wait" },
      ...(ca === undefined ? {} : { tls: { ca } }),
    });
    const pool = events.map(({ xml, matches }) => ({ event: Event.parse(xml, { catalog }), matches }));
    return new BenchPublisher(publisher, pool, onRefused);
  }

  /** Events of this load that have their outcome. */
  get done(): number {
    return this.#outcomes;
  }

  /** Begins no more. */
  stop(): void {
    this.#stop.abort();
  }

  /** Sends it all; resolves when each event has its outcome. */
  async run(load: BenchLoad): Promise<Published> {
    const [begun, answered] = [new Histogram(), new Histogram()];
    let [matching, refused] = [0, 0];
    this.#outcomes = 0;
    const begin = async (index: number, due: number): Promise<void> => {
      const { event, matches } = this.#events[index % this.#events.length]!;
      begun.record(MACHINE_CLOCK.now() - due);
      try {
        await this.#publisher.sendEvent(event, { messageId: `${load.id}${index}` });
        answered.record(MACHINE_CLOCK.now() - due);
        if (matches) matching++;
      } catch (error) {
        refused++;
        this.#onRefused(error instanceof XqbusError ? error : new XqbusError("xqbus:internal", String(error)));
      }
      this.#outcomes++;
    };
    const sent = await paced(begin, { ...load, signal: this.#stop.signal });
    return {
      ...{ sent, accepted: sent - refused, refused, matching },
      ...{ begun: begun.counts, answered: answered.counts },
      // It may have been stopped before the first one was due.
      seconds: Math.max(0, MACHINE_CLOCK.now() - load.start) / 1_000_000,
    };
  }
}
