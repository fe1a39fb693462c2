import { XqbusError } from "../../../errors.ts";
import { optionalPackage } from "../../../optional-package.ts";
import type { EmailSettings } from "../../notifier-settings.ts";
import { lineOf, smtpErrorOf } from "./smtp-failure.ts";
import { transportOptions } from "./transport-options.ts";

/**
 * Goes the way of an e-mail up to the message itself: greeting, TLS as wanted, login where there is a user. Sends nothing.
 *
 * @throws XqbusError `xqbus:notify-failed` with what the server said or what went wrong, never with the password; `xqbus:missing-package`
 */
export async function verifyMailServer(settings: EmailSettings): Promise<void> {
  const { createTransport } = await optionalPackage("nodemailer", "a mail server", () => import("nodemailer"));
  const transport = createTransport(transportOptions(settings));
  try {
    await transport.verify();
  } catch (error) {
    const smtp = smtpErrorOf(error);
    const what = smtp.code === "EAUTH" ? `the login of ${settings.user ?? "nobody"} is refused: ` : "";
    throw new XqbusError("xqbus:notify-failed", `${what}${lineOf(smtp)}`, { cause: error });
  } finally {
    transport.close();
  }
}
