import type { AddressInfo, Socket } from "node:net";
import PostalMime, { type Email } from "postal-mime";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import type { EmailSettings } from "../../../src/listener/index.ts";

/** A mail as it has come. */
export interface Mail {
  readonly raw: string;
  readonly email: Email;
  readonly from: string;
  /** Of the envelope. */
  readonly to: readonly string[];
}

/** What the sink says: an answer such as `450 4.2.0 Greylisted`, `hang` for none at all, `drop` for the end of the connection. */
export type Say = string | undefined;

/** What a test wants of the sink; each step is asked anew for each command. */
export interface SinkOptions {
  readonly server?: SMTPServerOptions;
  readonly settings?: Partial<EmailSettings>;
  readonly connect?: () => Say;
  readonly mailFrom?: (address: string) => Say;
  readonly rcptTo?: (address: string) => Say;
  readonly data?: () => Say;
}

/** A mail server on loopback that keeps what it takes. */
export class SmtpSink {
  readonly mails: Mail[] = [];
  readonly sockets: Set<Socket> = new Set();
  /** All connections that ever were. */
  connections = 0;
  readonly settings: EmailSettings;
  readonly #server: SMTPServer;

  private constructor(server: SMTPServer, settings: EmailSettings) {
    this.#server = server;
    this.settings = settings;
  }

  static async start({ server: more = {}, settings = {}, ...steps }: SinkOptions = {}): Promise<SmtpSink> {
    const seen: { sink?: SmtpSink } = {};
    const say = (said: Say, callback: (error?: Error | null) => void): void => {
      if (said === "hang") return;
      if (said === "drop") seen.sink?.drop();
      else if (said === undefined) callback();
      else callback(Object.assign(new Error(said.slice(4)), { responseCode: Number(said.slice(0, 3)) }));
    };
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ["STARTTLS"],
      disableReverseLookup: true,
      logger: false,
      closeTimeout: 100,
      onConnect: (_session, callback) => say(steps.connect?.(), callback),
      onMailFrom: ({ address }, _session, callback) => say(steps.mailFrom?.(address), callback),
      onRcptTo: ({ address }, _session, callback) => say(steps.rcptTo?.(address), callback),
      onData: (stream, session, callback) => {
        const pieces: Buffer[] = [];
        stream.on("data", (piece: Buffer) => pieces.push(piece));
        stream.on("end", () => {
          const said = steps.data?.();
          if (said !== undefined) return say(said, callback);
          const raw = Buffer.concat(pieces);
          const { mailFrom, rcptTo } = session.envelope;
          void PostalMime.parse(raw).then((email) => {
            seen.sink?.mails.push({
              raw: raw.toString("latin1"),
              email,
              from: mailFrom === false ? "" : mailFrom.address,
              to: rcptTo.map(({ address }) => address),
            });
            callback();
          });
        });
      },
      ...more,
    });
    server.on("error", () => {});
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.server.address() as AddressInfo;
    const sink = new SmtpSink(server, {
      host: "127.0.0.1",
      port,
      tls: "none",
      from: "no-reply@example.org",
      maxConnections: 4,
      timeoutMs: 20_000,
      ...settings,
    });
    seen.sink = sink;
    server.server.on("connection", (socket: Socket) => {
      sink.connections++;
      sink.sockets.add(socket);
      socket.on("close", () => sink.sockets.delete(socket));
    });
    return sink;
  }

  /** Ends all connections as a crash does. */
  drop(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}
