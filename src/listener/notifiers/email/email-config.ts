import { shown } from "../../../assert-option.ts";
import type { NotifierContext, NotifierField } from "../../notifier.ts";
import { checkFields, illegalField } from "../../check-fields.ts";
import { checkTemplate } from "./check-template.ts";
import { hasDomain } from "./mailboxes.ts";

/** The configuration of an e-mail listener, as `docs/notifiers.md` says. */
export interface EmailConfig {
  readonly addresses: readonly string[];
  readonly subject: string;
  readonly text?: string;
  readonly html?: string;
  readonly mask?: boolean;
}

/** Many servers take no more recipients of one message (RFC 5321, section 4.5.3.1.8). */
const MAX_ADDRESSES = 100;
const MAX_ADDRESS_LENGTH = 254;
/**
 * A mailbox without quotes, comments, display name, and all that could end a header field or an SMTP command (RFC 5321, section
 * 4.1.2); domains may be in any script.
 */
const ADDRESS =
  /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)*$/u;

/** The fields of {@link EmailConfig}. */
export const EMAIL_FIELDS: readonly NotifierField[] = [
  {
    name: "addresses",
    kind: "texts",
    isRequired: true,
    isSeparated: true,
    help: "Who is told: a comma separated list of email addresses. Do not include spaces",
  },
  {
    name: "subject",
    kind: "text",
    isRequired: true,
    help: 'Subject, may have values: "{{ event_type }} of {{ payload.Id }}"',
  },
  { name: "text", kind: "text", help: "Text of the mail, may have values (default: the event as JSON)" },
  { name: "html", kind: "text", help: "The same as HTML, besides the text (default: none)" },
  { name: "mask", kind: "boolean", help: "Show *** in place of sensitive fields (default: true)" },
];

/** @throws XqbusError `xqbus:illegal-argument` that names the field and what would be right */
export function checkEmailConfig(
  config: Readonly<Record<string, unknown>>,
  { catalog, eventTypes }: Pick<NotifierContext, "catalog" | "eventTypes">,
): EmailConfig {
  // The fields have made sure of the types.
  const checked = checkFields("email", EMAIL_FIELDS, config) as unknown as EmailConfig;
  const wrong = checked.addresses.find((address) => !isAddress(address));
  if (wrong !== undefined) {
    throw illegalField("email", "addresses", `must be addresses such as ops@example.org, got ${shown(wrong)}`);
  }
  if (checked.addresses.length > MAX_ADDRESSES) {
    throw illegalField("email", "addresses", `must be at most ${MAX_ADDRESSES}, got ${checked.addresses.length}`);
  }
  for (const field of ["subject", "text", "html"] as const) {
    const template = checked[field];
    if (template !== undefined) checkTemplate(field, template, catalog, eventTypes);
  }
  return checked;
}

function isAddress(text: string): boolean {
  return text.length <= MAX_ADDRESS_LENGTH && ADDRESS.test(text) && !/^\.|\.\.|\.@/u.test(text) && hasDomain(text);
}
