import type { SMTPTransportOptions } from "nodemailer";
import type { EmailSettings } from "../../notifier-settings.ts";

/** How the mail server is talked to. */
export function transportOptions(settings: EmailSettings): SMTPTransportOptions {
  const { host, port, tls, tlsCa, user, password, timeoutMs } = settings;
  return {
    host,
    port,
    secure: tls === "implicit",
    requireTLS: tls === "starttls",
    ignoreTLS: tls === "none",
    tls: { minVersion: "TLSv1.2", ...(tlsCa === undefined ? {} : { ca: tlsCa }) },
    // Who gives a user does not want to send without it where the server happens to offer no login.
    ...(user === undefined ? {} : { auth: { user, pass: password ?? "" }, forceAuth: true }),
    dnsTimeout: timeoutMs,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Texts of events are never names of files or URLs.
    disableFileAccess: true,
    disableUrlAccess: true,
    logger: false,
  };
}
