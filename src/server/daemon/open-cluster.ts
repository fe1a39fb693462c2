import { parseBusUrls } from "../../amqp/index.ts";
import type { Cluster, ClusterTables } from "../../cluster/index.ts";
import type { Database } from "../../database/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { Log } from "../log/index.ts";
import type { Closers } from "./closers.ts";

/** How much of the time after which a process is gone a statement of its heartbeat may take, so that another one can be made. */
const SHARE_OF_GONE = 0.6;
/** A database under load needs some time, in ms. */
const LEAST_ANSWER_MS = 2000;

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
  const schema = CLUSTER_SCHEMA;
  // Tables may take longer to be made than a word between processes may.
  await (await openDatabase(url, { schema, migrations: CLUSTER_MIGRATIONS })).close();
  const answerTimeoutMs = Math.max(LEAST_ANSWER_MS, goneAfter * SHARE_OF_GONE);
  const database = await openDatabase<ClusterTables>(url, {
    ...{ schema, onError: onProblem, answerTimeoutMs, connectTimeoutMs: answerTimeoutMs },
    ...{ statementTimeoutMs: answerTimeoutMs, signalCheckMs: answerTimeoutMs },
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
