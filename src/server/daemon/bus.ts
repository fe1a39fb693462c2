import type { ConnectOptions } from "../../amqp/index.ts";
import { parseBusUrls, withoutPasswords } from "../../amqp/index.ts";
import { startBroker } from "../../broker/index.ts";
import type { Broker } from "../../broker/index.ts";
import {
  assertNotMigrated,
  openAccessFiles,
  openTlsFiles,
  readQueuePoliciesFile,
  readTextFile,
  validateAtTheDoor,
} from "../../daemon/index.ts";
import type { OpenAccess } from "../../daemon/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import { inProcessBus } from "../in-process-bus.ts";
import type { Log } from "../log/index.ts";
import { logChanges } from "./log-changes.ts";
import type { WorkFolder } from "./work-folder.ts";

/** The bus that a daemon works with. */
export interface Bus {
  /** For the daemon's own clients: it has a password. */
  readonly url: string;
  /** The bus's name on the broker. */
  readonly domain: string;
  /** How they connect. */
  readonly connect: Pick<ConnectOptions, "tls">;
  /** For people: passwords are `***`. */
  readonly shownUrl: string;
  readonly broker: Broker | undefined;
  /** The first user of a new folder, whose password is known this once. */
  readonly firstUser: OpenAccess["firstUser"];
  close(): Promise<void>;
}

/** What the bus needs besides its configuration. */
export interface BusSurroundings {
  readonly catalog: Catalog;
  readonly folder: WorkFolder;
  readonly log: Log;
  /** Users with passwords, instead of a file of users. */
  readonly users?: Readonly<Record<string, string>> | undefined;
}

/**
 * Starts the broker of the daemon, or prepares the way to another one.
 *
 * @throws what `startBroker` throws, and XqbusError `xqbus:unreadable` for files
 */
export async function openBus(config: DaemonConfig["broker"], surroundings: BusSurroundings): Promise<Bus> {
  const { url, tlsCa } = config;
  if (url === undefined) return startOwn(config, surroundings);
  const connect = tlsCa === undefined ? {} : { tls: { ca: await readTextFile(tlsCa) } };
  return {
    url,
    domain: parseBusUrls(url)[0].domain,
    connect,
    shownUrl: withoutPasswords(url),
    broker: undefined,
    firstUser: undefined,
    close: async () => undefined,
  };
}

async function startOwn(
  config: DaemonConfig["broker"],
  { catalog, folder, log: whole, users }: BusSurroundings,
): Promise<Bus> {
  const { host, port, domain, tlsCert, tlsKey, tlsCa, policies } = config;
  const log = whole.part("broker");
  const data = folder.isTemporary ? undefined : folder.path;
  if (data !== undefined) await assertNotMigrated(data);
  const tls = await openTlsFiles(
    tlsCert === undefined || tlsKey === undefined ? undefined : { cert: tlsCert, key: tlsKey, ca: tlsCa },
  );
  const queuePolicies = policies === undefined ? [] : await readQueuePoliciesFile(policies);
  const access = await openAccessFiles({ data, users: config.users, acl: config.acl }, users);
  const broker = await startBroker({
    // Notifications in JSON go to exchanges of their own.
    ...(config.validate ? { onPublish: validateAtTheDoor(catalog, { isBus: (address) => address === domain }) } : {}),
    ...access.options,
    ...tls.options,
    ...{ host, port, queuePolicies, unrouted: true },
    ...(data === undefined ? {} : { store: { folder: data, onProblem: ({ message }) => log.write("error", message) } }),
    log: ({ level, message, ...details }) => log.write(level === "warning" ? "warn" : level, message, details),
  });
  const following = new AbortController();
  for (const files of [access, tls]) await files.follow(broker, logChanges(log), following.signal);
  const bus = inProcessBus(broker, domain);
  return {
    ...{ url: bus.url, domain, connect: {}, broker, firstUser: access.firstUser },
    // Without file and users the random password is in the URL, the only place that tells it.
    shownUrl:
      access.file === undefined && users === undefined
        ? broker.url(undefined, domain)
        : withoutPasswords(broker.url(undefined, domain)),
    close: async () => {
      following.abort();
      await broker.close();
      bus[Symbol.dispose]();
    },
  };
}
