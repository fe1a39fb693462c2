import type { Place } from "../../store/message-store.ts";
import type { DiskTails } from "./disk-tails.ts";
import type { Entry } from "./entry.ts";
import type { Lanes } from "./lanes.ts";

/** One message that waits in a queue, also one that is on disk only. */
export interface WaitingMessage {
  readonly bytes: Buffer;
  /** Ms since 1970. */
  readonly arrivedAt: number;
  /** 0 to 9. */
  readonly priority: number;
  /**
   * Takes the message out of the queue, unless it has left it meanwhile or a consumer has it.
   *
   * @param handOver gets its row on disk, which is to be removed or replaced then; false: it cannot be taken now, and stays
   * @returns whether it was taken
   */
  takeOut(handOver: (place: Place | undefined) => boolean): boolean;
}

/**
 * All messages of a queue that wait, in the order of delivery; those that are on disk only stay there.
 *
 * @param leave lets go of a message in memory that is elsewhere now
 */
export async function* waitingMessages(
  lanes: Lanes,
  tails: DiskTails | undefined,
  leave: (entry: Entry) => void,
): AsyncIterableIterator<WaitingMessage> {
  for (const priority of lanes.priorities()) {
    const onDisk = tails?.rows(priority);
    const inMemory = [...lanes].filter((entry) => entry.priority === priority && entry.state === "waiting");
    for (const entry of inMemory) yield waitingEntry(entry, leave);
    if (onDisk === undefined || tails === undefined) continue;
    for await (const { place, bytes } of onDisk) {
      const { arrivedAt } = place;
      yield {
        ...{ bytes, arrivedAt, priority },
        takeOut: (handOver) => {
          if (tails.takeOut(place, handOver)) return true;
          // It may have been read into memory since.
          const found = entryAt(lanes, place);
          return found !== undefined && waitingEntry(found, leave).takeOut(handOver);
        },
      };
    }
  }
}

function waitingEntry(entry: Entry, leave: (entry: Entry) => void): WaitingMessage {
  const { message, arrivedAt, priority, place } = entry;
  return {
    ...{ bytes: message.bytes, arrivedAt, priority },
    takeOut: (handOver) => {
      if (entry.state !== "waiting" || !handOver(place)) return false;
      leave(entry);
      return true;
    },
  };
}

function entryAt(lanes: Lanes, { priority, sequence }: Place): Entry | undefined {
  for (const entry of lanes) if (entry.priority === priority && entry.place?.sequence === sequence) return entry;
  return undefined;
}
