import { existsSync } from "node:fs";
import { XqbusError } from "../errors.ts";
import { chooseDriver } from "./choose-driver.ts";
import type { SqlConnection, SqlRow, SqlStatement, SqlValue } from "./driver.ts";
import { inspectWal } from "./inspect-wal.ts";
import { storageError } from "./storage-error.ts";
import type { StorageSetup } from "./storage-setup.ts";

/** Looks into a storage file that nobody has open, in this thread, and changes nothing; it may be damaged. */
export class StorageReader {
  readonly #path: string;
  readonly #connection: SqlConnection;
  readonly #statements = new Map<string, SqlStatement>();

  /** @throws XqbusError `xqbus:unreadable` (no such file), `xqbus:store-in-use`, `xqbus:store-failed`, `xqbus:store-damaged` */
  constructor({ path, applicationId }: Required<Pick<StorageSetup, "path" | "applicationId">>) {
    if (!existsSync(path))
      throw new XqbusError("xqbus:unreadable", `there is no ${path}; expected the folder of a store`);
    this.#path = path;
    let connection: SqlConnection | undefined;
    try {
      connection = chooseDriver().openReadOnly(path);
      connection.exec("PRAGMA busy_timeout=1000");
      const [row] = connection.prepare("PRAGMA application_id").all() as SqlRow[];
      if (Number(row?.["application_id"]) !== applicationId) {
        throw new XqbusError("xqbus:store-failed", `${path} is no file of this kind; choose another folder`);
      }
      this.#connection = connection;
    } catch (error) {
      connection?.close();
      throw storageError(error, path);
    }
  }

  /** What is wrong with the file as a whole: SQLite's check of every page, and the log. Reads everything. */
  structureFaults(): readonly string[] {
    const faults: string[] = [];
    try {
      inspectWal(`${this.#path}-wal`);
      const rows = this.all("PRAGMA integrity_check(20)").map((row) => String(Object.values(row)[0]));
      faults.push(...rows.filter((text) => text !== "ok"));
    } catch (error) {
      faults.push((error as XqbusError).message);
    }
    return faults;
  }

  /** @throws XqbusError `xqbus:store-damaged` when the pages that are needed cannot be read */
  all(sql: string, parameters: readonly SqlValue[] = []): readonly SqlRow[] {
    try {
      let statement = this.#statements.get(sql);
      if (statement === undefined) {
        statement = this.#connection.prepare(sql);
        this.#statements.set(sql, statement);
      }
      return statement.all(...parameters) as SqlRow[];
    } catch (error) {
      throw storageError(error, this.#path);
    }
  }

  close(): void {
    this.#connection.close();
  }
}
