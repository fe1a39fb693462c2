import type { XqbusErrorCode } from "../../errors.ts";

/** The status of an answer for each code of our own; what is not here is 500. Refusals of the API itself say theirs. */
const STATUSES: Partial<Readonly<Record<XqbusErrorCode, number>>> = {
  "xqbus:aborted": 503,
  "xqbus:address-refused": 422,
  "xqbus:already-closed": 503,
  "xqbus:database-unavailable": 503,
  "xqbus:doctype-refused": 422,
  "xqbus:illegal-argument": 400,
  "xqbus:illegal-character": 422,
  "xqbus:illegal-content": 422,
  "xqbus:illegal-name": 422,
  "xqbus:invalid-config": 422,
  "xqbus:invalid-event": 422,
  "xqbus:invalid-query": 422,
  "xqbus:limit-exceeded": 413,
  "xqbus:missing-package": 501,
  "xqbus:no-broker": 409,
  "xqbus:not-connected": 503,
  "xqbus:not-permitted": 403,
  "xqbus:not-well-formed": 422,
  "xqbus:notify-failed": 502,
  "xqbus:refused": 502,
  "xqbus:resource-not-found": 404,
  "xqbus:store-damaged": 503,
  "xqbus:store-failed": 503,
  "xqbus:store-full": 507,
  "xqbus:store-in-use": 503,
  "xqbus:timeout": 504,
  "xqbus:too-many-requests": 429,
  "xqbus:transport-failed": 503,
  "xqbus:unsupported-encoding": 422,
  "xqbus:unsupported-query": 422,
  "xqbus:value-refused": 422,
};

/** The same for conditions of AMQP; every other one is 502, since it is between the daemon and its broker. */
const AMQP_STATUSES: Readonly<Record<string, number>> = {
  "amqp:not-found": 404,
  "amqp:precondition-failed": 409,
  "amqp:resource-limit-exceeded": 503,
  "amqp:resource-locked": 409,
};

/** The status for the code of an error. */
export function statusOf(code: string): number {
  const own = STATUSES[code as XqbusErrorCode];
  if (own !== undefined) return own;
  if (code.startsWith("amqp:")) return AMQP_STATUSES[code] ?? 502;
  // Codes of the W3C for queries, and of a check against the catalog.
  if (/^(?:X[PQ]|FO)[A-Z]{2}\d{4}$/.test(code) || code.startsWith("xqbus:filter-") || code.startsWith("cvc-"))
    return 422;
  return 500;
}
