import { lstatSync, statSync, type BigIntStats } from "node:fs";

/** What the file system knows of a path, links followed; undefined when there is nothing that can be looked at. */
export function statOf(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}

/** The same of the path itself, which may be a link. */
export function linkStatOf(path: string): BigIntStats | undefined {
  try {
    return lstatSync(path, { bigint: true });
  } catch {
    return undefined;
  }
}
