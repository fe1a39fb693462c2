import type { BigIntStats } from "node:fs";
import { readFile, type FileContent } from "./read-file.ts";
import type { SchemaFile } from "./schema-folders.ts";
import { statOf } from "./stat-of.ts";

/** A file as it was read. */
interface KnownFile {
  readonly stamp: string;
  readonly bytes: Uint8Array;
  /** False while the file could change once more without another time stamp. */
  readonly isSettled: boolean;
}

/** The contents of files. As long as a content stays the same, {@link FileCache.read} gives the same array. */
export class FileCache {
  readonly #known = new Map<string, KnownFile>();

  /** @param maxBytes bytes that are read at most; a longer file is refused */
  read({ path, realPath }: SchemaFile, maxBytes: number): FileContent {
    const known = this.#known.get(path);
    const stats = statOf(realPath);
    const stamp = stats === undefined ? "" : stampOf(stats);
    if (known?.isSettled === true && known.stamp === stamp && known.bytes.length <= maxBytes) return known;
    const content = readFile(realPath, maxBytes);
    if ("reason" in content) {
      this.#known.delete(path);
      return content;
    }
    const bytes = known !== undefined && isSame(known.bytes, content.bytes) ? known.bytes : content.bytes;
    this.#known.set(path, { stamp, bytes, isSettled: stats !== undefined && isOld(stats) });
    return { bytes };
  }

  /** Forgets all other paths. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.#known.keys()) if (!paths.has(path)) this.#known.delete(path);
  }
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}

/** Two writes within one tick of a file system's clock (FAT: two seconds) leave the same time. */
function isOld({ mtimeMs, ctimeMs }: BigIntStats): boolean {
  const age = BigInt(Date.now()) - (mtimeMs > ctimeMs ? mtimeMs : ctimeMs);
  return age > COARSEST_CLOCK_MS;
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

const COARSEST_CLOCK_MS = 2500n;
