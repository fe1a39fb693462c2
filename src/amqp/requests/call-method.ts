import { encodeRequest, readResponse, type RpcError, type RpcParams } from "./json-rpc.ts";
import type { RequestLimits, RequestSender } from "./request-sender.ts";

/** How long a question that does no harm when it is answered too late stays valid, in ms: clocks of services may differ by so much. */
export const HARMLESS_EXPIRES_MS = 30_000;

/**
 * Calls a method of the service that the requests go to.
 *
 * @param what what is waited for, the start of a sentence
 * @throws what {@link RequestSender.request} does; XqbusError `xqbus:illegal-argument` for parameters that JSON cannot write,
 * `xqbus:service-failed` for an answer that cannot be read
 */
export async function callMethod(
  requests: Pick<RequestSender, "request">,
  { method, params, what }: { readonly method: string; readonly params: RpcParams; readonly what: string },
  limits: RequestLimits,
): Promise<{ readonly result: unknown } | { readonly error: RpcError }> {
  let id = "";
  const body = await requests.request((given) => encodeRequest((id = given), method, params), what, limits);
  return readResponse(body, id);
}
