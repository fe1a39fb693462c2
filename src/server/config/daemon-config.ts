/**
 * The configuration of a daemon as it is used: durations in ms, sizes in bytes, paths absolute, secrets read from their files.
 * What each setting means stands once, in {@link SECTIONS} of `sections.ts`.
 */
export interface DaemonConfig {
  readonly daemon: {
    readonly shutdownTimeout: number;
  };
  readonly broker: {
    readonly url: string | undefined;
    readonly host: string;
    readonly port: number;
    readonly domain: string;
    readonly users: string | undefined;
    readonly acl: string | undefined;
    readonly policies: string | undefined;
    readonly tlsCert: string | undefined;
    readonly tlsKey: string | undefined;
    readonly tlsCa: string | undefined;
    readonly validate: boolean;
  };
  readonly catalog: {
    readonly schemas: readonly string[] | undefined;
  };
  readonly http: {
    readonly enabled: boolean;
    readonly host: string;
    readonly port: number;
    readonly auth: "keys" | "none";
    readonly tokenMinutes: number;
    readonly rateLimit: string;
    readonly maxBodyBytes: number;
    readonly tlsCert: string | undefined;
    readonly tlsKey: string | undefined;
  };
  /** `host` undefined: no e-mail can be sent. With it `from` is there. */
  readonly email: {
    readonly host: string | undefined;
    readonly port: number;
    readonly tls: "none" | "starttls" | "implicit";
    readonly tlsCa: string | undefined;
    readonly user: string | undefined;
    readonly password: string | undefined;
    readonly from: string | undefined;
    readonly maxConnections: number;
    readonly timeout: number;
  };
  readonly messaging: {
    readonly url: string | undefined;
    readonly exchange: string;
  };
  readonly storage: {
    readonly folder: string | undefined;
    readonly url: string | undefined;
    readonly maxBytes: number;
    readonly minFreeBytes: number;
    readonly keepDeliveries: number;
    readonly maxTaskletRecords: number;
    readonly keepBodies: number;
    readonly keepDeadLetters: number;
  };
  readonly listener: {
    readonly subscription: string | undefined;
    readonly allowNetworks: readonly string[];
    readonly fileFolder: string | undefined;
    readonly commands: readonly string[];
    readonly breakerFailures: number;
    readonly breakerProbe: number;
    readonly disableAfter: number;
  };
  readonly archive: {
    readonly enabled: boolean;
    readonly database: string | undefined;
    readonly subscription: string | undefined;
    readonly routingKey: string;
    readonly xquery: string | undefined;
    readonly keep: number;
    readonly keepTypes: readonly string[];
    readonly maxBytes: number;
  };
  readonly action: {
    readonly enabled: boolean;
    readonly folder: string | undefined;
    readonly workers: number;
    readonly timeout: number;
    readonly lease: number;
    readonly keepRuns: number;
    readonly keepAttempts: number;
    readonly maxAnswerBytes: number;
    readonly maxInputBytes: number;
    readonly maxMessageBytes: number;
    readonly memoryMb: number;
  };
  /** No databases: no relays. */
  readonly producer: {
    readonly databases: readonly string[];
    readonly batch: number;
    readonly poll: number | undefined;
    readonly retry: number;
    readonly maxAttempts: number;
    readonly maxRowSize: number;
  };
  /** In effect with `[broker] url` and a PostgreSQL in `[storage] url`. */
  readonly cluster: {
    readonly heartbeat: number;
    readonly goneAfter: number;
    readonly applyTimeout: number;
  };
  readonly agent: {
    readonly enabled: boolean;
    readonly node: string | undefined;
    readonly interval: number;
  };
  readonly router: {
    readonly enabled: boolean;
    readonly subscription: string | undefined;
    readonly concurrency: number;
    readonly maxLinks: number;
    readonly attempts: number;
    readonly sendTimeout: number;
    readonly creditTimeout: number;
  };
  readonly log: {
    readonly level: "debug" | "info" | "warn" | "error";
    readonly file: string | undefined;
    readonly format: "json" | "text";
  };
}

/** Name of a section. */
export type SectionName = keyof DaemonConfig;
