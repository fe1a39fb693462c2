import type { MessageStore, Place, StoredQueue } from "../../src/broker/store/message-store.ts";

/** Bytes of a message. */
export const MESSAGE_BYTES = 400;
/** What every message is. */
export const MESSAGE: Buffer = Buffer.alloc(MESSAGE_BYTES, "x");

/** A queue in a store. */
export interface StoreQueue {
  readonly store: MessageStore;
  readonly queue: StoredQueue;
}

/** Calls back when one more message of the queue is on disk; a store that fails ends the benchmark. */
export function addMessage({ store, queue }: StoreQueue, onDisk: () => void): void {
  store.add(MESSAGE, [placeIn(queue)], (error) => {
    if (error !== undefined) throw error;
    onDisk();
  });
}

function placeIn(queue: StoredQueue): Place {
  // A plain literal: it is made for every message that is measured.
  // prettier-ignore
  return {
    queue, priority: 4, arrivedAt: Date.now(), expiresAt: undefined, deliverAt: undefined, size: MESSAGE_BYTES,
    failures: 0, sequence: 0, message: 0, shared: false,
  };
}
