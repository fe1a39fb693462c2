import { illegalOption } from "../../assert-option.ts";
import type { NotifierType } from "../notifier.ts";
import { checkEmailConfig, EMAIL_FIELDS } from "./email/email-config.ts";
import type { EmailConfig } from "./email/email-config.ts";
import { EmailNotifier } from "./email/email-notifier.ts";
import { MailWriter } from "./email/mail-content.ts";
import { MailPool } from "./email/mail-pool.ts";
import { showFields } from "./show-fields.ts";

const NO_SERVER = "no e-mail can be sent: the configuration needs a section [email] with host and from";

/** Sends a mail to some addresses by the server of the section `[email]`. */
export const emailNotifier: NotifierType<EmailConfig> = {
  id: "email",
  summary: "Sends a mail for each event",
  fields: EMAIL_FIELDS,
  check(config, context) {
    const checked = checkEmailConfig(config, context);
    if (context.settings.email === undefined) throw illegalOption(NO_SERVER);
    return checked;
  },
  show: (config) => showFields(EMAIL_FIELDS, config),
  async open(config, { catalog, settings: { email } }) {
    if (email === undefined) throw illegalOption(NO_SERVER);
    const writer = new MailWriter(config, catalog);
    const pool = await MailPool.open(email);
    return new EmailNotifier(config, email, writer, pool);
  },
};
