import { readdirSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { XqbusError } from "../../errors.ts";
import { describeSystemError, readFile, type FileContent } from "./read-file.ts";

/** A file that lies in one of the folders. */
export interface SchemaFile {
  /** Absolute path as shown to users. */
  readonly path: string;
  /** The path without symbolic links: two paths mean the same file when these are equal. */
  readonly realPath: string;
}

/** What a reference to another file leads to. */
export type ResolvedReference = { readonly file: SchemaFile } | { readonly reason: string };

/** Reads a file of at most so many bytes. */
export type ReadSchemaFile = (file: SchemaFile, maxBytes: number) => FileContent;

/** How files are read by somebody who wants to know which. */
export interface SchemaFileAccess {
  readonly read?: ReadSchemaFile;
  /** Hears of the paths within the folders that a file refers to and that are not there. */
  readonly onMissing?: (path: string) => void;
}

/** Bounds on reading schema files. */
export interface SchemaFileLimits {
  /** Bytes of one file. */
  readonly maxSchemaBytes: number;
  /** Files in all. */
  readonly maxSchemaFiles: number;
  /** Bytes of all files together. */
  readonly maxTotalSchemaBytes: number;
}

/**
 * The folders a catalog is read from. No file outside of them is ever read, whatever a schema refers to and wherever a
 * symbolic link leads.
 */
export class SchemaFolders {
  readonly #roots: readonly SchemaFile[];
  readonly #limits: SchemaFileLimits;
  readonly #readFile: ReadSchemaFile;
  readonly #onMissing: ((path: string) => void) | undefined;
  /** Files that are hidden by another one of the same name, by real path. */
  readonly #hidden = new Map<string, SchemaFile>();
  #files = 0;
  #bytes = 0;

  /**
   * @param access how files are read
   * @throws XqbusError `xqbus:unreadable` when a folder does not exist or cannot be read
   */
  constructor(directories: readonly string[], limits: SchemaFileLimits, access: SchemaFileAccess = {}) {
    const roots = directories.map((directory) => openFolder(directory));
    this.#roots = roots.filter((root, i) => roots.findIndex((other) => other.realPath === root.realPath) === i);
    this.#limits = limits;
    this.#readFile = access.read ?? ((file, maxBytes) => readFile(file.realPath, maxBytes));
    this.#onMissing = access.onMissing;
  }

  /**
   * The XSD files that lie directly in the folders, folder by folder, sorted by name. Sub-folders are not searched: a file in
   * there belongs to the catalog only when another file includes or imports it.
   *
   * @param hideable a folder whose files are hidden by files of the same name in the folders before it, also for references to
   *   them
   */
  list(hideable?: string): readonly SchemaFile[] {
    const files: SchemaFile[] = [];
    const first = new Map<string, SchemaFile>();
    for (const root of this.#roots) {
      for (const name of listXsdFiles(root.path)) {
        const path = join(root.path, name);
        const file = { path, realPath: realPathOf(path) ?? path };
        const hiding = root.path === hideable ? first.get(name) : undefined;
        if (hiding === undefined) {
          if (!first.has(name)) first.set(name, file);
          files.push(file);
        } else {
          this.#hidden.set(file.realPath, hiding);
        }
      }
    }
    return files;
  }

  /**
   * Where a `schemaLocation` leads: relative to the file it stands in, within the folders.
   *
   * @returns the file, which may turn out to be unreadable, or why there can be none
   */
  resolve(from: SchemaFile, location: string): ResolvedReference {
    const path = decodePath(location.trim());
    if (path === undefined) return { reason: "only relative paths of files are allowed here; nothing is ever fetched" };
    const target = resolve(dirname(from.path), path);
    const realPath = realPathOf(target);
    // Where no file is, there is no real path: what was meant is all there is to judge.
    const isInside =
      realPath === undefined ? this.#roots.some((root) => liesIn(root.path, target)) : this.#contains(realPath);
    if (!isInside) return { reason: "it lies outside of the catalog's directories" };
    if (realPath === undefined) {
      this.#onMissing?.(target);
      return { reason: "it does not exist" };
    }
    return { file: this.#hidden.get(realPath) ?? { path: target, realPath } };
  }

  /**
   * Reads a file of {@link list} or {@link resolve}.
   *
   * @throws XqbusError `xqbus:limit-exceeded` when there are too many files or bytes in all
   */
  read(file: SchemaFile): FileContent {
    // A top-level file may itself be a symbolic link that leads elsewhere.
    if (!this.#contains(file.realPath)) return { reason: "it is a link out of the catalog's directories" };
    const content = this.#readFile(file, this.#limits.maxSchemaBytes);
    this.#files++;
    if ("bytes" in content) this.#bytes += content.bytes.length;
    this.#checkTotal("maxSchemaFiles", this.#files, "files");
    this.#checkTotal("maxTotalSchemaBytes", this.#bytes, "bytes");
    return content;
  }

  #contains(realPath: string): boolean {
    return this.#roots.some((root) => liesIn(root.realPath, realPath));
  }

  #checkTotal(limit: "maxSchemaFiles" | "maxTotalSchemaBytes", value: number, unit: string): void {
    if (value <= this.#limits[limit]) return;
    const folders = this.#roots.map(({ path }) => path).join(", ");
    const message = `the schema files of ${folders} are more than ${this.#limits[limit]} ${unit} (option ${limit})`;
    throw new XqbusError("xqbus:limit-exceeded", message);
  }
}

/** Whether the path lies in the folder. */
function liesIn(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function openFolder(directory: string): SchemaFile {
  const path = resolve(directory);
  try {
    const realPath = realpathSync(path);
    readdirSync(realPath);
    return { path, realPath };
  } catch (cause) {
    const isFile = (cause as NodeJS.ErrnoException).code === "ENOTDIR";
    const reason = isFile ? "it is not a directory" : describeSystemError(cause);
    const message = `the schema directory "${path}" cannot be read: ${reason}; give directories that hold XSD files`;
    throw new XqbusError("xqbus:unreadable", message, { cause });
  }
}

/** Names that begin with a dot belong to editors and the operating system. */
function listXsdFiles(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(".xsd") && !name.startsWith("."))
    .sort();
}

function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The path that a relative URI reference names; undefined for everything with a scheme, authority, query or fragment. */
function decodePath(location: string): string | undefined {
  if (location === "" || /^[A-Za-z][A-Za-z0-9+.-]*:|^\/|[?#\\]/.test(location)) return undefined;
  try {
    const path = decodeURIComponent(location);
    return path.includes("\0") || path.includes("\\") ? undefined : path;
  } catch {
    return undefined;
  }
}
