import type { ArchiveService } from "../../archive/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import { typeDuration } from "../config/index.ts";
import type { Log } from "../log/index.ts";
import type { Bus } from "./bus.ts";
import type { Closers } from "./closers.ts";
import type { SharedParts } from "./open-cluster.ts";
import { problemLevel } from "./problem-level.ts";

/** What an archive needs besides its configuration. */
export interface ArchiveSurroundings {
  readonly bus: Pick<Bus, "url" | "domain" | "connect">;
  readonly catalog: Catalog;
  /** Of the daemon. */
  readonly folder: string;
  readonly closers: Closers;
  readonly log: Log;
  /** The other processes that have the same archive. */
  readonly shared: Pick<SharedParts, "cluster"> | undefined;
}

/** Name of the subscription; processes that share one have it with their domain, as other domains may be on the same broker. */
const SUBSCRIPTION = "xqbus.archive";

/** The archive of a daemon where it is wanted, which does not receive yet; it is closed with the others. */
export async function openArchive(
  config: Pick<DaemonConfig, "archive" | "storage">,
  { bus, catalog, folder, closers, log, shared }: ArchiveSurroundings,
): Promise<ArchiveService | undefined> {
  const { enabled, routingKey, xquery, ...rest } = config.archive;
  if (!enabled) return undefined;
  const { database = config.storage.url ?? "sqlite:archive.db" } = config.archive;
  const archive = await import("../../archive/index.ts");
  const isShared = shared !== undefined;
  const service = new archive.ArchiveService({
    ...{ url: bus.url, connect: bus.connect, catalog, database, folder, routingKey, xquery },
    subscription: config.archive.subscription ?? (isShared ? `${bus.domain}.${SUBSCRIPTION}` : SUBSCRIPTION),
    ...(isShared ? { isShared, leases: shared.cluster } : {}),
    retention: { keepMs: rest.keep, keepMsOf: new Map(rest.keepTypes.map(typeDuration)), maxBytes: rest.maxBytes },
    onError: ({ code, message }) => log.write(problemLevel(code), message, { code }),
  });
  closers.add("archive", (timeoutMs) => service.close(timeoutMs));
  return service;
}
