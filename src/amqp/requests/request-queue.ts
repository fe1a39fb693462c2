import type { LinkPurpose } from "../attach.ts";
import type { BusConnection } from "../connection.ts";
import type { Terminus } from "../dialects/index.ts";

/** Bytes beside the body of a request or answer: header and properties. */
export const ENVELOPE_BYTES: number = 64 * 1024;

/** Refusals for the moment of a request or an answer: the deadline ends them, not a count. */
export const REFUSALS = { maxAttempts: 5, minDelayMs: 50, maxDelayMs: 1_000, factor: 2, jitter: 0.5 } as const;

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
