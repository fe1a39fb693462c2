import { setImmediate } from "node:timers/promises";

/** How long the event loop is kept from others, in ms. */
const TURN_MS = 10;

/** The same items; others get their turn between them. */
export async function* inTurns<T>(items: AsyncIterable<T> | Iterable<T>): AsyncIterableIterator<T> {
  let turn = performance.now();
  for await (const item of items) {
    if (performance.now() - turn > TURN_MS) {
      await setImmediate();
      turn = performance.now();
    }
    yield item;
  }
}
