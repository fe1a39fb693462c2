import { readlinkSync } from "node:fs";
import { dirname, join, parse, resolve, sep } from "node:path";
import type { LoadedPlaces } from "../catalog-loader.ts";
import { linkStatOf } from "../sources/stat-of.ts";

/** The folders to watch, each with the names in it that matter; `all` for every name. */
export type WatchedFolders = ReadonlyMap<string, ReadonlySet<string> | "all">;

/**
 * The folders in which a change can mean another catalog: those with its files, and those where a folder or a symbolic link on
 * the way to them can be replaced, removed or made.
 */
export function foldersToWatch({ directories, files }: LoadedPlaces): WatchedFolders {
  const folders = new Map<string, Set<string> | "all">();
  const seen = new Set<string>();
  for (const folder of new Set([...directories.map((each) => resolve(each)), ...files.map((each) => dirname(each))])) {
    watchWay(folder, folders, seen);
  }
  return folders;
}

/** Follows a path step by step; what it goes through that may become something else is watched in the folder that holds it. */
function watchWay(path: string, folders: Map<string, Set<string> | "all">, seen: Set<string>): void {
  let [at, links] = [path, 0];
  for (;;) {
    if (seen.has(at)) return;
    seen.add(at);
    const { root } = parse(at);
    const steps = at.slice(root.length).split(sep).filter(Boolean);
    let holder = root;
    const step = steps.findIndex((name) => {
      addName(folders, holder, name);
      const next = join(holder, name);
      if (!isFolder(next)) return true;
      holder = next;
      return false;
    });
    if (step < 0) {
      folders.set(at, "all");
      return;
    }
    const name = steps[step]!;
    const target = linkTarget(join(holder, name));
    if (target === undefined || ++links > MAX_LINKS) return;
    at = join(resolve(holder, target), ...steps.slice(step + 1));
  }
}

function addName(folders: Map<string, Set<string> | "all">, folder: string, name: string): void {
  const names = folders.get(folder);
  if (names === undefined) folders.set(folder, new Set([name]));
  else if (names !== "all") names.add(name);
}

/** Whether the path is a folder itself, not a link to one. */
function isFolder(path: string): boolean {
  return linkStatOf(path)?.isDirectory() === true;
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

const MAX_LINKS = 40;
