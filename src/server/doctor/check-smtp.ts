import { messageOf } from "../../errors.ts";
import { verifyMailServer } from "../../listener/index.ts";
import { emailSettings } from "../config/index.ts";
import type { DaemonConfig } from "../config/index.ts";
import { fail, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Whether the mail server answers, speaks TLS as wanted, and lets the user in. Sends no mail. */
export async function checkSmtp(email: DaemonConfig["email"]): Promise<Finding | undefined> {
  const { host, port, tls, user } = email;
  const place = `${host ?? ""}:${port}`;
  try {
    const settings = await emailSettings(email);
    if (settings === undefined) return undefined;
    await verifyMailServer(settings);
    const login = user === undefined ? "" : ` and lets ${user} in`;
    return ok("smtp", `${place} answers${tls === "none" ? "" : " with TLS"}${login}`);
  } catch (error) {
    const advice = "look at [email] host, port, tls, user and password, and at firewalls between";
    return fail("smtp", `${place}: ${messageOf(error)}`, advice);
  }
}
