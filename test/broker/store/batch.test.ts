import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openStore } from "../../../src/broker/store/open-store.ts";
import type { MessageStore, Place, StoredQueue } from "../../../src/broker/store/message-store.ts";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "xqbus-batch-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const placeIn = (queue: StoredQueue, size: number): Place => ({
  ...{ queue, priority: 4, arrivedAt: 1, expiresAt: undefined, deliverAt: undefined, size },
  ...{ failures: 0, sequence: 0, message: 0, shared: false },
});

/** Adds that many messages in one turn, so in one transaction; gives what became of each and its sequence. */
function addAll(store: MessageStore, queue: StoredQueue, count: number, size: number): Promise<readonly string[]> {
  const places = Array.from({ length: count }, () => placeIn(queue, size));
  return Promise.all(
    places.map(
      (place) =>
        new Promise<string>((resolve) => {
          store.add(Buffer.alloc(size), [place], (error) => resolve(error?.code ?? String(place.sequence)));
        }),
    ),
  );
}

describeWith([SQLITE], "A thousand messages that are stored at once", () => {
  it("are refused together where there is no room for all, and leave no gap behind them", async () => {
    const store = await openStore({ folder, maxBytes: 400_000 });
    const queue = store.newQueue({ kind: "queue", name: "q", settings: "{}" });
    expect(new Set(await addAll(store, queue, 1000, 1000))).toEqual(new Set(["xqbus:store-full"]));
    expect(queue).toMatchObject({ lastSequence: 0, messages: 0, isSaved: false });
    const sequences = Array.from({ length: 500 }, (_, i) => String(i + 1));
    expect(await addAll(store, queue, 500, 10)).toEqual(sequences);
    await store.close();

    const again = await openStore({ folder });
    const [recovered] = await again.recover();
    expect(recovered).toMatchObject({ queue: { lastSequence: 500, messages: 500 }, lanes: [{ messages: 500 }] });
    expect(await addAll(again, recovered?.queue ?? expect.fail("no queue"), 1, 10)).toEqual(["501"]);
    await again.close();
  });
});
