import { setTimeout as sleep } from "node:timers/promises";
import { EventPublisher } from "../../amqp/index.ts";
import { XqbusError } from "../../errors.ts";
import { packageVersion } from "../../package-version.ts";
import { openTlsFiles } from "../../daemon/index.ts";
import type { AttemptReport } from "../../listener/index.ts";
import { formatSchemaProblem, loadCatalog } from "../../schema/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { Log, LogLevel } from "../log/index.ts";
import type { DaemonParts } from "../parts.ts";
import { openBus } from "./bus.ts";
import type { Bus } from "./bus.ts";
import { Closers } from "./closers.ts";
import type { HttpServer } from "../http/index.ts";
import type { DaemonModules } from "./daemon-modules.ts";
import { openCluster } from "./open-cluster.ts";
import { openArchive } from "./daemon-archive.ts";
import { actionStarter, openActions } from "./open-actions.ts";
import { startAgent } from "./daemon-agent.ts";
import { daemonHealth } from "./daemon-health.ts";
import { logChanges } from "./log-changes.ts";
import { notifierSettings } from "./notifier-settings.ts";
import { openRelays } from "./open-relays.ts";
import { openRouter } from "./open-router.ts";
import { reachBus } from "./reach-bus.ts";
import { reachDatabase } from "./reach-database.ts";
import { TaskletRecords } from "../tasklet-records/index.ts";
import { answerWhileWaiting } from "./waiting-server.ts";
import { openWorkFolder } from "./work-folder.ts";
import type { WorkFolder } from "./work-folder.ts";

/** From a start that the database has ended to the next one. */
const BEGIN_AGAIN_MS = 1000;

/** What a daemon needs besides its configuration. */
export interface DaemonOptions {
  readonly log: Log;
  /** Users of the embedded broker with their passwords, instead of a file. */
  readonly users?: Readonly<Record<string, string>> | undefined;
  /** `[databases]` of the configuration: URLs by the names that actions use. */
  readonly databases?: Readonly<Record<string, string>> | undefined;
  readonly modules: DaemonModules;
  /** Ends the wait for a database that is away. */
  readonly signal?: AbortSignal | undefined;
}

/** A daemon that runs. */
export interface Daemon extends AsyncDisposable {
  readonly parts: DaemonParts;
  readonly bus: Pick<Bus, "shownUrl" | "broker" | "firstUser">;
  /** Undefined: it has none. */
  readonly http: HttpServer | undefined;
  readonly folder: Pick<WorkFolder, "path" | "isTemporary">;
  /**
   * Stops taking events and requests, lets what runs end within `[daemon] shutdown_timeout`, and gives everything back. Never rejects.
   * May be called more than once.
   */
  close(): Promise<void>;
}

/**
 * Starts a daemon: broker or the way to one, event types, listeners, HTTP API, agent. Resolves when all of it works, but for another
 * broker that is away, which is tried again and again; a database that is away is waited for. What was started is ended when something does not.
 *
 * @throws XqbusError `xqbus:unreadable` (files; another process holds the folder), `xqbus:port-in-use`, what `startBroker`
 * throws, `xqbus:missing-package`; AuthenticationError, CertificateError, RefusedError for what another broker said
 */
export async function startDaemon(config: DaemonConfig, options: DaemonOptions): Promise<Daemon> {
  for (;;) {
    const closers = new Closers(options.log);
    try {
      return await start(config, options, closers);
    } catch (error) {
      await closers.close(config.daemon.shutdownTimeout);
      const isAway = error instanceof XqbusError && error.code === "xqbus:database-unavailable";
      if (!isAway || config.storage.url === undefined) throw error;
      const message = `the daemon begins again, as the database went away while it started: ${error.message}`;
      options.log.part("storage").write("error", message, { code: error.code });
      await sleep(BEGIN_AGAIN_MS, undefined, { signal: options.signal }).catch(() => undefined);
      if (options.signal?.aborted === true) throw error;
    }
  }
}

