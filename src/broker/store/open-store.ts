import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { XqbusError } from "../../errors.ts";
import { makePrivate, Storage } from "../../storage/index.ts";
import { DurableStore } from "./durable-store.ts";
import { DEFAULT_QUEUE_MEMORY_BYTES } from "./store-options.ts";
import type { BrokerStoreOptions } from "./store-options.ts";
import { APPLICATION_ID, MIGRATIONS, STORE_FILE } from "./tables.ts";

/** One for each queue that is being read, and one transaction. */
const MAX_REQUESTS = 1_000_000;

/**
 * Opens the message store of a folder for this process alone.
 *
 * @throws XqbusError `xqbus:unreadable` for a folder that cannot be made, and what {@link Storage.open} throws
 */
export async function openStore(options: BrokerStoreOptions): Promise<DurableStore> {
  const { folder, maxBytes, queueMemoryBytes = DEFAULT_QUEUE_MEMORY_BYTES, onProblem, start } = options;
  await makeFolder(folder);
  const path = join(folder, STORE_FILE);
  // Whoever opens it as a store says what is wrong.
  await makePrivate(path).catch(() => undefined);
  const storage = await Storage.open({
    path,
    applicationId: APPLICATION_ID,
    migrations: MIGRATIONS,
    maxRequests: MAX_REQUESTS,
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(start === undefined ? {} : { start }),
    onFailure: (error) => store.fail(error),
  }).catch((error: unknown) => {
    throw advised(error, folder);
  });
  const store = new DurableStore(storage, queueMemoryBytes, onProblem);
  return store;
}

/** What to do about a damaged file. */
function advised(error: unknown, folder: string): unknown {
  if (!(error instanceof XqbusError) || error.code !== "xqbus:store-damaged") return error;
  return new XqbusError(
    error.code,
    `${error.message}. xqbus store check ${folder} tells what is damaged, xqbus store salvage ${folder} --to NEW-FOLDER ` +
      "copies what is whole",
    { cause: error },
  );
}

/** Only the last folder of the path: making those above it would hide a misspelt path. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    throw new XqbusError("xqbus:unreadable", `cannot make the folder ${folder} for messages: ${String(code)}`, {
      cause: error,
    });
  }
}
