import { assertInteger, illegalOption } from "../assert-option.ts";
import { XqbusError } from "../errors.ts";
import { InvalidEventError } from "../schema/index.ts";
import type { DeliveryRecord } from "./delivery-record.ts";
import { listenerFull } from "./listener-full.ts";
import type { CheckedListenersOptions } from "./listeners-options.ts";
import type { Runners } from "./runners.ts";
import { checksumOf, type DeliveryRecords, type ListenerStore } from "./store/index.ts";
import { BODY_OF_DELIVERY, DEAD_AMONG, DROP_BODY, MARK_DELETED, REDRIVE } from "./store/tables.ts";
import { Turns } from "../turns.ts";

/** What is needed beside the rows. */
export interface RedrivesOptions extends Pick<CheckedListenersOptions, "catalog" | "clock"> {
  readonly runners: Runners;
  /** Deliveries of these listeners wait again. */
  readonly onStored: (listeners: ReadonlySet<number>) => void;
}

/** Dead letters that are deleted at a time. */
const MAX_IDS = 10_000;

/** What people do with deliveries that are done: look at the event, try again, delete. */
export class Redrives {
  readonly #store: ListenerStore;
  readonly #records: DeliveryRecords;
  readonly #options: RedrivesOptions;
  readonly #turns: Turns = new Turns();

  constructor(store: ListenerStore, records: DeliveryRecords, options: RedrivesOptions) {
    this.#store = store;
    this.#records = records;
    this.#options = options;
  }

  /**
   * The event of a delivery.
   *
   * @throws XqbusError `xqbus:unknown-name`; `xqbus:resource-not-found` its body is not kept any more; `xqbus:store-damaged`
   */
  async eventOf(id: string): Promise<Uint8Array> {
    await this.#records.get(id);
    const [row = {}] = await this.#store.read(BODY_OF_DELIVERY, [this.#records.numberOf(id)]);
    const bytes = row["bytes"];
    if (!(bytes instanceof Uint8Array)) {
      throw new XqbusError("xqbus:resource-not-found", `the event of the delivery ${id} is not kept any more`);
    }
    if (checksumOf(bytes) === row["checksum"]) return bytes;
    throw new XqbusError("xqbus:store-damaged", `the event of the delivery ${id} is not as it was written`);
  }

  /**
   * Makes a delivery due again that is done.
   *
   * @throws XqbusError `xqbus:illegal-argument` it waits, or was deleted; `xqbus:limit-exceeded` too many wait; InvalidEventError the
   * event is not valid by the catalog as it is now; and what {@link eventOf} throws
   */
  retry(id: string): Promise<DeliveryRecord> {
    return this.#turns.run(() => this.#retry(id));
  }

  /** @throws XqbusError `xqbus:illegal-argument`, `xqbus:unknown-name` for what is no id */
  delete(ids: readonly string[]): Promise<number> {
    return this.#turns.run(() => this.#delete(ids));
  }

  async #retry(id: string): Promise<DeliveryRecord> {
    const { state, listener } = await this.#records.get(id);
    if (state === "waiting") throw illegalOption(`the delivery ${id} waits for an attempt already`);
    if (state === "deleted") throw illegalOption(`the delivery ${id} was deleted, and its event with it`);
    const runner = this.#options.runners.find(listener);
    const { maxWaiting = 0 } = runner?.stored.definition ?? {};
    if (runner === undefined || runner.waiting >= maxWaiting) throw listenerFull(maxWaiting);
    const problems = await this.#options.catalog.validateAsync(await this.eventOf(id));
    if (problems.length > 0) throw new InvalidEventError(problems);
    await this.#store.change({ sql: REDRIVE, rows: [[this.#options.clock.now(), this.#records.numberOf(id)]] });
    this.#options.runners.find(listener)?.redriven();
    this.#options.onStored(new Set([runner.stored.number]));
    return this.#records.get(id);
  }

  async #delete(ids: readonly string[]): Promise<number> {
    assertInteger(ids.length, "the number of dead letters to delete", 0, MAX_IDS);
    const numbers = ids.map((id) => this.#records.numberOf(id));
    const rows = await this.#store.read(DEAD_AMONG, [JSON.stringify(numbers)]);
    const events = new Set(rows.map((row) => Number(row["event"])));
    await this.#store.change(
      { sql: MARK_DELETED, rows: rows.map((row) => [Number(row["number"])]) },
      { sql: DROP_BODY, rows: [...events].map((event) => [event]) },
    );
    return rows.length;
  }
}
