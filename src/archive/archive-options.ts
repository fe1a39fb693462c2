import type { DatabaseOptions } from "../database/index.ts";
import type { Catalog } from "../schema/index.ts";
import type { XmlLimits } from "../xml/index.ts";
import type { WriterOptions } from "./archive-writer.ts";
import type { Patience } from "./patiently.ts";

/** How an archive is opened. */
export interface ArchiveOptions extends Pick<
  DatabaseOptions,
  "folder" | "readOnly" | "maxConnections" | "connectTimeoutMs" | "statementTimeoutMs" | "onError"
> {
  /** The event types: which fields of events are promoted, and what filters imply. Default: no field is, and a query reads all events. */
  readonly catalog?: Catalog;
  /** Waits while the database is away, and the events that come after those that wait with them. Default: adding events fails. */
  readonly patience?: Patience;
  /** How events are written. */
  readonly writer?: WriterOptions;
  /** Bounds on documents that are read again. */
  readonly limits?: Partial<XmlLimits>;
  /** The time, in ms since 1970. Default: the machine's. */
  readonly now?: () => number;
}
