import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { XqbusError } from "../../errors.ts";
import { Storage, type StorageOptions } from "../../storage/index.ts";
import { journalError } from "./journal-error.ts";
import { APPLICATION_ID, DOMAIN, DOMAIN_INSERT, MIGRATIONS } from "./tables.ts";

/** What a journal file is opened with. */
export interface JournalFile {
  readonly file: string;
  /** The bus that its events are for; not given: whatever it is. */
  readonly domain?: string;
  /** False: the file must be there. Default true. */
  readonly create?: boolean;
  readonly start?: StorageOptions["start"];
  readonly onFailure?: (error: XqbusError) => void;
}

/**
 * Opens a send journal for this process alone.
 *
 * @throws XqbusError `xqbus:unreadable` no such file or folder; `xqbus:store-in-use`, `xqbus:store-damaged`,
 * `xqbus:store-too-new`, `xqbus:store-full`, `xqbus:store-failed`, `xqbus:missing-package`; `xqbus:illegal-argument` for one of another domain
 */
export async function openJournalFile({ file, domain, create = true, ...more }: JournalFile): Promise<Storage> {
  await assertThere(create ? dirname(file) : file, file);
  const storage = await Storage.open({
    path: file,
    applicationId: APPLICATION_ID,
    migrations: MIGRATIONS,
    ...(more.start === undefined ? {} : { start: more.start }),
    ...(more.onFailure === undefined ? {} : { onFailure: more.onFailure }),
  }).catch((error: unknown) => {
    throw journalError(error, file);
  });
  try {
    if (domain !== undefined) await claim(storage, file, domain);
    return storage;
  } catch (error) {
    await storage.close();
    throw journalError(error, file);
  }
}

/** Its messages are addressed to one bus, and must not go to another one. */
async function claim(storage: Storage, file: string, domain: string): Promise<void> {
  const [row] = await storage.read(DOMAIN);
  if (row === undefined) await storage.write([{ sql: DOMAIN_INSERT, rows: [[domain]] }]);
  else if (row["domain"] !== domain) {
    const owner = JSON.stringify(row["domain"]);
    throw new XqbusError(
      "xqbus:illegal-argument",
      `the send journal ${file} holds events for the domain ${owner}, not for "${domain}"; give each domain a journal of its own`,
    );
  }
}

async function assertThere(path: string, file: string): Promise<void> {
  try {
    await stat(path);
  } catch (error) {
    const what = path === file ? "there is no such file" : `there is no folder ${path}`;
    throw new XqbusError("xqbus:unreadable", `cannot open the send journal ${file}: ${what}`, { cause: error });
  }
}
