import { createHash } from "node:crypto";
import { lstat, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { unreadableReason } from "../daemon/index.ts";
import { XqbusError } from "../errors.ts";

/** The list of the files that a command wrote into a folder, with their SHA-256: what it may change and remove later. */
export const FOLDER_LIST = ".xqbus-files.json";

/** What has to be done so that a folder has just these files of ours; paths with `/` in it, in order. */
export interface FolderPlan {
  readonly folder: string;
  /** New files and those with another content. */
  readonly write: ReadonlyMap<string, Uint8Array>;
  /** Ours from before that are not made any more. */
  readonly remove: readonly string[];
  readonly unchanged: readonly string[];
  /** Those of `write` and `remove` that we did not write, or that somebody changed since. */
  readonly foreign: readonly string[];
}

/** Compares a folder with what it shall hold; reads only. */
export async function planFolder(folder: string, files: ReadonlyMap<string, string | Uint8Array>): Promise<FolderPlan> {
  const earlier = await readList(folder);
  const write = new Map<string, Uint8Array>();
  const remove: string[] = [];
  const unchanged: string[] = [];
  const foreign: string[] = [];
  for (const [path, content] of files) {
    const wanted = Buffer.from(content as Uint8Array);
    const found = await contentOf(join(folder, path));
    if (found !== undefined && found !== "other" && wanted.equals(found)) unchanged.push(path);
    else {
      write.set(path, wanted);
      if (found !== undefined && !isOurs(found, earlier.get(path))) foreign.push(path);
    }
  }
  for (const [path, hash] of earlier) {
    if (files.has(path)) continue;
    const found = await contentOf(join(folder, path));
    // What somebody changed is theirs now.
    if (found !== undefined && isOurs(found, hash)) remove.push(path);
  }
  const list = Buffer.from(listText(files));
  const found = await contentOf(join(folder, FOLDER_LIST));
  if (found === undefined || found === "other" || !list.equals(found)) write.set(FOLDER_LIST, list);
  return { folder, write, remove, unchanged, foreign };
}

/** @throws XqbusError `xqbus:unreadable` */
export async function applyFolderPlan({ folder, write, remove }: FolderPlan): Promise<void> {
  for (const [path, content] of write) await writeBelow(folder, path, content);
  for (const path of remove) await rm(join(folder, path));
}

async function writeBelow(folder: string, path: string, content: Uint8Array): Promise<void> {
  const file = join(folder, path);
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
  } catch (error) {
    throw new XqbusError("xqbus:unreadable", `cannot write ${file}: ${unreadableReason(error)}`, { cause: error });
  }
}

/** Undefined when there is nothing; "other" for what is no plain file, such as a link: it may lead out of the folder. */
async function contentOf(file: string): Promise<Buffer | "other" | undefined> {
  try {
    return (await lstat(file)).isFile() ? await readFile(file) : "other";
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw new XqbusError("xqbus:unreadable", `cannot read ${file}: ${unreadableReason(error)}`, { cause: error });
  }
}

function isOurs(found: Buffer | "other", hash: string | undefined): boolean {
  return found !== "other" && hash === hashOf(found);
}

function hashOf(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

function listText(files: ReadonlyMap<string, string | Uint8Array>): string {
  const hashes = Object.fromEntries([...files].map(([path, content]) => [path, hashOf(content)]));
  return `${JSON.stringify({ writtenBy: "xqbus", files: hashes }, undefined, 2)}\n`;
}

/** A list may come with a repository of somebody else: paths that lead anywhere else are not ours. */
async function readList(folder: string): Promise<ReadonlyMap<string, string>> {
  const text = await contentOf(join(folder, FOLDER_LIST));
  if (text === undefined || text === "other") return new Map();
  const entries = Object.entries(filesIn(text.toString()));
  return new Map(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string" && isPathBelow(entry[0])),
  );
}

function filesIn(text: string): object {
  try {
    const { files } = JSON.parse(text) as { readonly files?: unknown };
    return typeof files === "object" && files !== null ? files : {};
  } catch {
    return {};
  }
}

function isPathBelow(path: string): boolean {
  return !/[\\:\0]/.test(path) && path.split("/").every((step) => step !== "" && step !== "." && step !== "..");
}
