import type { SendMailOptions, SMTPPoolOptions, SMTPPoolSentMessageInfo, Transporter } from "nodemailer";
import { optionalPackage } from "../../../optional-package.ts";
import type { EmailSettings } from "../../notifier-settings.ts";
import { transportOptions } from "./transport-options.ts";

/** How often one connection may be lost below a message before the attempt counts as failed. */
const MAX_REQUEUES = 1;
/** Messages over one connection. */
const MAX_MESSAGES = 100;
/** How long an unused connection stays open, in ms. */
const IDLE_TIMEOUT_MS = 60_000;

/** The connections to the mail server that all e-mail listeners share. */
export class MailPool {
  readonly #transport: Transporter<SMTPPoolSentMessageInfo>;
  readonly #onLastClose: () => void;
  #users = 0;

  private constructor(transport: Transporter<SMTPPoolSentMessageInfo>, onLastClose: () => void) {
    this.#transport = transport;
    this.#onLastClose = onLastClose;
  }

  /**
   * One pool for each settings object; close what it gives once.
   *
   * @throws XqbusError `xqbus:missing-package`
   */
  static async open(settings: EmailSettings): Promise<MailPool> {
    const { createTransport } = await optionalPackage("nodemailer", "an email listener", () => import("nodemailer"));
    let pool = pools.get(settings);
    if (pool === undefined) {
      pool = new MailPool(createTransport({ ...transportOptions(settings), ...poolOptions(settings) }), () =>
        pools.delete(settings),
      );
      pools.set(settings, pool);
    }
    pool.#users++;
    return pool;
  }

  /** Resolves when the server has taken the message for one recipient at least. @throws what nodemailer throws */
  send(message: SendMailOptions): Promise<SMTPPoolSentMessageInfo> {
    return this.#transport.sendMail(message);
  }

  /** For one user; the last one ends the connections, a message under way ends before. */
  close(): void {
    this.#users--;
    if (this.#users > 0) return;
    this.#onLastClose();
    this.#transport.close();
  }
}

const pools = new WeakMap<EmailSettings, MailPool>();

function poolOptions({ maxConnections }: EmailSettings): SMTPPoolOptions & { readonly pool: true } {
  return {
    pool: true,
    maxConnections,
    maxMessages: MAX_MESSAGES,
    maxRequeues: MAX_REQUEUES,
    idleTimeout: IDLE_TIMEOUT_MS,
  };
}
