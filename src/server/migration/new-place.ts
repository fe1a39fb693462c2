import { ACCESS_TABLES } from "../access/index.ts";
import { WORK_TABLES } from "../../action/index.ts";
import { parseBusUrls, withoutPasswords, type ConnectOptions } from "../../amqp/index.ts";
import { ARCHIVE_TABLES } from "../../archive/index.ts";
import { readTextFile } from "../../daemon/index.ts";
import { parseDatabaseUrl, withoutDatabasePassword } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { LISTENER_TABLES } from "../../listener/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { TablesToMove } from "./move-tables.ts";

/** Where everything goes. */
export interface NewPlace {
  /** The bus, with its password. */
  readonly url: string;
  readonly connect: Pick<ConnectOptions, "tls">;
  readonly domain: string;
  /** The PostgreSQL that daemons share. */
  readonly database: string;
  readonly goneAfterMs: number;
  readonly tables: readonly TablesToMove[];
  /** The same without passwords. */
  readonly shown: { readonly bus: string; readonly database: string };
  readonly notes: readonly string[];
}

/** The places that a configuration names. @throws XqbusError `xqbus:illegal-argument` it is not one of several daemons; `xqbus:unreadable` */
export async function newPlace({ broker, storage, archive, cluster }: DaemonConfig): Promise<NewPlace> {
  const database = storage.url;
  if (broker.url === undefined || database === undefined || !isPostgres(database)) {
    throw new XqbusError(
      "xqbus:illegal-argument",
      'the configuration is not one of several daemons; expected [broker] url = "amqp://…" and [storage] url = "postgres://…"',
    );
  }
  const connect = broker.tlsCa === undefined ? {} : { tls: { ca: await readTextFile(broker.tlsCa) } };
  const archived = archive.database ?? database;
  const isArchived = archive.enabled && isPostgres(archived);
  const notes = isArchived
    ? []
    : ["archive.db stays where it is: [archive] is not enabled in the new configuration, or not in PostgreSQL"];
  return {
    ...{ url: broker.url, connect, domain: parseBusUrls(broker.url)[0].domain, database },
    goneAfterMs: cluster.goneAfter,
    tables: [
      ...[ACCESS_TABLES, LISTENER_TABLES, WORK_TABLES].map((moved) => ({ moved, url: database })),
      ...(isArchived ? [{ moved: ARCHIVE_TABLES, url: archived }] : []),
    ],
    shown: { bus: withoutPasswords(broker.url), database: withoutDatabasePassword(database) },
    notes,
  };
}

function isPostgres(url: string): boolean {
  return parseDatabaseUrl(url).product === "postgres";
}
