import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { holdFolder } from "../../daemon/index.ts";

/** The folder that a daemon works in, held until it is disposed. */
export interface WorkFolder extends AsyncDisposable {
  readonly path: string;
  /** Whether it goes with the daemon. */
  readonly isTemporary: boolean;
}

/**
 * Holds the folder; without one, a new one that is removed in the end.
 *
 * @throws XqbusError `xqbus:unreadable`, also when another process holds it
 */
export async function openWorkFolder(path: string | undefined): Promise<WorkFolder> {
  if (path !== undefined) {
    const held = await holdFolder(path);
    return { path, isTemporary: false, [Symbol.asyncDispose]: () => held[Symbol.asyncDispose]() };
  }
  const made = await mkdtemp(join(tmpdir(), "xqbus-"));
  return { path: made, isTemporary: true, [Symbol.asyncDispose]: () => rm(made, { recursive: true, force: true }) };
}
