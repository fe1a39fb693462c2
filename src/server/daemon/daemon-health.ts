import { statfs } from "node:fs/promises";
import type { EventPublisher } from "../../amqp/index.ts";
import type { ArchiveService } from "../../archive/index.ts";
import type { Broker } from "../../broker/index.ts";
import type { Cluster } from "../../cluster/index.ts";
import { counted } from "../../counted.ts";
import { unreadableReason } from "../../daemon/index.ts";
import type { RunningListeners } from "../../listener/index.ts";
import { formatSchemaProblem } from "../../schema/index.ts";
import type { ActionService } from "../../action/index.ts";
import type { BacklogCount, Router } from "../../router/index.ts";
import type { Relays } from "../../producer/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { HealthCheck, HealthReport } from "../health.ts";
import { formatBytes } from "../format-bytes.ts";

/** What the health of a daemon depends on. */
export interface HealthSubjects {
  readonly publisher: Pick<EventPublisher, "status" | "pending">;
  readonly broker: Pick<Broker, "counts"> | undefined;
  readonly catalog: Pick<Catalog, "problems" | "eventNames">;
  readonly listeners: Pick<RunningListeners, "list" | "health">;
  readonly archive?: Pick<ArchiveService, "health"> | undefined;
  readonly actions?: Pick<ActionService, "failure"> | undefined;
  readonly relays?: Pick<Relays, "list"> | undefined;
  readonly cluster?: Pick<Cluster, "members" | "held" | "isCurrent" | "failure"> | undefined;
  readonly router?: Pick<Router, "health" | "counts"> | undefined;
  /** By which consumers ask the router for queues. */
  readonly routerService?: { readonly problem: string | undefined } | undefined;
  readonly folder: string;
  readonly minFreeBytes: number;
}

const ORDER = ["ok", "degraded", "failed"] as const;

/** Looks at everything that a daemon needs. Never rejects. */
export async function daemonHealth(subjects: HealthSubjects): Promise<HealthReport> {
  const checks = [
    brokerCheck(subjects),
    await diskCheck(subjects),
    catalogCheck(subjects),
    storeCheck(subjects),
    tapCheck(subjects),
    listenersCheck(subjects),
    ...clusterChecks(subjects),
    ...archiveChecks(subjects),
    ...actionsCheck(subjects),
    ...relaysCheck(subjects),
    ...(await routerCheck(subjects)),
  ];
  const worst = Math.max(...checks.map(({ status }) => ORDER.indexOf(status)));
  return { status: ORDER[worst] ?? "failed", checks };
}

function brokerCheck({ publisher: { status, pending }, broker }: HealthSubjects): HealthCheck {
  const name = "broker";
  if (status === "connected") {
    const detail =
      broker === undefined
        ? `connected; ${counted(pending, "event")} under way`
        : `embedded; ${counted(broker.counts.connections, "connection")}`;
    return { name, status: "ok", detail };
  }
  const how = status === "idle" ? "" : `${status}: `;
  return { name, status: "failed", detail: `${how}no connection to the broker; it is tried again and again` };
}

async function diskCheck({ folder, minFreeBytes }: HealthSubjects): Promise<HealthCheck> {
  const name = "disk";
  try {
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const detail = `${formatBytes(free)} free for ${folder}`;
    if (free >= minFreeBytes) return { name, status: "ok", detail };
    return { name, status: "degraded", detail: `${detail}; expected ${formatBytes(minFreeBytes)}: make room` };
  } catch (error) {
    return { name, status: "failed", detail: `${folder} cannot be looked at: ${unreadableReason(error)}` };
  }
}

function catalogCheck({ catalog: { problems, eventNames } }: HealthSubjects): HealthCheck {
  const name = "catalog";
  const [first] = problems;
  if (first !== undefined) {
    const more = problems.length === 1 ? "" : `, and ${problems.length - 1} more`;
    return { name, status: "degraded", detail: `a schema is not used: ${formatSchemaProblem(first)}${more}` };
  }
  if (eventNames.length === 0) return { name, status: "degraded", detail: "there are no event types" };
  return { name, status: "ok", detail: counted(eventNames.length, "event type") };
}

function storeCheck({ broker, listeners }: HealthSubjects): HealthCheck {
  const { failure, isFull } = listeners.health;
  if (failure !== undefined) return { name: "store", status: "failed", detail: failure.message };
  if (isFull) {
    const detail =
      "listeners.db is full, and events wait on the bus: raise [storage] max_bytes, or keep records shorter";
    return { name: "store", status: "degraded", detail };
  }
  const damaged = broker?.counts.damaged ?? 0;
  if (damaged === 0) return { name: "store", status: "ok", detail: "no damage" };
  const detail = `set aside: ${counted(damaged, "damaged row")}; see xqbus store check`;
  return { name: "store", status: "degraded", detail };
}

function tapCheck({ listeners }: HealthSubjects): HealthCheck {
  const name = "tap";
  if (listeners.health.isReceiving) return { name, status: "ok", detail: "events reach the listeners" };
  return { name, status: "failed", detail: "events do not reach the listeners; they wait on the bus" };
}

