import { parseBusUrls } from "../../amqp/index.ts";
import type { Cluster, ClusterTables } from "../../cluster/index.ts";
import type { Database } from "../../database/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { Log } from "../log/index.ts";
import type { Closers } from "./closers.ts";

/** The other processes that serve the same bus, and the database that they have in common. */
export interface SharedParts {
  readonly cluster: Cluster;
  readonly database: Database<ClusterTables>;
  /** Of the database. */
  readonly url: string;
}

/** What joining the others needs. */
export interface ClusterSurroundings {
  readonly closers: Closers;
  readonly log: Log;
  readonly release: string;
}

/**
 * Joins the other processes of a bus, where the configuration has both a broker and a PostgreSQL that processes can share. Undefined: this process is
 * on its own.
 *
 * @throws what `Cluster.open` throws
 */
export async function openCluster(
  { broker, storage, cluster: { heartbeat, goneAfter, applyTimeout } }: DaemonConfig,
  { closers, log, release }: ClusterSurroundings,
): Promise<SharedParts | undefined> {
  const { url } = storage;
  if (broker.url === undefined || url === undefined) return undefined;
  const { openDatabase, parseDatabaseUrl } = await import("../../database/index.ts");
  if (parseDatabaseUrl(url).product !== "postgres") return undefined;
  const { Cluster, CLUSTER_MIGRATIONS, CLUSTER_SCHEMA } = await import("../../cluster/index.ts");
  const onProblem = ({ code, message }: { readonly code: string; readonly message: string }): void =>
    log.write("error", message, { code });
  const database = await openDatabase<ClusterTables>(url, {
    ...{ schema: CLUSTER_SCHEMA, migrations: CLUSTER_MIGRATIONS, onError: onProblem },
  });
  closers.add("shared database", () => database.close());
  const [{ domain }] = parseBusUrls(broker.url);
  const onReleases = (releases: readonly string[]): void => {
    if (releases.length === 1) log.write("info", "all daemons of the bus are of one release", { releases });
    else
      log.write("warn", "daemons of the bus are of different releases: bring all of them to the latest", { releases });
  };
  const cluster = await Cluster.open({
    ...{ database, domain, release, onProblem, onReleases },
    ...{ heartbeatMs: heartbeat, goneAfterMs: goneAfter, applyTimeoutMs: applyTimeout },
  });
  closers.add("cluster", () => cluster.close());
  log.write("info", "joined the processes of the bus", { member: cluster.id, slot: cluster.slot });
  return { cluster, database, url };
}
