import { Relays, type RelayState } from "../../producer/index.ts";
import type { Catalog } from "../../schema/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import type { Log } from "../log/index.ts";
import type { Bus } from "./bus.ts";
import type { Closers } from "./closers.ts";

/** What relays need besides their configuration. */
export interface RelaySurroundings {
  readonly bus: Pick<Bus, "url" | "connect">;
  readonly catalog: Catalog;
  readonly closers: Closers;
  readonly log: Log;
  /** `[databases]` of the configuration. */
  readonly databases: Readonly<Record<string, string>> | undefined;
}

/** Starts the relays of a daemon; undefined: it has none. They are closed with the others. */
export function openRelays(
  { databases: names, poll, retry: retryMs, ...limits }: DaemonConfig["producer"],
  { bus, catalog, closers, log, databases = {} }: RelaySurroundings,
): Relays | undefined {
  if (names.length === 0) return undefined;
  const relays = new Relays({
    ...{ bus: bus.url, publisher: { ...bus.connect, catalog }, retryMs },
    ...limits,
    ...(poll === undefined ? {} : { pollMs: poll }),
    databases: Object.fromEntries(names.map((name) => [name, databases[name] ?? ""])),
    onState: (database, state) => tell(database, state, log),
    onParked: (database, messageId, reason) =>
      log.write("error", "an event of an outbox is parked", { database, messageId, reason }),
  });
  closers.add("relays", () => relays.close());
  return relays;
}

function tell(database: string, state: RelayState, log: Log): void {
  if (state.kind === "failing") {
    log.write("warn", "events wait in the outbox; trying again", { database, error: state.error });
  } else if (state.kind === "standby") log.write("info", "another relay publishes the outbox", { database });
  else if (state.kind === "working") log.write("info", "the outbox is published", { database });
}
