import { ROUTER_SERVICE, TimeoutError, type ConnectOptions, type WaitLimits } from "../../../amqp/index.ts";
import { AMQPServiceProxy, ServiceError } from "../../../service/index.ts";

/** How long a daemon has to say that it is there, in ms, unless the whole call has less. */
const ANSWER_MS = 1000;
const METHOD = "closeSubscription";

/** What became of a route. */
export interface EndedRoute {
  /** Events that waited for it; null: unknown. */
  readonly waiting: number | null;
}

/**
 * Ends the subscription where a daemon has a queue for it.
 *
 * @returns undefined: no daemon answers, or it has none
 * @throws what the daemon says, and a connection does
 */
export async function endRoute(
  url: string,
  name: string,
  connect: ConnectOptions,
  limits: Required<Pick<WaitLimits, "timeoutMs">> & WaitLimits,
): Promise<EndedRoute | undefined> {
  await using proxy = new AMQPServiceProxy(url, { ...connect, service: ROUTER_SERVICE });
  try {
    const methods = await proxy.call("getMethods", [], {
      ...limits,
      timeoutMs: Math.min(ANSWER_MS, limits.timeoutMs),
    });
    if (!Array.isArray(methods) || !methods.includes(METHOD)) return undefined;
  } catch (error) {
    if (error instanceof TimeoutError) return undefined;
    throw error;
  }
  try {
    return (await proxy.call(METHOD, [{ name }], limits)) as EndedRoute;
  } catch (error) {
    if (error instanceof ServiceError && codeOf(error.data) === "xqbus:unknown-name") return undefined;
    throw error;
  }
}

function codeOf(data: unknown): unknown {
  return typeof data === "object" && data !== null && "code" in data ? data.code : undefined;
}