async function start(
  config: DaemonConfig,
  { log, users, databases, modules, signal }: DaemonOptions,
  closers: Closers,
): Promise<Daemon> {
  const folder = await openWorkFolder(config.storage.folder);
  closers.add("folder", async () => folder[Symbol.asyncDispose]());
  const catalog = await openCatalog(config, log.part("catalog"));
  closers.add("catalog", async () => catalog.close());
  const bus = await openBus(config.broker, { catalog, folder, log, users });
  closers.add("broker", () => bus.close());
  if (config.storage.url !== undefined && (config.action.enabled || config.broker.url !== undefined)) {
    const onWait = () => answerWhileWaiting(config.http, "database");
    await reachDatabase(config.storage.url, { log: log.part("storage"), signal, onWait });
  }
  const shared = await openCluster(config, { closers, log: log.part("cluster"), release: packageVersion() });
  const publisher = EventPublisher.openLater(bus.url, { ...bus.connect, catalog });
  closers.add("publisher", (timeoutMs) => publisher.close({ timeoutMs }));
  watchConnection(publisher, log.part("bus"));
  const actions = await openActions(config, {
    ...{ folder: folder.path, publisher, catalog, databases, log: log.part("action") },
  });
  if (actions !== undefined) {
    closers.add("actions", (timeoutMs) => actions.close({ timeoutMs: Math.round(timeoutMs * SHARE_OF_LISTENERS) }));
  }
  const hearers: ((report: AttemptReport) => void)[] = [];
  const listeners = await modules.openListeners({
    ...{
      url: bus.url,
      connect: bus.connect,
      catalog,
      folder: folder.path,
      settings: { ...(await notifierSettings(config)), actions: actions && (await actionStarter(actions)) },
    },
    ...storageOptions(config),
    ...(shared === undefined ? {} : { shared }),
    publish: (event) => publisher.sendEvent(event),
    onAttempt: (report) => {
      for (const hear of hearers) hear(report);
    },
    onLog: recordsTo(log.part("listener")),
  });
  closers.add("listeners", (timeoutMs) => listeners.stop({ timeoutMs: Math.round(timeoutMs * SHARE_OF_LISTENERS) }));
  const surroundings = {
    bus,
    catalog,
    folder: folder.path,
    closers,
    log: log.part("archive"),
    shared,
  };
  const archive = await openArchive(config, surroundings);
  const relays = openRelays(config.producer, { bus, catalog, closers, databases, log: log.part("producer") });
  // An archive with a database of its own may be that of daemons with another [storage] url, too.
  const archives = archive !== undefined && config.archive.database === undefined ? [archive.subscription] : [];
  const router = await openRouter(config.router, {
    ...{ bus, catalog, closers, log: log.part("router"), shared },
    subscriptions: [listeners.subscription, ...archives],
  });
  const taskletRecords = config.http.enabled ? await openTaskletRecords(config, folder.path, shared?.url) : undefined;
  if (taskletRecords !== undefined) closers.add("records of tasklets", () => taskletRecords.close());
  const { broker } = bus;
  const deadLetters = await modules.openDeadLetters({ listeners, broker, catalog });
  const subjects = {
    publisher,
    broker,
    catalog,
    listeners,
    archive,
    actions,
    relays,
    cluster: shared?.cluster,
    router: router?.router,
    routerService: router?.service,
    folder: folder.path,
    minFreeBytes: config.storage.minFreeBytes,
  };
  const parts: DaemonParts = {
    ...{ catalog, publisher, listeners, deadLetters, broker, url: bus.url, folder: folder.path },
    ...{ connect: bus.connect, archive, actions, relays, router: router?.router, shared, taskletRecords },
    health: () => daemonHealth(subjects),
    onAttempt: (hear) => void hearers.push(hear),
  };
  await reachBus(publisher, {
    ...{ closers, log: log.part("bus") },
    then: () => startAgent(config.agent, parts, closers, log.part("agent")),
  });
  const http = config.http.enabled
    ? await openHttp(config.http, { parts, modules, closers, log: log.part("http") })
    : undefined;
  await actions?.start();
  await listeners.start();
  await archive?.start();
  await router?.start(http?.audit);
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= closers.close(config.daemon.shutdownTimeout).then(() => undefined));
  return { parts, bus, http, folder, close, [Symbol.asyncDispose]: close };
}

/** Broker, publisher and folder need some of the time that all have together. */
const SHARE_OF_LISTENERS = 0.8;

async function openCatalog({ catalog: { schemas } }: DaemonConfig, log: Log): Promise<Catalog> {
  const catalog = await loadCatalog(schemas === undefined ? {} : { directories: schemas });
  const tell = (problems: Catalog["problems"]): void => {
    for (const problem of problems) log.write("error", `a schema is not used: ${formatSchemaProblem(problem)}`);
  };
  tell(catalog.problems);
  catalog.watch({
    onReload: ({ files, added, removed }) => log.write("info", "schemas changed", { files, added, removed }),
    onError: tell,
  });
  return catalog;
}

function watchConnection(publisher: EventPublisher, log: Log): void {
  publisher.on("connected", ({ url }) => log.write("info", "connected to the broker", { url }));
  publisher.on("disconnected", ({ error, willReconnect }) => {
    log.write("warn", "the connection to the broker is lost", { error, willReconnect });
  });
}

function openTaskletRecords(
  { storage: { keepDeliveries: keepMs, maxTaskletRecords: maxRecords } }: DaemonConfig,
  folder: string,
  url: string | undefined,
): Promise<TaskletRecords> {
  return TaskletRecords.open({ folder, url, keepMs, maxRecords });
}

function storageOptions({ storage, listener }: DaemonConfig) {
  return {
    maxBytes: storage.maxBytes,
    keepDeliveriesMs: storage.keepDeliveries,
    keepBodiesMs: storage.keepBodies,
    keepDeadLettersMs: storage.keepDeadLetters,
    ...(listener.subscription === undefined ? {} : { subscription: listener.subscription }),
    breakerFailures: listener.breakerFailures,
    breakerProbeMs: listener.breakerProbe,
    disableAfterMs: listener.disableAfter,
  };
}

interface HttpSurroundings {
  readonly parts: DaemonParts;
  readonly modules: DaemonModules;
  readonly closers: Closers;
  readonly log: Log;
}

/** Starts the API, and follows the files of its certificate. */
async function openHttp(config: DaemonConfig["http"], surroundings: HttpSurroundings): Promise<HttpServer> {
  const { parts, modules, closers, log } = surroundings;
  const { host, port, auth, tokenMinutes, rateLimit, maxBodyBytes, tlsCert: cert, tlsKey: key } = config;
  const tls = await openTlsFiles(cert === undefined || key === undefined ? undefined : { cert, key });
  const http = await modules.startHttp(parts, {
    ...{ host, port, auth, tokenMs: tokenMinutes * 60_000, rateLimit, maxBodyBytes, log: recordsTo(log) },
    ...(tls.options.tls === undefined ? {} : { tls: tls.options.tls }),
  });
  const following = new AbortController();
  closers.add("http", () => {
    following.abort();
    return http.close();
  });
  await tls.follow(http, logChanges(log), following.signal);
  return http;
}

/** A record of a part for the log. */
interface PartRecord {
  readonly level: LogLevel;
  readonly message: string;
}

function recordsTo(log: Log): (record: PartRecord) => void {
  return ({ level, message, ...details }) => log.write(level, message, details);
}
