import type { NotifierSettings } from "../../listener/index.ts";
import { emailSettings } from "../config/index.ts";
import type { DaemonConfig } from "../config/index.ts";

/**
 * What notifiers may use.
 *
 * @throws XqbusError `xqbus:unreadable` for the PEM file of the mail server's authority
 */
export async function notifierSettings({ email, messaging, listener }: DaemonConfig): Promise<NotifierSettings> {
  return {
    email: await emailSettings(email),
    messaging,
    network: { allow: listener.allowNetworks },
    fileFolder: listener.fileFolder,
    commands: listener.commands,
  };
}
