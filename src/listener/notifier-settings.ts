import type { FilterItem } from "../filter/index.ts";

/** What the configuration of the daemon says of notifiers. */
export interface NotifierSettings {
  /** Section `[email]`; undefined: no e-mail can be sent. */
  readonly email?: EmailSettings | undefined;
  /** Section `[messaging]`: where AMQP listeners send to. */
  readonly messaging: MessagingSettings;
  /** Which addresses HTTP notifiers may call. */
  readonly network: NetworkSettings;
  /** Where file notifiers may write; undefined: nowhere. */
  readonly fileFolder?: string | undefined;
  /** Starts actions and workflows; undefined: the daemon has none. */
  readonly actions?: ActionStarter | undefined;
  /** Programs that command notifiers may run, as absolute paths; default none. */
  readonly commands: readonly string[];
}

/** What starts actions and workflows. */
export interface ActionStarter {
  /**
   * Records a run, and resolves when it is on disk; the same delivery again is the same run.
   *
   * @returns the run's id
   * @throws XqbusError `xqbus:unknown-name` there is no such action or workflow; other codes: try again
   */
  start(action: string, request: ActionStart): Promise<string>;
}

/** What a run of an action is started with. */
export interface ActionStart {
  /** Id of the delivery, and of the listener. */
  readonly delivery: string;
  readonly listener: string;
  /** Message id of the event. */
  readonly eventId: string;
  readonly type: string;
  /** What the query of the input gave; undefined: there is none. */
  readonly items: readonly FilterItem[] | undefined;
  /** The event in its plain JSON form. */
  readonly content: unknown;
  readonly xml: string;
}

/** The mail server and the sender. */
export interface EmailSettings {
  readonly host: string;
  readonly port: number;
  /** `starttls` is required when it is chosen; `implicit` is TLS from the first byte (port 465). */
  readonly tls: "none" | "starttls" | "implicit";
  /** PEM text of the authority that signed the server's certificate. */
  readonly tlsCa?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly from: string;
  /** Connections that are open at the same time. */
  readonly maxConnections: number;
  readonly timeoutMs: number;
}

/** The broker of AMQP listeners. */
export interface MessagingSettings {
  /** Default: the bus of the daemon itself. */
  readonly url?: string | undefined;
  /** Default `amq.topic`. */
  readonly exchange?: string | undefined;
}

/** Which addresses may be called. */
export interface NetworkSettings {
  /** Networks in CIDR form that may be called although they are private, link-local or loopback: `10.1.0.0/16`, `127.0.0.1/32`. */
  readonly allow: readonly string[];
}
