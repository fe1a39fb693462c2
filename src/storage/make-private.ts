import { open } from "node:fs/promises";

/** Rights of a file that nobody but its owner may read. */
const OWNER_ONLY = 0o600;

/**
 * Makes a file that is for its owner alone, or makes one that is there so; SQLite gives the log and the index beside it the same rights.
 *
 * @throws the system's error when the file can be neither opened nor made
 */
export async function makePrivate(path: string): Promise<void> {
  await using file = await open(path, "a", OWNER_ONLY);
  // Some file systems have no rights that could be changed.
  await file.chmod(OWNER_ONLY).catch(() => undefined);
}
