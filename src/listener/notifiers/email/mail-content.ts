import type { Catalog } from "../../../schema/index.ts";
import { notificationDocument } from "../../notification-document.ts";
import type { Notification } from "../../notifier.ts";
import { printable } from "../printable.ts";
import type { EmailConfig } from "./email-config.ts";
import { fillTemplate, parseTemplate } from "./template.ts";
import type { FilledTemplate, Template } from "./template.ts";
import { documentText, templateValue } from "./template-values.ts";

/** UTF-16 code units of a subject, and of a text or HTML body; what is longer is cut. */
const MAX_SUBJECT_LENGTH = 250;
const MAX_BODY_LENGTH = 1024 * 1024;
/** A line of a mail has at most 998 characters (RFC 5322, section 2.1.1). */
const MAX_HEADER_LENGTH = 900;
const CUT = `(cut here: the text is longer than ${MAX_BODY_LENGTH} characters)`;

/** What a mail says, and the header fields that programs know it by. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Writes the mails of one listener. */
export class MailWriter {
  readonly #catalog: Catalog;
  readonly #mask: boolean;
  readonly #subject: Template;
  readonly #text: Template | undefined;
  readonly #html: Template | undefined;

  constructor({ subject, text, html, mask = true }: EmailConfig, catalog: Catalog) {
    this.#catalog = catalog;
    this.#mask = mask;
    this.#subject = parseTemplate(subject);
    this.#text = text === undefined ? undefined : parseTemplate(text);
    this.#html = html === undefined ? undefined : parseTemplate(html);
  }

  write(notification: Notification): MailContent {
    const document = notificationDocument(notification, this.#catalog, { mask: this.#mask });
    const valueAt = (path: string): string => templateValue(path, document, notification);
    const htmlAt = (path: string): string => escapeHtml(valueAt(path));
    const text: Template = this.#text ?? { parts: [{ kind: "text", text: documentText(document) }] };
    return {
      subject: oneLine(fillTemplate(this.#subject, valueAt, MAX_SUBJECT_LENGTH).text),
      text: withCut(fillTemplate(text, valueAt, MAX_BODY_LENGTH), `\n${CUT}\n`),
      html:
        this.#html === undefined
          ? undefined
          : withCut(fillTemplate(this.#html, htmlAt, MAX_BODY_LENGTH), `<p>${CUT}</p>`),
      headers: headersOf(notification),
    };
  }
}

/** Programs that answer mails leave those with `Auto-Submitted` alone (RFC 3834, section 5). */
function headersOf({ delivery, id, isTest, listener, type }: Notification): Readonly<Record<string, string>> {
  return {
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
    "X-Xqbus-Event-Id": headerValue(id),
    "X-Xqbus-Event-Type": headerValue(type),
    "X-Xqbus-Listener": headerValue(listener),
    "X-Xqbus-Delivery": headerValue(delivery),
    ...(isTest ? { "X-Xqbus-Test": "true" } : {}),
  };
}

function headerValue(text: string): string {
  return printable(text.slice(0, MAX_HEADER_LENGTH)).slice(0, MAX_HEADER_LENGTH);
}

/** A header field is one line: what ends it, and all other control characters, become blanks. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

function withCut({ text, isCut }: FilledTemplate, note: string): string {
  return isCut ? `${text}${note}` : text;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/gu, (character) => `&#${character.charCodeAt(0)};`);
}
