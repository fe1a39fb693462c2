import { parseBusUrls } from "../../amqp/index.ts";
import { clusterState, type ClusterTables } from "../../cluster/index.ts";
import { openDatabase, parseDatabaseUrl, readOnlyReason, withoutDatabasePassword } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import { packageVersion } from "../../package-version.ts";
import { otherGroupsProblem, routerState, type BacklogCount, type HeardGroup } from "../../router/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import { fail, ok, warn, type Finding } from "./finding.ts";

const CLUSTER = "cluster";
const ROUTES = "routes";
const MOST_NAMED = 5;
/** Clocks that differ by more are told of, in ms: some of it is the time that asking takes. */
const CLOCKS_MS = 5000;

/** Whether a daemon of this configuration shares a broker and a PostgreSQL with others. */
export function isOneOfSeveral({ broker, storage: { url } }: Pick<DaemonConfig, "broker" | "storage">): boolean {
  return broker.url !== undefined && url !== undefined && parseDatabaseUrl(url).product === "postgres";
}

/**
 * Whether the database that several daemons share can be written and belongs to this bus, of which releases the daemons are that live, and
 * whether events wait for queues that do not take them. Nothing where a daemon of this configuration has no others.
 */
export async function checkCluster(
  { broker, storage, router, cluster }: Pick<DaemonConfig, "broker" | "storage" | "router" | "cluster">,
  timeoutMs: number,
): Promise<readonly Finding[]> {
  const { url } = storage;
  if (broker.url === undefined || url === undefined || !isOneOfSeveral({ broker, storage })) return [];
  const shown = withoutDatabasePassword(url);
  const limits = { connectTimeoutMs: timeoutMs, statementTimeoutMs: timeoutMs };
  try {
    await using database = await openDatabase<ClusterTables>(url, limits);
    const [{ domain }] = parseBusUrls(broker.url);
    const isReadOnly = await readOnlyReason(database);
    const state = await clusterState(database, cluster.goneAfter);
    const finding =
      isReadOnly === undefined
        ? processesFinding(shown, domain, state)
        : fail(
            CLUSTER,
            `${shown}: ${isReadOnly}; events wait on the bus`,
            "give [storage] url a database that takes writes",
          );
    const routes = router.enabled ? await routerState(url, limits) : undefined;
    return [
      finding,
      ...clockFindings(shown, state.now - Date.now()),
      ...(routes === undefined ? [] : domainFindings(domain, routes.others)),
      ...(routes === undefined ? [] : [routesFinding(routes.routes, routes.backlog)]),
    ];
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    return [fail(CLUSTER, error.message, "look at [storage] url, and whether the database runs")];
  }
}

function processesFinding(
  shown: string,
  domain: string,
  { unknown, domain: owner, members }: Awaited<ReturnType<typeof clusterState>>,
): Finding {
  if (unknown.length > 0) {
    const advice = "use the release that wrote it, or a later one";
    return fail(CLUSTER, `${shown} has tables of a later release (${unknown.join(", ")})`, advice);
  }
  if (owner !== undefined && owner !== domain) {
    const advice = "give each domain a database of its own ([storage] url)";
    return fail(CLUSTER, `${shown} belongs to the domain ${owner}, and this is ${domain}`, advice);
  }
  const living = `${shown}: ${members.length === 1 ? "1 daemon runs" : `${members.length} daemons run`}`;
  const releases = [...new Set([...members.map(({ release }) => release), packageVersion()])].sort();
  if (releases.length === 1) return ok(CLUSTER, living);
  const of = members.map(({ id, release }) => `${id} ${release}`).join(", ");
  return warn(
    CLUSTER,
    `${living}, of different releases (${of}; this is ${packageVersion()})`,
    "bring all of them to the latest",
  );
}

/** @param aheadMs by how much the database's clock is ahead of ours */
function clockFindings(shown: string, aheadMs: number): readonly Finding[] {
  if (Math.abs(aheadMs) <= CLOCKS_MS) return [];
  const seconds = `${Math.round(Math.abs(aheadMs) / 1000)} s`;
  const text = `the clock of ${shown} is ${seconds} ${aheadMs > 0 ? "ahead of" : "behind"} that of this machine`;
  return [warn("clocks", text, "set the clocks (NTP): runs of actions and schedules go by that of each machine")];
}

function domainFindings(domain: string, others: readonly HeardGroup[]): readonly Finding[] {
  if (others.length === 0) return [];
  const { code, text, advice } = otherGroupsProblem(domain, others);
  return [(code === "xqbus:shared-domain" ? fail : warn)("domain", text, advice)];
}

function routesFinding(routes: number, backlog: readonly BacklogCount[]): Finding {
  const all = routes === 1 ? "1 route" : `${routes} routes`;
  const [first] = backlog;
  if (first === undefined) return ok(ROUTES, all);
  const named = backlog.slice(0, MOST_NAMED).map(({ route, waiting }) => `${route} ${waiting}`);
  const more = backlog.length - named.length;
  const each = [...named, ...(more > 0 ? [`and ${more} more`] : [])].join(", ");
  const detail = `${all}; events wait in the database for queues that do not take them (${each}): ${first.reason}`;
  return warn(
    ROUTES,
    detail,
    "make room in the queue, or look at its rights; xqbus route waiting lists them, and discard throws one away",
  );
}
