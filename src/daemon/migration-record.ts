import { rm } from "node:fs/promises";
import { join } from "node:path";
import { XqbusError } from "../errors.ts";
import { readJsonFile, replaceJsonFile } from "./json-file.ts";
import { exists } from "./users-file.ts";

/** What of a queue is on the new broker: everything up to this place. */
export interface MovedQueue {
  readonly priority: number;
  readonly sequence: number;
  /** Messages that the new broker has accepted. */
  readonly copied: number;
}

/** What of a folder is somewhere else by now. */
export interface MigrationRecord {
  /** The bus and the database without passwords: of one folder there can be one copy. */
  readonly bus: string;
  readonly database: string;
  /** Names of the routes that were made. */
  readonly routes: readonly string[];
  /** By the number of the queue in the store. */
  readonly queues: Readonly<Record<string, MovedQueue>>;
  /** Whether everything was copied. */
  readonly isFinished: boolean;
  /** ISO 8601. */
  readonly changedAt: string;
}

const FILE = "migration.json";

/** Where the record of a folder is. */
export function migrationRecordOf(folder: string): string {
  return join(folder, FILE);
}

/** @returns undefined: nothing of this folder was copied. @throws XqbusError `xqbus:unreadable` */
export async function readMigrationRecord(folder: string): Promise<MigrationRecord | undefined> {
  const file = migrationRecordOf(folder);
  if (!(await exists(file))) return undefined;
  const value = await readJsonFile(file);
  if (isRecord(value)) return value;
  throw new XqbusError("xqbus:unreadable", `${file} is no record of a migration; remove it if nothing was copied yet`);
}

/** Resolves when it is on disk. The folder is held by this process. @throws XqbusError `xqbus:unreadable` */
export async function writeMigrationRecord(folder: string, record: MigrationRecord): Promise<void> {
  const file = migrationRecordOf(folder);
  // Whoever has left one behind was killed: the folder has one holder.
  await rm(`${file}.new`, { force: true });
  await replaceJsonFile(file, async () => record);
}

/**
 * Looks whether a broker may start with a folder: what was copied from it would be delivered twice.
 *
 * @throws XqbusError `xqbus:store-in-use`, `xqbus:unreadable`
 */
export async function assertNotMigrated(folder: string): Promise<void> {
  const record = await readMigrationRecord(folder);
  if (record === undefined) return;
  const { bus, isFinished, changedAt } = record;
  const what = isFinished ? "was copied" : "was copied in part";
  throw new XqbusError(
    "xqbus:store-in-use",
    `what is in ${folder} ${what} to ${bus} (${changedAt}, xqbus migrate), and a broker here would deliver it again: ` +
      `use [broker] url, or remove ${migrationRecordOf(folder)} to go back`,
  );
}

function isRecord(value: unknown): value is MigrationRecord {
  if (typeof value !== "object" || value === null) return false;
  const { bus, database, routes, queues, isFinished, changedAt } = value as Partial<Record<string, unknown>>;
  const texts = [bus, database, changedAt].every((each) => typeof each === "string");
  const isList = Array.isArray(routes) && routes.every((each) => typeof each === "string");
  return texts && isList && typeof isFinished === "boolean" && isQueues(queues);
}

function isQueues(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every((queue: unknown) => {
    if (typeof queue !== "object" || queue === null) return false;
    const { priority, sequence, copied } = queue as Partial<Record<string, unknown>>;
    return [priority, sequence, copied].every((each) => Number.isSafeInteger(each));
  });
}
