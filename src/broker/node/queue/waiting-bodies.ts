import type { DiskTails } from "./disk-tails.ts";
import type { Lanes } from "./lanes.ts";

/** The bytes of all messages of a queue that wait, in the order of delivery; those that are on disk only stay there. */
export async function* waitingBodies(lanes: Lanes, tails: DiskTails | undefined): AsyncIterableIterator<Buffer> {
  for (const lane of lanes.priorities()) {
    const inMemory = [...lanes].filter(({ priority, state }) => priority === lane && state === "waiting");
    for (const { message } of inMemory) yield message.bytes;
    if (tails !== undefined) yield* tails.bodies(lane);
  }
}
