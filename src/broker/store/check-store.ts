import { StoreWalk } from "./store-walk.ts";

/** What a check found in one queue. */
export interface CheckedQueue {
  readonly kind: "queue" | "subscription";
  /** Address of a queue; of a subscription the JSON text of topic and key. */
  readonly name: string;
  /** Messages that are whole. */
  readonly messages: number;
  /** Messages that do not match their checksum, or have none. */
  readonly damaged: number;
  /** Messages that should be there and are not. */
  readonly missing: number;
  /** Whether its definition is whole; without it only the messages can be saved. */
  readonly isWhole: boolean;
}

/** What a check found in a store. */
export interface StoreCheck {
  /** What is wrong with the file itself; a broker does not start with it. */
  readonly structure: readonly string[];
  readonly queues: readonly CheckedQueue[];
  readonly messages: number;
  readonly damaged: number;
  readonly missing: number;
  /** Rows that a broker found damaged and has set aside. */
  readonly setAside: number;
  /** Whether nothing is wrong; what was set aside before does not count. */
  readonly isWhole: boolean;
}

/**
 * Reads a whole store and tells what is wrong with it. Nothing is changed.
 *
 * @throws XqbusError `xqbus:unreadable`, `xqbus:store-in-use` while a broker runs, `xqbus:store-damaged` when nothing can be read
 */
export function checkStore(folder: string): StoreCheck {
  const walk = new StoreWalk(folder);
  try {
    const structure = walk.reader.structureFaults();
    const queues = walk.queues().map(({ queue, isWhole }): CheckedQueue => {
      let [messages, damaged] = [0, 0];
      for (const found of walk.messages(queue)) {
        if ("whole" in found) messages++;
        else if ("bad" in found) damaged++;
      }
      const { kind, name } = queue.definition;
      return { kind, name, messages, damaged, missing: Math.max(0, queue.messages - messages - damaged), isWhole };
    });
    const sum = (count: (queue: CheckedQueue) => number): number =>
      queues.reduce((total, each) => total + count(each), 0);
    const totals = {
      messages: sum((each) => each.messages),
      damaged: sum((each) => each.damaged),
      missing: sum((each) => each.missing),
    };
    const isWhole =
      structure.length === 0 && totals.damaged === 0 && totals.missing === 0 && queues.every((queue) => queue.isWhole);
    return { structure, queues, ...totals, setAside: walk.setAside, isWhole };
  } finally {
    walk.close();
  }
}
