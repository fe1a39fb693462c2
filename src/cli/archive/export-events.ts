import { lstat, mkdir, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { counted } from "../../counted.ts";
import { unreadableReason } from "../../daemon/index.ts";
import { XqbusError } from "../../errors.ts";
import type { ArchiveChoice } from "../../server/api-client/index.ts";
import { formOf, headOf, lineOf } from "../archived-event-text.ts";
import type { ArchiveSource } from "./archive-source.ts";

/** The forms in which events are exported. */
export const EXPORT_FORMATS = ["xml", "ndjson", "csv"] as const;

/** One of {@link EXPORT_FORMATS}. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Where events are written to, and how. */
export interface ExportTarget {
  /** A folder for `xml`, else a file. */
  readonly path: string;
  readonly format: ExportFormat;
  /** Whether files that are there are overwritten. */
  readonly force: boolean;
}

/**
 * Whether the path can be written at all, before the archive is asked.
 *
 * @throws XqbusError `xqbus:unreadable`
 */
export async function refuseTaken(path: string, format: ExportFormat, force: boolean): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (format === "xml" && !found.isDirectory()) throw taken(path, "is no folder; xml is a file for each event");
  if (format !== "xml" && found.isDirectory()) throw taken(path, "is a folder; expected the name of a file");
  if (format !== "xml" && !force) throw taken(path, "is there already; choose another name, or overwrite with --force");
}

/**
 * Writes events as they come, readable for their owner only; gives how many.
 *
 * @throws XqbusError `xqbus:unreadable`, and what the archive says; with how many events are written already
 */
export async function exportEvents(
  source: ArchiveSource,
  choice: ArchiveChoice,
  target: ExportTarget,
): Promise<number> {
  let events = 0;
  const count = (): void => void events++;
  try {
    await (target.format === "xml" ? toFolder : toFile)(source, choice, target, count);
  } catch (error) {
    if (!(error instanceof XqbusError) || events === 0) throw error;
    const done = `${counted(events, "event was", "events were")} written to ${target.path} before`;
    throw new XqbusError(error.code, `${error.message}; ${done}`, { cause: error });
  }
  return events;
}

async function toFolder(
  source: ArchiveSource,
  choice: ArchiveChoice,
  { path, force }: ExportTarget,
  count: () => void,
): Promise<void> {
  await written(path, () => mkdir(path, { recursive: true, mode: 0o700 }));
  for await (const entry of source.query(choice, "xml")) {
    // A type is what senders say, and may be no name of a file.
    const file = join(path, `${entry.number}-${entry.type.replace(/[^\p{L}\p{N}_.-]/gu, "_").slice(0, 100)}.xml`);
    await written(file, () => writeFile(file, `${lineOf(entry, "xml")}\n`, { flag: force ? "w" : "wx", mode: 0o600 }));
    count();
  }
}

async function toFile(
  source: ArchiveSource,
  choice: ArchiveChoice,
  { path, format, force }: ExportTarget,
  count: () => void,
): Promise<void> {
  const shape = format === "csv" ? "csv" : "json";
  await using file = await written(path, () => open(path, force ? "w" : "wx", 0o600));
  const write = (line: string): Promise<unknown> => written(path, () => file.write(`${line}\n`));
  const head = headOf(shape);
  if (head !== undefined) await write(head);
  for await (const entry of source.query(choice, formOf(shape))) {
    await write(lineOf(entry, shape));
    count();
  }
}

async function written<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      throw taken(path, "is there already; choose another place, or overwrite with --force");
    }
    throw new XqbusError("xqbus:unreadable", `cannot write ${path}: ${unreadableReason(error)}`, { cause: error });
  }
}

function taken(path: string, why: string): XqbusError {
  return new XqbusError("xqbus:unreadable", `${path} ${why}`);
}
