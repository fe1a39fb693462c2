import { existsSync } from "node:fs";
import { join } from "node:path";
import {
  checkMoved,
  copyTable,
  countRows,
  isThere,
  missingStep,
  movedName,
  openDatabase,
  sqliteUrl,
  tableDifference,
  takeMark,
  type Database,
  type MovableTables,
} from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import type { MigrationProgress, MovedPart } from "./migration-report.ts";

/** A part that the old folder has, and the database that it goes to. */
export interface TablesToMove {
  readonly moved: MovableTables;
  /** Of PostgreSQL. */
  readonly url: string;
}

/** What to do with a folder of an older release. */
export const BRING_UP_TO_DATE = "start the daemon of this release with the old folder once, and stop it";

/** Tables of one part, open on both sides. */
export class MovingTables implements AsyncDisposable {
  readonly #moved: MovableTables;
  readonly #url: string;
  readonly #from: Database<unknown>;
  readonly #to: Database<unknown>;

  /** @returns undefined: the folder has none of it. @throws what databases do */
  static async open(folder: string, { moved, url }: TablesToMove): Promise<MovingTables | undefined> {
    const path = join(folder, moved.file);
    if (!existsSync(path)) return undefined;
    const from = await openDatabase<unknown>(sqliteUrl(path));
    try {
      return new MovingTables(moved, url, from, await openDatabase<unknown>(url));
    } catch (error) {
      await from.close();
      throw error;
    }
  }

  private constructor(moved: MovableTables, url: string, from: Database<unknown>, to: Database<unknown>) {
    this.#moved = moved;
    this.#url = url;
    this.#from = from;
    this.#to = to;
  }

  /** Where the old tables are of another release, nothing is compared. @throws XqbusError `xqbus:illegal-argument` names are taken; what databases do */
  async check(): Promise<void> {
    if ((await this.difference()) === undefined) await checkMoved(this.#from, this.#to, this.#moved);
  }

  /** What would be copied. */
  async count(): Promise<MovedPart> {
    return { title: this.#moved.title, rows: await this.#rows(), copied: 0 };
  }

  /** What tells that the old tables are of an older release; undefined: nothing. */
  async difference(): Promise<string | undefined> {
    for (const { name } of this.#moved.tables) {
      const found = await tableDifference(this.#from, this.#to, name, movedName(this.#moved, name));
      if (found !== undefined) return found;
    }
    return missingStep(this.#from, this.#moved);
  }

  /** Makes the new tables. @throws XqbusError `xqbus:store-too-new` the old ones are of another release; what {@link check} throws */
  async prepare(): Promise<void> {
    await this.#moved.make(this.#url);
    const found = await this.difference();
    if (found !== undefined)
      throw new XqbusError("xqbus:store-too-new", `${found}: ${BRING_UP_TO_DATE}, and try again`);
    await checkMoved(this.#from, this.#to, this.#moved);
  }

  /** Copies what is not there yet; the tables are prepared. @throws XqbusError what databases do */
  async copy(signal: AbortSignal, onProgress: (progress: MigrationProgress) => void): Promise<MovedPart> {
    const { title, tables } = this.#moved;
    await takeMark(this.#from, this.#to, this.#moved);
    const of = await this.#rows();
    let [rows, copied] = [0, 0];
    for (const table of tables) {
      const onRows = (done: number): void => onProgress({ what: title, done: rows + done, of });
      const result = await copyTable(this.#from, this.#to, table, movedName(this.#moved, table.name), {
        signal,
        onRows,
      });
      rows += result.rows;
      copied += result.copied;
    }
    return { title, rows, copied };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#from.close();
    await this.#to.close();
  }

  async #rows(): Promise<number> {
    let rows = 0;
    for (const { name } of this.#moved.tables) {
      if (await isThere(this.#from, name)) rows += await countRows(this.#from, name);
    }
    return rows;
  }
}
