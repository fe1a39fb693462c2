import { readTextFile } from "../../daemon/index.ts";
import type { EmailSettings } from "../../listener/index.ts";
import type { DaemonConfig } from "./daemon-config.ts";

/**
 * What e-mails are sent with; undefined: none can be sent.
 *
 * @throws XqbusError `xqbus:unreadable` for the PEM file of the mail server's authority
 */
export async function emailSettings(email: DaemonConfig["email"]): Promise<EmailSettings | undefined> {
  const { host, from, timeout, tlsCa, ...rest } = email;
  if (host === undefined || from === undefined) return undefined;
  const ca = tlsCa === undefined ? undefined : await readTextFile(tlsCa);
  return { ...rest, host, from, tlsCa: ca, timeoutMs: timeout };
}
