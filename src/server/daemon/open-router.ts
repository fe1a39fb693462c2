import type { XqbusError } from "../../errors.ts";
import { openRouterDatabase, Router, type AskedChange } from "../../router/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { HttpServer } from "../http/index.ts";
import type { Log } from "../log/index.ts";
import type { Bus } from "./bus.ts";
import type { Closers } from "./closers.ts";
import type { SharedParts } from "./open-cluster.ts";
import { problemLevel } from "./problem-level.ts";
import { RouterService } from "./router-service.ts";

/** What a router needs besides its configuration. */
export interface RouterSurroundings {
  readonly bus: Pick<Bus, "url" | "connect">;
  readonly catalog: Catalog;
  /** Of the daemon, besides that of the router, as far as all daemons of its database share them. */
  readonly subscriptions: readonly string[];
  readonly closers: Closers;
  readonly log: Log;
  /** The other processes; without them there is no router. */
  readonly shared: SharedParts | undefined;
}

/** The router of a daemon, which does not route yet. */
export interface OpenRouter {
  readonly router: Router;
  readonly service: Pick<RouterService, "problem">;
  /** @param audit where there is an audit log */
  start(audit?: HttpServer["audit"]): Promise<void>;
}

/** The others have to end, too. */
const SHARE = 0.8;
/** Of what is written down of who has asked. */
const MAX_USER_LENGTH = 200;

/**
 * The router of a daemon that works with another broker and a database that it shares; undefined: it has none. It is closed with the others.
 *
 * @throws what databases do
 */
export async function openRouter(
  config: DaemonConfig["router"],
  { bus, catalog, subscriptions: otherSubscriptions, closers, log, shared }: RouterSurroundings,
): Promise<OpenRouter | undefined> {
  if (shared === undefined || !config.enabled) return undefined;
  const onProblem = ({ code, message }: XqbusError): void => log.write(problemLevel(code), message, { code });
  const onAlone = (): void =>
    log.write("info", "no other daemons were heard of any more that serve the domain with another database");
  const database = await openRouterDatabase(shared.url);
  closers.add("database of the router", () => database.close());
  const leases = shared.cluster;
  const {
    subscription,
    concurrency,
    maxLinks,
    attempts,
    sendTimeout: sendTimeoutMs,
    creditTimeout: creditTimeoutMs,
  } = config;
  const router = new Router({
    ...{ url: bus.url, connect: bus.connect, catalog, database, leases, onProblem, onAlone },
    ...{ otherSubscriptions, concurrency, maxLinks, attempts, sendTimeoutMs, creditTimeoutMs },
    ...(subscription === undefined ? {} : { subscription }),
  });
  closers.add("router", (timeoutMs) => router.stop({ timeoutMs: Math.round(timeoutMs * SHARE) }));
  let record: HttpServer["audit"] | undefined;
  const service = new RouterService({
    ...{ router, url: bus.url, connect: bus.connect, onProblem },
    onBack: () => log.write("info", "consumers can ask for queues again"),
    onChange: (change) => tellChange(change, log, record),
  });
  const start: OpenRouter["start"] = async (audit) => {
    record = audit;
    await router.start();
    service.start();
    closers.add("service of the router", (timeoutMs) => service.close(Math.round(timeoutMs * SHARE)));
  };
  return { router, service, start };
}

/** Log and audit log, as of changes over HTTP. Never rejects. */
async function tellChange(
  { route, change, user, wish }: AskedChange,
  log: Log,
  audit: HttpServer["audit"] | undefined,
): Promise<void> {
  const who = user?.slice(0, MAX_USER_LENGTH);
  log.write("info", `the route ${route} was ${change} over the bus`, { route, user: who });
  try {
    await audit?.({
      // Whoever sends says who he is: it must not look like an API key.
      ...{ who: who === undefined ? "bus" : `bus:${who}`, action: change === "ended" ? "route.delete" : "route.put" },
      ...{ target: route, outcome: "done", details: wish === undefined ? {} : { change, ...wish } },
    });
  } catch (error) {
    // The change is made, and its answer must not say otherwise.
    log.write("error", `the audit log was not written for the route ${route}`, { error });
  }
}
