import { setTimeout as sleep } from "node:timers/promises";
import type { XqbusError } from "../../errors.ts";
import { openRouterDatabase, Router, serveRouter } from "../../router/index.ts";
import type { MethodService } from "../../service/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { Log } from "../log/index.ts";
import type { Bus } from "./bus.ts";
import type { Closers } from "./closers.ts";
import type { SharedParts } from "./open-cluster.ts";
import { problemLevel } from "./problem-level.ts";

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
  start(): Promise<void>;
}

const AGAIN_MS = 2000;
/** The others have to end, too. */
const SHARE = 0.8;

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
  const end = new AbortController();
  closers.add("router", (timeoutMs) => router.stop({ timeoutMs: Math.round(timeoutMs * SHARE) }));
  const start = async (): Promise<void> => {
    await router.start();
    const serving = serve(router, bus, { signal: end.signal, onProblem });
    closers.add("service of the router", async () => {
      end.abort();
      await (await serving)?.close();
    });
  };
  return { router, start };
}

/** Offers subscriptions as soon as the bus is there. */
async function serve(
  router: Router,
  { url, connect }: Pick<Bus, "url" | "connect">,
  { signal, onProblem }: { readonly signal: AbortSignal; readonly onProblem: (error: XqbusError) => void },
): Promise<MethodService | undefined> {
  let told: string | undefined;
  while (!signal.aborted) {
    try {
      return await serveRouter(router, url, connect);
    } catch (error) {
      if ((error as XqbusError).message !== told) onProblem(error as XqbusError);
      told = (error as XqbusError).message;
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}
