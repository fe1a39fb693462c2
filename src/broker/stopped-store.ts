import { IN_PROCESS_USER } from "./access/user-name.ts";
import { readSubscriptionName } from "./node/dead-letters/subscription-name.ts";
import { readSubscription } from "./node/topic/stored-subscription.ts";
import type { StoredQueue } from "./store/message-store.ts";
import { StoreWalk, type Walked, type WalkedPlace } from "./store/store-walk.ts";

/** A subscription as it is stored. */
export interface StoppedSubscription {
  readonly topic: string;
  /** For messages to people. */
  readonly label: string;
  /** Undefined: its key says none. */
  readonly name: string | undefined;
  /** Of a client in the process of the broker: it serves the daemon itself. */
  readonly isInternal: boolean;
  /** The text of its XQuery. */
  readonly query: string | undefined;
  /** The pattern of its routing keys. */
  readonly pattern: string | undefined;
  /** Whether it has filters of other kinds. */
  readonly hasOthers: boolean;
}

/** A queue of a broker that does not run. */
export interface StoppedQueue {
  readonly id: number;
  /** Of a queue; of a subscription its topic. */
  readonly address: string;
  readonly subscription: StoppedSubscription | undefined;
  /** Messages that it should have. */
  readonly messages: number;
  /** Its messages by priority and sequence. @param after those behind this place only */
  read(after?: WalkedPlace): IterableIterator<Walked>;
}

/** The messages of a broker that does not run; nothing is changed. */
export class StoppedStore implements Disposable {
  readonly #walk: StoreWalk;

  /** @throws XqbusError `xqbus:unreadable` there is none; `xqbus:store-in-use`, `xqbus:store-failed`, `xqbus:store-damaged` */
  constructor(folder: string) {
    this.#walk = new StoreWalk(folder);
  }

  /** @throws XqbusError `xqbus:store-damaged` for filters that this release does not understand */
  queues(): readonly StoppedQueue[] {
    return this.#walk.queues().map(({ queue }) => ({
      id: queue.id,
      ...placeOf(queue),
      messages: queue.messages,
      read: (after) => this.#walk.messages(queue, after),
    }));
  }

  [Symbol.dispose](): void {
    this.#walk.close();
  }
}

function placeOf({ definition }: StoredQueue): Pick<StoppedQueue, "address" | "subscription"> {
  if (definition.kind === "queue") return { address: definition.name, subscription: undefined };
  const { topic, key, label, filters } = readSubscription(definition);
  const known = readSubscriptionName(key);
  const { query, pattern, conditions } = filters;
  return {
    address: topic,
    subscription: {
      ...{ topic, label, name: known?.name, isInternal: known?.user === IN_PROCESS_USER },
      ...{ query, pattern, hasOthers: conditions.length > 0 },
    },
  };
}
