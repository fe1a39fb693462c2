import { XqbusError } from "../../../src/errors.ts";
import type {
  AttemptRow,
  DeliveryQuery,
  DeliveryRecord,
  DeliveryState,
  Listener,
} from "../../../src/listener/index.ts";
import type { DeadDeliveries } from "../../../src/server/dead-letters/listener-letters.ts";

/** What a test says of a delivery; the rest is the same for all. */
export interface FakeDelivery {
  readonly id: string;
  readonly document: string;
  readonly listener?: string;
  readonly eventType?: string;
  readonly reason?: string;
  readonly error?: string;
  readonly state?: DeliveryState;
  /** What {@link DeadDeliveries.retry} answers. */
  readonly refusal?: XqbusError;
}

/** Deliveries in memory, in the order of their ids. */
export class FakeDeliveries implements DeadDeliveries {
  readonly retried: string[] = [];
  /** `maxWaiting` of listeners; default 1000. */
  readonly room: Map<string, number> = new Map();
  /** Deliveries that each call has read. */
  readonly pages: number[] = [];
  readonly #states = new Map<string, DeliveryState>();
  readonly #deliveries: readonly FakeDelivery[];

  constructor(...deliveries: readonly FakeDelivery[]) {
    this.#deliveries = deliveries;
    for (const { id, state = "dead" } of deliveries) this.#states.set(id, state);
  }

  list(): readonly Listener[] {
    return [...new Set(this.#deliveries.map(listenerOf))].map((id) => ({ id, name: `name of ${id}` }) as Listener);
  }

  get(id: string): Listener {
    const counts = { waiting: this.#deliveries.filter((each) => this.#states.get(each.id) === "waiting").length };
    return { id, maxWaiting: this.room.get(id) ?? 1000, counts } as Listener;
  }

  deliveries({ state, listener, eventId, after, limit = 50 }: DeliveryQuery): Promise<readonly DeliveryRecord[]> {
    const found = this.#deliveries.filter(
      (each) =>
        (state === undefined || this.#states.get(each.id) === state) &&
        (listener === undefined || listenerOf(each) === listener) &&
        (eventId === undefined || `m-${each.id}` === eventId) &&
        (after === undefined || each.id > after),
    );
    this.pages.push(Math.min(limit, found.length));
    return Promise.resolve(found.slice(0, limit).map((each) => this.#recordOf(each)));
  }

  delivery(id: string): Promise<DeliveryRecord> {
    return Promise.resolve(this.#recordOf(this.#find(id)));
  }

  eventOf(id: string): Promise<Uint8Array> {
    return Promise.resolve(Buffer.from(this.#find(id).document));
  }

  retry(id: string): Promise<DeliveryRecord> {
    const { refusal } = this.#find(id);
    if (refusal !== undefined) return Promise.reject(refusal);
    this.retried.push(id);
    this.#states.set(id, "waiting");
    return this.delivery(id);
  }

  deleteDeadLetters(ids: readonly string[]): Promise<number> {
    const dead = ids.filter((id) => this.#states.get(id) === "dead");
    for (const id of dead) this.#states.set(id, "deleted");
    return Promise.resolve(dead.length);
  }

  stateOf(id: string): DeliveryState | undefined {
    return this.#states.get(id);
  }

  #find(id: string): FakeDelivery {
    const found = this.#deliveries.find((each) => each.id === id);
    if (found === undefined) throw new XqbusError("xqbus:unknown-name", `there is no delivery "${id}"`);
    return found;
  }

  #recordOf(delivery: FakeDelivery): DeliveryRecord {
    const { id, eventType = "PhoneStatus", reason = "attempts", error = "status 503" } = delivery;
    const attempt = { number: 1, startedAt: 1000, endedAt: 2000, outcome: "failed", status: 503 } as AttemptRow;
    return {
      ...{ id, listener: listenerOf(delivery), eventId: `m-${id}`, eventType, subject: "org.clacks.PhoneStatus" },
      ...{ state: this.#states.get(id) ?? "dead", acceptedAt: 900, matchedAt: 950, attempts: [attempt] },
      ...{ nextAttemptAt: undefined, reason, error, redrives: 0 },
    };
  }
}

function listenerOf({ listener = "l1" }: FakeDelivery): string {
  return listener;
}
