import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENTRY_INSERT, MESSAGE_INSERT, MIGRATIONS, QUEUE_COUNTS, QUEUE_UPSERT } from "../../src/broker/store/tables.ts";
import { accepts } from "./accepts.ts";
import type { Accepts } from "./accepts.ts";
import { chooseDriver } from "./compiled-store.ts";
import { MESSAGE, MESSAGE_BYTES } from "./queue-of-messages.ts";

/** The same rows in the same tables in the same transactions, flushed likewise, and nothing else: one thread, constant values, no checksums. */
export class RawLoop implements Disposable {
  readonly #folder: string;
  readonly #insert: (first: number, end: number) => void;
  readonly #close: () => void;
  #last = 0;

  constructor() {
    this.#folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
    const connection = chooseDriver().open(join(this.#folder, "raw.db"));
    for (const pragma of ["page_size=4096", "locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL"]) {
      connection.exec(`PRAGMA ${pragma}`);
    }
    for (const script of MIGRATIONS) connection.exec(script);
    connection.prepare(QUEUE_UPSERT).run(1, "queue", "q", "{}", 1);
    const message = connection.prepare(MESSAGE_INSERT);
    const entry = connection.prepare(ENTRY_INSERT);
    const counts = connection.prepare(QUEUE_COUNTS);
    this.#insert = (first, end) => {
      connection.exec("BEGIN IMMEDIATE");
      for (let id = first; id < end; id++) {
        message.run(id, 1, MESSAGE);
        entry.run(1, 4, id, id, 0, 1_700_000_000_000, null, null, MESSAGE_BYTES, 0, 1);
      }
      counts.run(end, end, 1);
      connection.exec("COMMIT");
    };
    this.#close = () => void connection.close();
  }

  /** @param batches messages of each transaction */
  round(batches: readonly number[]): Promise<Accepts> {
    return accepts(async () => {
      const delays: number[] = [];
      for (const size of batches) {
        const at = performance.now();
        this.#insert(this.#last, this.#last + size);
        this.#last += size;
        const delay = performance.now() - at;
        for (let i = 0; i < size; i++) delays.push(delay);
      }
      return delays;
    });
  }

  [Symbol.dispose](): void {
    this.#close();
    rmSync(this.#folder, { recursive: true });
  }
}
