import { assertInteger, illegalOption, shown } from "../../assert-option.ts";
import type { SqlRow, SqlValue } from "../../storage/index.ts";
import type { AttemptRow, DeliveryQuery, DeliveryRecord, DeliveryState } from "../delivery-record.ts";
import type { EventTrace } from "../listeners.ts";
import { unknownId } from "../object-id.ts";
import type { ListenerStore } from "./listener-store.ts";
import { attemptOf, eventFactsOf, recordOf } from "./rows.ts";
import * as tables from "./tables.ts";

/** The listeners by the numbers that rows have of them. */
export interface ListenerNames {
  idOf(number: number): string | undefined;
  /** @throws XqbusError `xqbus:unknown-name` */
  numberOf(id: string): number;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 1000;
const MEMBERS = ["listener", "state", "eventId", "reason", "eventTypes", "before", "after", "limit"];

/** The record of deliveries, as it is on disk. */
export class DeliveryRecords {
  readonly #store: ListenerStore;
  readonly #names: ListenerNames;

  constructor(store: ListenerStore, names: ListenerNames) {
    this.#store = store;
    this.#names = names;
  }

  /**
   * Deliveries, the latest first; with `after` the oldest.
   *
   * @throws XqbusError `xqbus:illegal-argument`, `xqbus:unknown-name`
   */
  async find(query: DeliveryQuery): Promise<readonly DeliveryRecord[]> {
    const { sql, parameters } = this.#sqlOf(query);
    return this.#recordsOf(await this.#store.read(sql, parameters));
  }

  /** @throws XqbusError `xqbus:unknown-name` */
  async get(id: string): Promise<DeliveryRecord> {
    const [record] = await this.#recordsOf(await this.#store.read(tables.RECORD_OF_DELIVERY, [this.numberOf(id)]));
    if (record === undefined) throw unknownId(id, "a delivery");
    return record;
  }

  /** The number of a delivery, which need not be there. @throws XqbusError `xqbus:unknown-name` */
  numberOf(id: string): number {
    const number = this.#store.deliveryNumber(id);
    if (number === undefined) throw unknownId(id, "a delivery");
    return number;
  }

  /** The timeline of the latest event of a message id. */
  async trace(eventId: string): Promise<EventTrace | undefined> {
    const [row] = await this.#store.read(tables.EVENT_OF_ID, [eventId]);
    if (row === undefined) return undefined;
    const { number, type: eventType, subject, acceptedAt, traceparent, size: bytes } = eventFactsOf(row);
    const deliveries = await this.#recordsOf(await this.#store.read(tables.RECORDS_OF_EVENT, [number]));
    return { eventId, eventType, subject, acceptedAt, traceparent, bytes, deliveries };
  }

  #sqlOf(query: DeliveryQuery): { readonly sql: string; readonly parameters: readonly SqlValue[] } {
    const stranger = Object.keys(query).find((name) => !MEMBERS.includes(name));
    if (stranger !== undefined) {
      throw illegalOption(
        `${shown(stranger)} is nothing that deliveries are asked for by; there are ${MEMBERS.join(", ")}`,
      );
    }
    const { listener, state, eventId, reason, eventTypes, before, after, limit = DEFAULT_LIMIT } = query;
    assertInteger(limit, "limit", 1, MAX_LIMIT);
    if (before !== undefined && after !== undefined) {
      throw illegalOption("before and after are given, which are two orders; expected one of them");
    }
    const conditions: string[] = [];
    const parameters: SqlValue[] = [];
    const where = (condition: string, ...values: readonly SqlValue[]): void => {
      conditions.push(condition);
      parameters.push(...values);
    };
    if (listener !== undefined) where("d.listener = ?", this.#names.numberOf(listener));
    // In the text, since only so the index of dead letters is used.
    if (state !== undefined) where(`d.state = ${stateNumber(state)}`);
    if (eventId !== undefined) where("d.event IN (SELECT number FROM event WHERE id = ?)", eventId);
    if (reason !== undefined) where("d.reason = ?", reason);
    if (eventTypes !== undefined) where(`e.type IN ${tables.TEXTS}`, JSON.stringify(eventTypes));
    if (before !== undefined) where("d.number < ?", this.numberOf(before));
    if (after !== undefined && after !== "") where("d.number > ?", this.numberOf(after));
    const condition = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
    const order = after === undefined ? "DESC" : "ASC";
    return {
      sql: `${tables.RECORDS}${condition} ORDER BY d.number ${order} LIMIT ?`,
      parameters: [...parameters, limit],
    };
  }

  async #recordsOf(rows: readonly SqlRow[]): Promise<readonly DeliveryRecord[]> {
    const known = rows.filter((row) => this.#names.idOf(Number(row["listener"])) !== undefined);
    const attempts = await this.#attemptsOf(known.map((row) => Number(row["number"])));
    return known.map((row) => {
      const number = Number(row["number"]);
      const listener = this.#names.idOf(Number(row["listener"])) ?? "";
      return recordOf(row, { id: this.#store.deliveryId(number), listener }, attempts.get(number) ?? []);
    });
  }

  async #attemptsOf(numbers: readonly number[]): Promise<ReadonlyMap<number, readonly AttemptRow[]>> {
    const attempts = new Map<number, AttemptRow[]>();
    if (numbers.length === 0) return attempts;
    for (const row of await this.#store.read(tables.ATTEMPTS, [JSON.stringify(numbers)])) {
      const number = Number(row["delivery"]);
      const those = attempts.get(number);
      if (those === undefined) attempts.set(number, [attemptOf(row)]);
      else those.push(attemptOf(row));
    }
    return attempts;
  }
}

function stateNumber(state: DeliveryState): number {
  const number = tables.DELIVERY_STATES.indexOf(state);
  if (number >= 0) return number;
  throw illegalOption(`state must be one of ${tables.DELIVERY_STATES.join(", ")}, got ${shown(state)}`);
}
