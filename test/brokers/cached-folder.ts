import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, rmdir, stat, utimes } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How often the holder of a lock shows that it lives, in ms. */
const HEARTBEAT_MS = 1000;
/** A lock without a sign of life for so long, in ms, belongs to a process that is gone. */
const STALE_MS = 20_000;
const POLL_MS = 100;

/** Where the software of the brokers is kept between runs: `$XQBUS_BROKER_CACHE`, else `xqbus-test-brokers` in the user's cache. */
export function brokerCache(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return env["XQBUS_BROKER_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "xqbus-test-brokers");
}

/**
 * The folder `name` in the cache; `fill` makes its content when it is not there yet.
 *
 * The content appears all at once (it is made beside and renamed), so a folder that exists is complete, whatever happened to its
 * maker. The lock only spares parallel test processes the same work: should two of them hold it, both results are good.
 */
export async function cachedFolder(
  name: string,
  fill: (folder: string) => Promise<void>,
  cache: string = brokerCache(),
): Promise<string> {
  const folder = join(cache, name);
  if (existsSync(folder)) return folder;
  await mkdir(cache, { recursive: true });
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(folder)) return;
    const draft = await mkdtemp(`${folder}.draft-`);
    try {
      await fill(draft);
      await rename(draft, folder);
    } catch (error) {
      if (!existsSync(folder)) throw error;
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  });
  return folder;
}

/** Runs the work while this process owns the folder `lock`; waits for another owner as long as that one lives. */
async function withLock(lock: string, work: () => Promise<void>): Promise<void> {
  while (!(await acquired(lock))) await sleep(POLL_MS);
  const heartbeat = setInterval(() => void touch(lock), HEARTBEAT_MS);
  try {
    await work();
  } finally {
    clearInterval(heartbeat);
    await rmdir(lock).catch(() => {});
  }
}

async function acquired(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const lastSign = await stat(lock).then(
    (found) => found.mtimeMs,
    () => Date.now(),
  );
  if (Date.now() - lastSign > STALE_MS) await rmdir(lock).catch(() => {});
  return false;
}

/** Failing is harmless: the lock then looks stale, and another process may do the same work. */
async function touch(lock: string): Promise<void> {
  const now = new Date();
  await utimes(lock, now, now).catch(() => {});
}
