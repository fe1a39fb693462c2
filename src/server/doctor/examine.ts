import { folderHolder } from "../../daemon/index.ts";
import type { DaemonConfig, LoadedConfig } from "../config/index.ts";
import { checkArchiveDatabase } from "./check-archive.ts";
import { checkBus, type BusToCheck } from "./check-bus.ts";
import { checkClock } from "./check-clock.ts";
import { checkCluster, isOneOfSeveral } from "./check-cluster.ts";
import { checkFolder, checkSecretFile } from "./check-files.ts";
import { checkPort } from "./check-ports.ts";
import type { WantedPort } from "./check-ports.ts";
import { checkProducer } from "./check-producers.ts";
import { checkRuntime } from "./check-runtime.ts";
import { checkSchemas } from "./check-schemas.ts";
import { checkSmtp } from "./check-smtp.ts";
import type { Finding } from "./finding.ts";

/** How a machine is examined. */
export interface ExamineOptions {
  /** Longest wait for another server; default 5000. */
  readonly timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 5000;

/** Looks at everything that a daemon of this configuration will need on this machine; changes nothing. */
export async function examine(
  { config, databases, secretFiles }: LoadedConfig,
  options: ExamineOptions = {},
): Promise<readonly Finding[]> {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { broker, messaging, storage, email } = config;
  const holder = storage.folder === undefined ? undefined : await folderHolder(storage.folder);
  const keys = [broker.tlsKey, config.http.tlsKey].filter((file) => file !== undefined);
  const buses: readonly BusToCheck[] = [
    ...(broker.url === undefined
      ? []
      : [{ name: "broker", url: broker.url, tlsCa: broker.tlsCa, timeoutMs, isShared: isOneOfSeveral(config) }]),
    ...(messaging.url === undefined
      ? []
      : [{ name: "messaging", url: messaging.url, tlsCa: undefined, timeoutMs, isShared: false }]),
  ];
  const smtp = await checkSmtp({ ...email, timeout: Math.min(email.timeout, timeoutMs) });
  return [
    ...checkRuntime(config),
    ...(await checkFolder(storage.folder, storage.minFreeBytes)),
    ...(await Promise.all([...new Set([...secretFiles, ...keys])].map(checkSecretFile))),
    ...(await Promise.all(portsOf(config).map((port) => checkPort(port, holder)))),
    ...(await Promise.all(buses.map(checkBus))),
    ...(await checkCluster(config, timeoutMs)),
    ...(await Promise.all(
      config.producer.databases.map((name) => checkProducer(name, databases[name] ?? "", timeoutMs)),
    )),
    ...(config.archive.enabled ? [await checkArchiveDatabase(config, timeoutMs)] : []),
    ...(smtp === undefined ? [] : [smtp]),
    ...(await checkSchemas(config.catalog.schemas)),
    await checkClock(storage.folder),
  ];
}

function portsOf({ broker, http }: DaemonConfig): readonly WantedPort[] {
  return [
    ...(broker.url === undefined ? [{ name: "broker", host: broker.host, port: broker.port }] : []),
    ...(http.enabled ? [{ name: "http", host: http.host, port: http.port }] : []),
  ];
}
