import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { XqbusError } from "../../errors.ts";
import { StorageSession, chooseDriver } from "../../storage/index.ts";
import type { SqlWrite, StorageQuestion } from "../../storage/index.ts";
import { messageChecksum } from "./checksum.ts";
import type { Place, StoredQueue } from "./message-store.ts";
import { SalvageBatch } from "./salvage-batch.ts";
import { StoreWalk } from "./store-walk.ts";
import type { WalkedQueue } from "./store-walk.ts";
import { APPLICATION_ID, MIGRATIONS, STORE_FILE } from "./tables.ts";

/** What was saved of one queue. */
export interface SalvagedQueue {
  /** Address of a queue; of a subscription the JSON text of topic and key. */
  readonly name: string;
  readonly saved: number;
  /** How much was not. */
  readonly lost: number;
  /** Why it was not: the first hundred. */
  readonly reasons: readonly string[];
}

/** What was copied into a new store, or would be. */
export interface Salvage {
  readonly queues: readonly SalvagedQueue[];
  readonly saved: number;
  /** Messages without a place that was whole; they are in the queue `xqbus.salvaged`. */
  readonly homeless: number;
  /** Messages and places that are not whole and were left out. */
  readonly lost: number;
}

const HOMELESS = "xqbus.salvaged";
/** Reasons that are told for one queue. */
const MAX_REASONS = 100;

/**
 * Copies everything that is whole from a store into a new one; the old one stays as it is. Messages keep their order. Those of
 * a queue whose definition is lost go to the queue `xqbus.salvaged.<number>`.
 *
 * @param to a folder that is empty, or not there yet; undefined: only tell what would be done
 * @throws XqbusError `xqbus:illegal-argument` for a folder that is not empty, and what {@link StoreWalk} throws
 */
export function salvageStore(folder: string, to: string | undefined): Salvage {
  const walk = new StoreWalk(folder);
  try {
    const { write, close } = to === undefined ? NOWHERE : newStore(to);
    const copied = new Set<number>();
    const queues = walk.queues().map((found) => copyQueue(walk, found, copied, write));
    const homeless = copyHomeless(walk, copied, write);
    close();
    const sum = (count: (queue: SalvagedQueue) => number): number => queues.reduce((all, each) => all + count(each), 0);
    return { queues, homeless, saved: sum(({ saved }) => saved), lost: sum(({ lost }) => lost) };
  } finally {
    walk.close();
  }
}

type Write = (writes: readonly SqlWrite[]) => void;

interface NewStore {
  readonly write: Write;
  readonly close: () => void;
}

const NOWHERE: NewStore = { write: () => undefined, close: () => undefined };

function copyQueue(walk: StoreWalk, { queue }: WalkedQueue, copied: Set<number>, write: Write): SalvagedQueue {
  const batch = new SalvageBatch(queue, write);
  const reasons: string[] = [];
  let lost = 0;
  for (const found of walk.messages(queue)) {
    if ("whole" in found) {
      batch.add(found.whole, copied.has(found.whole.place.message));
      copied.add(found.whole.place.message);
    } else {
      lost++;
      const reason =
        "bad" in found ? `message ${found.bad.place.sequence}: ${found.bad.reason}` : `what is ${found.lost}`;
      if (reasons.length < MAX_REASONS) reasons.push(reason);
    }
  }
  return { name: queue.definition.name, saved: batch.finish(), lost, reasons };
}

/** Bodies that are whole and belong to nobody. */
function copyHomeless(walk: StoreWalk, copied: ReadonlySet<number>, write: Write): number {
  const id = Math.max(0, ...walk.queues().map(({ queue }) => queue.id)) + 1;
  const counts = { isSaved: false, isRemoved: false, lastSequence: 0, messages: 0 };
  const queue: StoredQueue = { id, definition: { kind: "queue", name: HOMELESS, settings: "{}" }, ...counts };
  const batch = new SalvageBatch(queue, write);
  let sequence = 0;
  for (const { id: number, checksum, bytes } of walk.bodies()) {
    const message = Number(number);
    if (copied.has(message) || !(bytes instanceof Uint8Array) || checksum !== messageChecksum(message, bytes)) continue;
    const place: Place = {
      ...{ queue, priority: 4, arrivedAt: Date.now(), expiresAt: undefined, deliverAt: undefined, size: bytes.length },
      ...{ failures: 0, sequence: ++sequence, message, shared: false },
    };
    batch.add({ place, bytes: Buffer.from(bytes) }, false);
  }
  return sequence === 0 ? 0 : batch.finish();
}

function newStore(to: string): NewStore {
  mkdirSync(to, { recursive: true, mode: 0o700 });
  if (readdirSync(to).length > 0) {
    throw new XqbusError("xqbus:illegal-argument", `${to} is not empty; expected a new folder for what can be saved`);
  }
  const setup = { path: join(to, STORE_FILE), applicationId: APPLICATION_ID, migrations: MIGRATIONS };
  const session = new StorageSession(setup, chooseDriver());
  const ask = (request: StorageQuestion): void => {
    const { error } = session.answer(request);
    if (error !== undefined) throw new XqbusError(error.code, error.message);
  };
  return { write: (writes) => ask({ kind: "write", id: 0, writes }), close: () => ask({ kind: "close", id: 0 }) };
}
