import { NotifyError } from "../../notify-error.ts";
import type { Notification, Notifier, NotifyResult } from "../../notifier.ts";
import type { EmailSettings } from "../../notifier-settings.ts";
import { attemptEnded } from "../attempt-ended.ts";
import { mailboxesOf } from "./mailboxes.ts";
import type { EmailConfig } from "./email-config.ts";
import type { MailWriter } from "./mail-content.ts";
import type { MailPool } from "./mail-pool.ts";
import { Recipients } from "./recipients.ts";
import type { RecipientsState } from "./recipients.ts";
import { excerptOfLine, isPermanentRefusal, lineOf, smtpErrorOf, smtpFailure } from "./smtp-failure.ts";
import type { SmtpError } from "./smtp-failure.ts";

/** UTF-16 code units of a Message-ID before its "@". */
const MAX_ID_LENGTH = 200;

/** Sends mails to the addresses of one listener. */
export class EmailNotifier implements Notifier {
  readonly #addresses: readonly string[];
  readonly #from: string;
  readonly #what: string;
  readonly #writer: MailWriter;
  readonly #pool: MailPool;
  readonly #recipients = new Recipients();
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor({ addresses }: EmailConfig, { from, host, port }: EmailSettings, writer: MailWriter, pool: MailPool) {
    this.#addresses = mailboxesOf(addresses);
    this.#from = from;
    this.#what = `mail by ${host}:${port}`;
    this.#writer = writer;
    this.#pool = pool;
  }

  async notify(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    const attempt = this.#attempt(notification, signal);
    this.#running.add(attempt);
    try {
      return await attempt;
    } finally {
      this.#running.delete(attempt);
    }
  }

  async close(): Promise<void> {
    // The pool would not send what waits for a connection.
    await Promise.allSettled(this.#running);
    if (!this.#isClosed) this.#pool.close();
    this.#isClosed = true;
  }

  async #attempt(notification: Notification, signal: AbortSignal): Promise<NotifyResult> {
    if (signal.aborted) throw attemptEnded(this.#what, signal);
    const { delivery } = notification;
    const state = this.#recipients.of(delivery);
    const missing = this.#addresses.filter((address) => !state.taken.has(address) && !state.refused.has(address));
    // Whoever tries again what was refused for good wants to know whether it still is.
    const to = missing.length > 0 ? missing : this.#addresses.filter((address) => !state.taken.has(address));
    let rejected: readonly SmtpError[];
    let response: string | undefined;
    try {
      const info = await this.#pool.send({
        ...this.#message(notification),
        envelope: { from: this.#from, to: [...to] },
        signal,
      });
      rejected = smtpErrorOf(info).rejectedErrors;
      response = info.response;
    } catch (error) {
      if (signal.aborted) throw attemptEnded(this.#what, signal);
      const failure = smtpErrorOf(error);
      if (failure.rejectedErrors.length === 0) throw smtpFailure(this.#what, failure, error);
      rejected = failure.rejectedErrors;
    }
    this.#note(to, rejected, state);
    return this.#outcome(delivery, state, rejected, response);
  }

  #message(notification: Notification): MailMessage {
    const { subject, text, html, headers } = this.#writer.write(notification);
    const host = /@([\w.-]+)>?$/u.exec(this.#from)?.[1] ?? "xqbus.invalid";
    const id = `${notification.listener}.${notification.delivery}`.replaceAll(/[^\w.-]/gu, "-").slice(0, MAX_ID_LENGTH);
    return {
      from: this.#from,
      to: [...this.#addresses],
      messageId: `<${id}@${host}>`,
      subject,
      text,
      headers: { ...headers },
      ...(html === undefined ? {} : { html }),
    };
  }

  #note(to: readonly string[], rejected: readonly SmtpError[], { taken, refused }: RecipientsState): void {
    const refusals = new Map(rejected.map((error) => [error.recipient?.toLowerCase(), error]));
    for (const address of to) {
      const error = refusals.get(address.toLowerCase());
      refused.delete(address);
      if (error === undefined) taken.add(address);
      else if (isPermanentRefusal(error)) refused.set(address, lineOf(error));
    }
  }

  #outcome(
    delivery: string,
    state: RecipientsState,
    rejected: readonly SmtpError[],
    response: string | undefined,
  ): NotifyResult {
    const { taken, refused } = state;
    if (taken.size === this.#addresses.length) {
      this.#recipients.forget(delivery);
      return {
        status: response === undefined ? undefined : Number.parseInt(response, 10),
        excerpt: excerptOfLine(response),
      };
    }
    if (taken.size > 0 || refused.size > 0) this.#recipients.remember(delivery, state);
    const deferred = rejected.filter((error) => !isPermanentRefusal(error));
    const reasons = [
      ...deferred.map((error) => `${error.recipient ?? "a recipient"}: ${lineOf(error)}`),
      ...[...refused].map(([address, line]) => `${address}: ${line}`),
    ];
    const first = deferred[0] ?? rejected[0];
    const counts = `${taken.size} of ${this.#addresses.length} recipients have it`;
    const next = deferred.length > 0 ? "; the next attempt is for those that were put off" : "";
    throw new NotifyError("xqbus:notify-failed", `${this.#what}: ${counts}${next}; ${reasons.join("; ")}`, {
      status: first?.responseCode,
      excerpt: excerptOfLine(reasons.join("; ")),
      isPermanent: deferred.length === 0,
    });
  }
}

/** A message without its envelope. */
interface MailMessage {
  from: string;
  to: string[];
  messageId: string;
  subject: string;
  text: string;
  html?: string;
  headers: Record<string, string>;
}
