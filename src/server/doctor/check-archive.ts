import { existsSync } from "node:fs";
import { archiveState } from "../../archive/index.ts";
import { parseDatabaseUrl, withoutDatabasePassword } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import type { DaemonConfig } from "../config/index.ts";
import { formatBytes } from "../format-bytes.ts";
import { fail, ok, type Finding } from "./finding.ts";

const NAME = "archive";

/** Whether the database of the archive answers, has tables of this release or none, can be written, and how large it is. */
export async function checkArchiveDatabase(
  { archive, storage }: Pick<DaemonConfig, "archive" | "storage">,
  timeoutMs: number,
): Promise<Finding> {
  const { database: url = storage.url ?? "sqlite:archive.db" } = archive;
  const shown = withoutDatabasePassword(url);
  try {
    const place = parseDatabaseUrl(url, storage.folder);
    if (place.product === "sqlite" && !existsSync(place.path)) return ok(NAME, `${shown} is made at the first start`);
    const { missing, unknown, isWritable, refusal, bytes } = await archiveState(url, {
      ...(storage.folder === undefined ? {} : { folder: storage.folder }),
      ...{ connectTimeoutMs: timeoutMs, statementTimeoutMs: timeoutMs },
    });
    if (isWritable === false) {
      return fail(
        NAME,
        `${shown} cannot be written: ${refusal ?? ""}`,
        "give the user of the daemon the right to write",
      );
    }
    if (unknown.length > 0) {
      const advice = "use the release that wrote it, or a later one";
      return fail(NAME, `${shown} has tables of a later release (${unknown.join(", ")})`, advice);
    }
    const size = `${formatBytes(bytes)} of ${formatBytes(archive.maxBytes)} for documents`;
    if (missing.length === 0) return ok(NAME, `${shown} can be written, ${size}`);
    return ok(NAME, `${shown} answers; the daemon brings its tables up to date (${missing.join(", ")}), ${size}`);
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    return fail(NAME, `${shown}: ${error.message}`, "look at [archive] database, and whether the database runs");
  }
}
