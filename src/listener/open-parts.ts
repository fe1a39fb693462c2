import { parseBusUrls } from "../amqp/index.ts";
import { SLOTS } from "../cluster/index.ts";
import type { XqbusError } from "../errors.ts";
import type { CheckedListenersOptions } from "./listeners-options.ts";
import { ListenerStore, type ListenerStoreOptions } from "./store/index.ts";
import { SharedTeam } from "./team/shared-team.ts";
import { Alone, type Team } from "./team/team.ts";

/** Opens the store that the options say: a file, or a database that other processes have, too. */
export function openStore(
  { folder, maxBytes, shared }: CheckedListenersOptions,
  hearers: Pick<ListenerStoreOptions, "onFailure" | "onFull" | "onStored">,
): Promise<ListenerStore> {
  if (shared === undefined) return ListenerStore.open({ folder, maxBytes, ...hearers });
  const { url, cluster } = shared;
  return ListenerStore.openShared({ url, slots: { count: SLOTS, own: () => cluster.slot }, ...hearers });
}

/** The other processes, if there are any. */
export function teamOf({ shared }: CheckedListenersOptions, onProblem: (error: XqbusError) => void): Team {
  return shared === undefined ? new Alone() : new SharedTeam({ recountMs: DEFAULT_RECOUNT_MS, ...shared, onProblem });
}

/** The subscription of all processes that have the same listeners; other domains may be on the same broker. */
export function sharedSubscription({ url }: Pick<CheckedListenersOptions, "url">): string {
  return `${parseBusUrls(url)[0].domain}.xqbus.listeners`;
}

const DEFAULT_RECOUNT_MS = 5000;
