import { XqbusError } from "../../errors.ts";
import type { LinkPurpose } from "../attach.ts";
import type { BusConnection } from "../connection.ts";
import type { Terminus } from "../dialects/index.ts";

/** Bytes beside the body of a request or answer: header and properties. */
export const ENVELOPE_BYTES: number = 64 * 1024;

/** Refusals for the moment of a request or an answer: the deadline ends them, not a count. */
export const REFUSALS = { maxAttempts: 5, minDelayMs: 50, maxDelayMs: 1_000, factor: 2, jitter: 0.5 } as const;

const SERVICE_NAME = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/u;
const MAX_SERVICE_LENGTH = 100;

/** The request queue of a service on one connection: `<domain>.command.<service>`, which its workers share. */
export function requestQueue(
  { dialect, url }: BusConnection,
  service: string,
): { readonly terminus: Terminus; readonly purpose: LinkPurpose; readonly subject: string } {
  const subject = `${url.domain}.command.${service}`;
  const terminus = dialect.queueAt(subject);
  const unknownHint = `the service's queue "${subject}" must be there, or made on first use`;
  return { terminus, subject, purpose: { address: terminus.address, unknownHint } };
}

/** @throws XqbusError `xqbus:illegal-argument` */
export function assertServiceName(service: unknown): asserts service is string {
  if (typeof service === "string" && service.length <= MAX_SERVICE_LENGTH && SERVICE_NAME.test(service)) return;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `the name of a service must be words of letters, digits, "_" and "-" with dots between, ${MAX_SERVICE_LENGTH} characters at most`,
  );
}
