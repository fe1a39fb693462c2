import { NotConnectedError, ROUTER_SERVICE, type ConnectOptions } from "../amqp/index.ts";
import { XqbusError } from "../errors.ts";
import { serveMethods, type CallContext, type MethodService } from "../service/index.ts";
import { assertRouteName } from "./check-route.ts";
import { GROUP_METHOD, isGroupId } from "./group.ts";
import type { RouteChangeKind } from "./route.ts";
import type { Router } from "./router.ts";

/** What a consumer is told of its subscription. */
export interface OpenedSubscription {
  /** Where its events are. */
  readonly queue: string;
  /** Whether all that waits there was chosen by its filter: it has never had another one. */
  readonly isExact: boolean;
  /** The id of the group of daemons that has its route, for later questions: another group may get them. */
  readonly group: string;
}

/** What somebody has done to a route by way of the service. */
export interface AskedChange {
  readonly route: string;
  readonly change: Exclude<RouteChangeKind, "unchanged">;
  /** The `user-id` of the request, which some brokers see to; undefined: it has none. */
  readonly user: string | undefined;
  /** What the route is to be; not at its end. */
  readonly wish?: Readonly<Record<string, unknown>>;
}

/** Who hears of what is asked for. */
export interface ServeRouterOptions {
  /** Is waited for before the answer. Must not reject. What stays as it is, as at each connection of a consumer, is no change. */
  readonly onChange?: (change: AskedChange) => Promise<void>;
}

/**
 * Offers consumers subscriptions of a router (the methods `openSubscription`, `closeSubscription` and `hasSubscription`), and other groups of daemons a word of
 * this one (`getGroup`).
 *
 * @throws what `serveMethods` throws
 */
export function serveRouter(
  router: Pick<Router, "put" | "delete" | "has" | "group" | "meet">,
  url: string | readonly string[],
  connect: ConnectOptions = {},
  { onChange = async () => undefined }: ServeRouterOptions = {},
): Promise<MethodService> {
  async function told<T>(
    { user }: CallContext,
    about: Pick<AskedChange, "route" | "wish">,
    work: (onStored: (change: RouteChangeKind) => void) => Promise<T>,
  ): Promise<T> {
    let stored: RouteChangeKind = "unchanged";
    try {
      return await work((change) => (stored = change));
    } finally {
      if (stored !== "unchanged") await onChange({ ...about, change: stored, user });
    }
  }
  async function openSubscription(this: CallContext, given: unknown): Promise<OpenedSubscription> {
    const { name, ...input } = membersOf(given);
    assertRouteName(name);
    const { route } = await told(this, { route: name, wish: input }, (onStored) =>
      router.put(name, input, { ...limitsOf(this), onStored }),
    );
    return { queue: route.queue, isExact: route.revision === 1, group: await router.group() };
  }
  async function closeSubscription(this: CallContext, given: unknown): Promise<{ readonly waiting: number | null }> {
    const { name } = membersOf(given);
    assertRouteName(name);
    if ((await hasSubscription(given)) === null) {
      throw new NotConnectedError("a daemon with another database answers, which does not know the route; try again");
    }
    const { inQueue, inBacklog } = await told(this, { route: name }, (onStored) =>
      router.delete(name, { ...limitsOf(this), onStored }),
    );
    return { waiting: inQueue === undefined ? null : inQueue + inBacklog };
  }
  async function hasSubscription(given: unknown): Promise<boolean | null> {
    const { name, group } = membersOf(given);
    assertRouteName(name);
    if (group !== undefined && !isGroupId(group)) {
      throw new XqbusError("xqbus:illegal-argument", "group is none; expected what openSubscription has given");
    }
    return (await router.has(name, group)) ?? null;
  }
  const methods = {
    openSubscription,
    closeSubscription,
    hasSubscription,
    [GROUP_METHOD]: (given: unknown) => router.meet(given),
  };
  return serveMethods(url, ROUTER_SERVICE, methods, connect);
}

function membersOf(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given === "object" && given !== null) return given as Readonly<Record<string, unknown>>;
  throw new XqbusError("xqbus:illegal-argument", "a subscription is an object with its name");
}

function limitsOf({ expiresAt, signal }: CallContext): { readonly timeoutMs?: number; readonly signal: AbortSignal } {
  return { signal, ...(expiresAt === undefined ? {} : { timeoutMs: Math.max(1, expiresAt.getTime() - Date.now()) }) };
}
