import { existsSync } from "node:fs";
import { XqbusError } from "../../errors.ts";
import { StorageReader } from "../../storage/index.ts";
import type { JournalCounts, RefusedEvent } from "./journal-entry.ts";
import { journalError } from "./journal-error.ts";
import { refusedOf } from "./journal-rows.ts";
import * as tables from "./tables.ts";

/** What is in a journal file that nobody has open. */
export interface JournalContents extends JournalCounts {
  /** The bus that its events are for. */
  readonly domain: string;
  /** The refused events, the oldest first. */
  readonly refusedEvents: readonly RefusedEvent[];
}

/**
 * Reads a journal file and changes nothing.
 *
 * @param limit refused events at most
 * @throws XqbusError `xqbus:unreadable` no such file, `xqbus:store-in-use`, `xqbus:store-damaged`, `xqbus:store-failed` no journal
 */
export function readJournal(file: string, limit: number): JournalContents {
  if (!existsSync(file)) {
    throw new XqbusError("xqbus:unreadable", `cannot open the send journal ${file}: there is no such file`);
  }
  try {
    return contentsOf(file, limit);
  } catch (error) {
    throw journalError(error, file);
  }
}

function contentsOf(file: string, limit: number): JournalContents {
  const reader = new StorageReader({ path: file, applicationId: tables.APPLICATION_ID });
  try {
    const [counts = {}] = reader.all(tables.COUNTS);
    return {
      domain: String(reader.all(tables.DOMAIN)[0]?.["domain"] ?? ""),
      waiting: Number(counts["waiting"]),
      refused: Number(counts["refused"]),
      bytes: Number(counts["waiting_bytes"]) + Number(counts["refused_bytes"]),
      refusedEvents: reader.all(tables.REFUSED_PAGE, [0, limit]).map(refusedOf),
    };
  } finally {
    reader.close();
  }
}
