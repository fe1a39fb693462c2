import type { XqbusError } from "../../errors.ts";
import type { AmqpError } from "../protocol/protocol-fault.ts";
import type { Done, MessageStore, Place } from "../store/message-store.ts";
import type { Arrival } from "./queue/entry.ts";
import { PLAIN_ARRIVAL } from "./queue/queue.ts";
import type { Queue } from "./queue/queue.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import type { MessageView } from "./message/message-view.ts";
import { StoredMessage } from "./stored-message.ts";

/** What became of a published message. */
export type Published =
  { readonly kind: "queued"; readonly copies: number } | { readonly kind: "refused"; readonly error: AmqpError };

/** How a message is put into queues once more. */
export interface Repetition {
  /** Its wishes now, whatever the message says: what has expired would be gone at once. */
  readonly arrival: Arrival;
  /** What it replaces on disk, in one step. */
  readonly instead: Place | undefined;
}

/**
 * Puts a message into all of these queues, or into none. With durable ones among them that takes until it is on disk, and
 * nobody gets it before: what a consumer has seen cannot be refused any more.
 *
 * @param instead what the message replaces on disk, in one step
 */
export function handOut(
  message: StoredMessage,
  queues: readonly Queue[],
  wishes: Arrival | undefined,
  store: MessageStore | undefined,
  instead?: Place,
): Published | Promise<Published> {
  const arrival = wishes ?? PLAIN_ARRIVAL;
  const copies = queues.length;
  if (store === undefined || !queues.some(({ disk }) => disk !== undefined)) {
    for (const queue of queues) queue.add(message, arrival);
    if (instead !== undefined) store?.remove(instead);
    return { kind: "queued", copies };
  }
  const size = message.bytes.length;
  const places = queues.map((queue) => queue.placeFor(size, arrival));
  for (const queue of queues) queue.expect(size);
  return new Promise((resolve) => {
    const done: Done = (error) => {
      for (const [at, queue] of queues.entries()) {
        if (error === undefined) queue.arrive(message, arrival, places[at]);
        else {
          queue.cancel(size);
          message.releaseCopy();
        }
      }
      resolve(error === undefined ? { kind: "queued", copies } : { kind: "refused", error: storeError(error) });
    };
    const durable = places.filter((place) => place !== undefined);
    if (instead === undefined) store.add(message.bytes, durable, done);
    else store.replace(instead, message.bytes, durable, done);
  });
}

/** What is needed to put a message into queues. */
export interface Surroundings {
  /** Ms since 1970. */
  readonly now: number;
  readonly again: Repetition | undefined;
  readonly budget: MemoryBudget;
  readonly store: MessageStore | undefined;
}

/** Puts a copy of a message into each of these queues, or into none when one of them or the broker is full. */
export function intoQueues(
  message: MessageView,
  queues: readonly Queue[],
  { now, again, budget, store }: Surroundings,
): Published | Promise<Published> {
  const { bytes } = message;
  for (const queue of queues) {
    const reason = queue.fullFor(bytes.length);
    if (reason !== undefined) return full(reason);
  }
  const copies = queues.length;
  if (copies === 0) return { kind: "queued", copies };
  const stored = StoredMessage.create(bytes, copies, budget);
  if (stored === undefined) return full(fullBroker(budget));
  return handOut(stored, queues, again?.arrival ?? message.arrival(now), store, again?.instead);
}

/** What a client is told when the store cannot do something: full for now, or failed. */
export function storeError({ code, message }: XqbusError): AmqpError {
  const condition = code === "xqbus:store-full" ? "amqp:resource-limit-exceeded" : "amqp:internal-error";
  return { condition, description: `the broker's message store: ${message}` };
}

/** Why nothing more can be stored. */
function fullBroker({ used, limit }: MemoryBudget): string {
  return `the broker is full: ${used} of ${limit} bytes are in use (maxTotalBytes)`;
}

/** Refuses a message for want of room. */
export function full(description: string): Published {
  return { kind: "refused", error: { condition: "amqp:resource-limit-exceeded", description } };
}
