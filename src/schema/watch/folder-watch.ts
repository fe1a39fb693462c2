import { watch, type FSWatcher } from "node:fs";
import { basename } from "node:path";
import { statOf } from "../sources/stat-of.ts";
import type { WatchedFolders } from "./watch-places.ts";

/**
 * Tells that something has happened in one of some folders. Not what: the files are read again in any case. Where the system
 * cannot watch, it says so once and {@link FolderWatch.isComplete} is false.
 *
 * It does not keep the process alive.
 */
export class FolderWatch {
  readonly #onChange: () => void;
  readonly #onFailure: () => void;
  readonly #watched = new Map<string, WatchedFolder>();
  #isComplete = true;

  constructor(onChange: () => void, onFailure: () => void) {
    this.#onChange = onChange;
    this.#onFailure = onFailure;
  }

  /** False when a folder could not be watched: changes may go unnoticed. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /**
   * Watches these folders and no others.
   *
   * @returns whether there is one that was not watched before: what happened in it until now was not noticed
   */
  replace(folders: WatchedFolders): boolean {
    for (const [folder, known] of this.#watched) {
      if (!folders.has(folder) || known.isGone || known.identity !== identityOf(folder)) this.#drop(folder, known);
    }
    let hasNew = false;
    for (const [folder, names] of folders) {
      const known = this.#watched.get(folder);
      if (known !== undefined) known.names = names;
      else if (this.#open(folder, names)) hasNew = true;
    }
    return hasNew;
  }

  /** Ends the watching; idempotent. */
  close(): void {
    for (const [folder, watched] of this.#watched) this.#drop(folder, watched);
  }

  #open(folder: string, names: ReadonlySet<string> | "all"): boolean {
    const identity = identityOf(folder);
    try {
      const watcher = watch(folder, { persistent: false });
      const watched: WatchedFolder = { watcher, names, identity, isGone: false };
      this.#watched.set(folder, watched);
      watcher.on("change", (_, name) => this.#consider(folder, watched, name?.toString()));
      watcher.on("error", () => {
        this.#drop(folder, watched);
        this.#fail();
      });
      return true;
    } catch {
      // Above the folders with files, what cannot be watched may stay unwatched. What has just gone shows at the next look.
      if (names === "all" && identityOf(folder) !== undefined) this.#fail();
      return false;
    }
  }

  /** @param name undefined where the system does not tell: it may have been any */
  #consider(folder: string, watched: WatchedFolder, name: string | undefined): void {
    // The folder itself is told of by its own name: it is no longer the one at this path.
    if (name === undefined || name === basename(folder)) watched.isGone = true;
    const isMeant = watched.isGone || watched.names === "all" || (name !== undefined && watched.names.has(name));
    if (isMeant) this.#onChange();
  }

  #drop(folder: string, watched: WatchedFolder): void {
    watched.watcher.close();
    if (this.#watched.get(folder) === watched) this.#watched.delete(folder);
  }

  #fail(): void {
    if (!this.#isComplete) return;
    this.#isComplete = false;
    this.#onFailure();
  }
}

interface WatchedFolder {
  readonly watcher: FSWatcher;
  /** The names in it that matter. */
  names: ReadonlySet<string> | "all";
  /** Which folder it was when the watching began: another one may be at its path now. */
  readonly identity: string | undefined;
  /** Whether the system has told of the folder itself. */
  isGone: boolean;
}

function identityOf(folder: string): string | undefined {
  const stats = statOf(folder);
  return stats === undefined ? undefined : `${stats.dev} ${stats.ino} ${stats.birthtimeNs}`;
}
