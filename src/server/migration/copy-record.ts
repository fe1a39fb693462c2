import {
  readMigrationRecord,
  writeMigrationRecord,
  type MigrationRecord,
  type MovedQueue,
} from "../../daemon/index.ts";
import { XqbusError } from "../../errors.ts";

/** Keeps in the old folder what of it was copied, and to where. */
export class CopyRecord {
  readonly #folder: string;
  #record: MigrationRecord;

  /** @throws XqbusError `xqbus:illegal-argument` it was copied to another place; `xqbus:unreadable` */
  static async open(folder: string, to: Pick<MigrationRecord, "bus" | "database">): Promise<CopyRecord> {
    const found = await readMigrationRecord(folder);
    if (found !== undefined && (found.bus !== to.bus || found.database !== to.database)) {
      throw new XqbusError(
        "xqbus:illegal-argument",
        `what is in ${folder} was copied to ${found.bus} and ${found.database} before (${found.changedAt}), and not to ${to.bus} and ${to.database}`,
      );
    }
    return new CopyRecord(folder, found ?? { ...to, routes: [], queues: {}, isFinished: false, changedAt: "" });
  }

  private constructor(folder: string, record: MigrationRecord) {
    this.#folder = folder;
    this.#record = record;
  }

  /** Names of routes that were made. */
  get routes(): readonly string[] {
    return this.#record.routes;
  }

  queue(id: number): MovedQueue | undefined {
    return this.#record.queues[id];
  }

  /** From now on no broker starts with the folder. */
  begin(): Promise<void> {
    return this.#write({ isFinished: false });
  }

  keepRoutes(names: readonly string[]): Promise<void> {
    return this.#write({ routes: [...new Set([...this.#record.routes, ...names])] });
  }

  keepQueue(id: number, moved: MovedQueue): Promise<void> {
    return this.#write({ queues: { ...this.#record.queues, [id]: moved } });
  }

  finish(): Promise<void> {
    return this.#write({ isFinished: true });
  }

  async #write(change: Partial<MigrationRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change, changedAt: new Date().toISOString() };
    await writeMigrationRecord(this.#folder, this.#record);
  }
}
