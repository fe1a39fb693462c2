import { join } from "node:path";
import { XqbusError } from "../../errors.ts";
import { makePrivate, Storage } from "../../storage/index.ts";
import type { AccessBook } from "./access-book.ts";
import { accessBookOf } from "./access-book-of.ts";
import { ACCESS_FILE, APPLICATION_ID, MIGRATIONS } from "./access-tables.ts";

/**
 * Keys and audit log in the file `access.db` of a folder, which is made when it is not there.
 *
 * @throws XqbusError `xqbus:unreadable` the folder cannot be used; as `Storage.open` does
 */
export async function openAccessBook(folder: string): Promise<AccessBook> {
  const path = join(folder, ACCESS_FILE);
  try {
    // The file signs tokens.
    await makePrivate(path);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new XqbusError("xqbus:unreadable", `${path} cannot be opened or made (${code})`, { cause: error });
  }
  const storage = await Storage.open({ path, applicationId: APPLICATION_ID, migrations: MIGRATIONS });
  return accessBookOf(storage);
}
