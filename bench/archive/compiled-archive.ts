import type * as Archive from "../../src/archive/index.ts";
import type * as ArchiveWriter from "../../src/archive/archive-writer.ts";
import type * as EventRow from "../../src/archive/event-row.ts";
import type * as Database from "../../src/database/index.ts";

async function compiled<T>(module: string): Promise<T> {
  return (await import(new URL(`../../dist/${module}.js`, import.meta.url).href)) as T;
}

/** The archive and its parts, compiled into dist/. */
export const archive: typeof Archive = await compiled<typeof Archive>("archive/index");
export const writers: typeof ArchiveWriter = await compiled<typeof ArchiveWriter>("archive/archive-writer");
export const eventRows: typeof EventRow = await compiled<typeof EventRow>("archive/event-row");
export const database: typeof Database = await compiled<typeof Database>("database/index");
