import {
  callMethod,
  HARMLESS_EXPIRES_MS,
  RefusedError,
  RequestSender,
  ROUTER_SERVICE,
  TimeoutError,
  type ConnectOptions,
  type WaitLimits,
} from "../../../amqp/index.ts";
import { serviceErrorOf } from "../../../service/index.ts";

/** How long a daemon has to say that it is there, in ms, unless the whole call has less: with the connection and the login. */
const ANSWER_MS = 3000;
const METHOD = "closeSubscription";

/** What became of the route of a subscription. */
export type EndedRoute =
  /** No daemon says that it has any. */
  | { readonly kind: "unasked"; readonly reason: string }
  /** There was none. */
  | { readonly kind: "none" }
  /** What waited for it; null: unknown. */
  | { readonly kind: "ended"; readonly waiting: number | null };

/** Ends the route of a subscription where a daemon has one. @throws what the daemon says of it, and what a connection does */
export async function endRoute(
  url: string,
  name: string,
  connect: ConnectOptions,
  { timeoutMs, signal }: Required<Pick<WaitLimits, "timeoutMs">> & WaitLimits,
): Promise<EndedRoute> {
  const requests = new RequestSender(url, ROUTER_SERVICE, connect);
  const call = async (method: string, params: readonly unknown[], ms: number) => {
    const what = `asking the daemon for ${method}`;
    const limits = { timeoutMs: ms, signal, idempotent: true, expiresAfterMs: HARMLESS_EXPIRES_MS };
    return callMethod(requests, { method, params, what }, limits);
  };
  try {
    try {
      const answer = await call("getMethods", [], Math.min(ANSWER_MS, timeoutMs));
      const methods = "result" in answer ? answer.result : undefined;
      if (!Array.isArray(methods) || !methods.includes(METHOD)) return { kind: "none" };
    } catch (error) {
      if (error instanceof TimeoutError || error instanceof RefusedError) {
        return { kind: "unasked", reason: error.message };
      }
      throw error;
    }
    const answer = await call(METHOD, [{ name }], timeoutMs);
    if ("result" in answer) return { kind: "ended", ...(answer.result as { readonly waiting: number | null }) };
    const error = serviceErrorOf(answer.error, ROUTER_SERVICE, METHOD);
    if (error.code === "xqbus:unknown-name") return { kind: "none" };
    throw error;
  } finally {
    await requests.close({ drain: false });
  }
}