function actionsCheck({ actions }: HealthSubjects): readonly HealthCheck[] {
  if (actions === undefined) return [];
  const name = "actions";
  const { failure } = actions;
  if (failure === undefined) return [{ name, status: "ok", detail: "runs are carried out" }];
  return [{ name, status: "failed", detail: `runs wait: ${failure.message}` }];
}

function relaysCheck({ relays }: HealthSubjects): readonly HealthCheck[] {
  if (relays === undefined) return [];
  const name = "relays";
  const all = relays.list();
  const ill = all.filter(({ state }) => state === "failing");
  const [first] = ill;
  if (first === undefined) return [{ name, status: "ok", detail: counted(all.length, "outbox", "outboxes") }];
  const more = ill.length === 1 ? "" : `, and ${ill.length - 1} more`;
  const detail = `events wait in the outbox of ${first.database}: ${first.error ?? "unknown"}${more}`;
  return [{ name, status: "degraded", detail }];
}

async function routerCheck({ router, routerService }: HealthSubjects): Promise<readonly HealthCheck[]> {
  if (router === undefined) return [];
  const name = "router";
  const { failure, isReceiving, unreached, problems, backlog, repeated, sharedDomain } = await router.health();
  if (failure !== undefined) {
    return [{ name, status: "failed", detail: `events wait on the bus and are not routed: ${failure.message}` }];
  }
  if (unreached !== undefined) {
    return [{ name, status: "failed", detail: `the router has not reached the bus: ${unreached.message}` }];
  }
  if (!isReceiving) return [{ name, status: "failed", detail: "events do not reach the router; they wait on the bus" }];
  const others = sharedDomain === undefined ? [] : [sharedDomain.message];
  const isDivided = sharedDomain?.code === "xqbus:shared-domain";
  const unasked = routerService?.problem === undefined ? [] : [routerService.problem];
  const wrong = [...(isDivided ? others : []), ...unasked, ...backlogTexts(backlog)];
  const [problem] = problems;
  if (problem !== undefined) wrong.push(`route ${problem[0]}: ${problem[1]}`);
  if (wrong.length > 0) return [{ name, status: "degraded", detail: wrong.join("; ") }];
  const notes = [counted(router.counts.routes, "route"), ...others];
  if (repeated !== undefined) {
    const { messageId = "without message id", failures } = repeated;
    notes.push(`the event ${messageId} came ${failures} times without an outcome`);
  }
  return [{ name, status: "ok", detail: notes.join("; ") }];
}

/** What waits for queues, and why the first of it does. */
function backlogTexts(backlog: readonly BacklogCount[]): readonly string[] {
  const [ill] = backlog;
  if (ill === undefined) return [];
  const waiting = backlog.reduce((sum, each) => sum + each.waiting, 0);
  const what = `${counted(waiting, "event")} of ${counted(backlog.length, "route")} ${waiting === 1 ? "waits" : "wait"} in the database`;
  const why = ill.isUndecided ? `route ${ill.route}` : `the queue of ${ill.route} does not take them`;
  return [`${what}; ${why}: ${ill.reason}`];
}

function listenersCheck({ listeners }: HealthSubjects): HealthCheck {
  const all = listeners.list();
  const ill = all.filter(({ state }) => state === "failed" || state === "disabled" || state === "broken");
  const [first] = ill;
  if (first === undefined) return { name: "listeners", status: "ok", detail: counted(all.length, "listener") };
  const reason = first.stateReason === undefined ? "" : ` (${first.stateReason})`;
  const more = ill.length === 1 ? "" : `, and ${ill.length - 1} more`;
  return { name: "listeners", status: "degraded", detail: `${first.id} is ${first.state}${reason}${more}` };
}

function archiveChecks({ archive }: HealthSubjects): readonly HealthCheck[] {
  if (archive === undefined) return [];
  const name = "archive";
  const { failure, isReceiving, waiting } = archive.health;
  if (failure !== undefined) {
    return [{ name, status: "degraded", detail: `events wait on the bus and are not archived: ${failure.message}` }];
  }
  if (!isReceiving)
    return [{ name, status: "degraded", detail: "events do not reach the archive; they wait on the bus" }];
  return [{ name, status: "ok", detail: `${counted(waiting, "event")} under way` }];
}

function clusterChecks({ cluster }: HealthSubjects): readonly HealthCheck[] {
  if (cluster === undefined) return [];
  const name = "cluster";
  const { failure, isCurrent, members, held } = cluster;
  if (failure !== undefined) return [{ name, status: "failed", detail: `events wait on the bus: ${failure.message}` }];
  if (!isCurrent)
    return [{ name, status: "failed", detail: "the others have given this process up; it joins them again" }];
  const releases = new Set(members.map(({ release }) => release));
  const detail = `${counted(members.length, "process", "processes")}; this one does ${counted(held.length, "thing")} for all`;
  if (releases.size === 1) return [{ name, status: "ok", detail }];
  return [
    {
      name,
      status: "degraded",
      detail: `${detail}; they are of different releases: ${[...releases].sort().join(", ")}`,
    },
  ];
}
