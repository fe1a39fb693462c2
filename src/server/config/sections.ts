import type { DaemonConfig, SectionName } from "./daemon-config.ts";
import {
  ABSOLUTE_PATHS,
  BOOLEAN,
  BUS_URL,
  BYTES,
  bytesBetween,
  choice,
  DATABASE_URL,
  DURATION,
  MAIL_ADDRESS,
  NAMES,
  NETWORKS,
  PATH,
  PATHS,
  PORT,
  RATE,
  TEXT,
  TYPE_DURATIONS,
  wholeNumber,
} from "./kinds.ts";
import { setting } from "./setting.ts";
import type { Setting } from "./setting.ts";

/** One section of the configuration. */
export interface Section<S> {
  /** One sentence for people. */
  readonly help: string;
  /** By the name of the property; files have it in snake_case. */
  readonly settings: { readonly [K in keyof S]: Setting<S[K]> };
}

/**
 * All that can be configured, in the order of the documentation. Checking, overrides by the environment, `config print` and the
 * tables of docs/daemon.md come from here.
 */
export const SECTIONS: { readonly [N in SectionName]: Section<DaemonConfig[N]> } = {
  daemon: {
    help: "The process itself.",
    settings: {
      shutdownTimeout: setting({
        kind: DURATION,
        default: "10s",
        help: "How long a daemon that is to end waits for what runs; deliveries that are not over are tried again at the next start.",
      }),
    },
  },
  broker: {
    help: "The bus: a broker inside of the daemon, or with `url` another one.",
    settings: {
      url: setting({ kind: BUS_URL, isSecret: true, help: "Another broker to work with instead of one of its own." }),
      host: setting({ kind: TEXT, default: "127.0.0.1", help: "Interface that the broker listens on." }),
      port: setting({ kind: PORT, default: 5672, help: "Port that the broker listens on; 0 takes a free one." }),
      domain: setting({ kind: TEXT, default: "org.clacks", help: "Domain of the bus." }),
      users: setting({ kind: PATH, help: "File of users; without it `users.json` of `[storage] folder`." }),
      acl: setting({
        kind: PATH,
        help: "File of access rules; without it `acl.json` of `[storage] folder`, where it is.",
      }),
      policies: setting({ kind: PATH, help: "File of limits of certain queues (docs/broker.md)." }),
      tlsCert: setting({ kind: PATH, help: "PEM certificate of the broker: amqps instead of amqp." }),
      tlsKey: setting({ kind: PATH, help: "PEM private key of `tls_cert`." }),
      tlsCa: setting({
        kind: PATH,
        help: "PEM authority: of clients' certificates, which all clients need then; with `url`, of that broker's certificate.",
      }),
      validate: setting({ kind: BOOLEAN, default: true, help: "Whether topics take valid events only." }),
    },
  },
  catalog: {
    help: "The event types.",
    settings: {
      schemas: setting({
        kind: PATHS,
        help: "Folders with XSD files, followed as they change; without it XQBUS_SCHEMAS, else ./schemas/events and the shipped types.",
      }),
    },
  },
  http: {
    help: "The HTTP API.",
    settings: {
      enabled: setting({
        kind: BOOLEAN,
        default: false,
        help: "Whether there is one. True by itself when the section is there.",
      }),
      host: setting({ kind: TEXT, default: "127.0.0.1", help: "Interface that it listens on." }),
      port: setting({ kind: PORT, default: 8672, help: "Port that it listens on; 0 takes a free one." }),
      auth: setting({
        kind: choice("keys", "none"),
        default: "keys",
        help: "`none`: everybody may do everything; on a loopback address only.",
      }),
      tokenMinutes: setting({ kind: wholeNumber(1, 1440), default: 15, help: "How long a token is good for." }),
      rateLimit: setting({ kind: RATE, default: "600/min", help: "Requests of one key." }),
      maxBodyBytes: setting({ kind: BYTES, default: "4MiB", help: "Largest request." }),
      tlsCert: setting({ kind: PATH, help: "PEM certificate: https instead of http." }),
      tlsKey: setting({ kind: PATH, help: "PEM private key of `tls_cert`." }),
    },
  },
  email: {
    help: "The mail server of e-mail listeners.",
    settings: {
      host: setting({ kind: TEXT, help: "Name of the mail server; without it no e-mail can be sent." }),
      port: setting({ kind: PORT, default: 587, help: "Its port: 587 with starttls, 465 with implicit, 25 without." }),
      tls: setting({
        kind: choice("none", "starttls", "implicit"),
        default: "starttls",
        help: "`starttls` is required then, and not only tried.",
      }),
      tlsCa: setting({ kind: PATH, help: "PEM authority that signed the server's certificate." }),
      user: setting({ kind: TEXT, help: "Login, where the server wants one." }),
      password: setting({ kind: TEXT, isSecret: true, help: "Password of `user`." }),
      from: setting({ kind: MAIL_ADDRESS, help: "Sender of all mail; needed with `host`." }),
      maxConnections: setting({
        kind: wholeNumber(1, 100),
        default: 3,
        help: "Connections to the server at the same time.",
      }),
      timeout: setting({ kind: DURATION, default: "30s", help: "Longest wait for an answer of the server." }),
    },
  },
  messaging: {
    help: "Where AMQP listeners send to.",
    settings: {
      url: setting({ kind: BUS_URL, isSecret: true, help: "Their broker; without it the bus of the daemon." }),
      exchange: setting({ kind: TEXT, default: "amq.topic", help: "Exchange of listeners that name none." }),
    },
  },
  storage: {
    help: "What is kept on disk.",
    settings: {
      folder: setting({
        kind: PATH,
        help: "Folder of this daemon: messages, users, listeners, record of deliveries. Needed, unless `--data` gives it.",
      }),
      url: setting({
        kind: TEXT,
        isSecret: true,
        help: "PostgreSQL for what several daemons may share: `postgres://…`; without it SQLite files of `folder`.",
      }),
      maxBytes: setting({
        kind: BYTES,
        default: "10GiB",
        help: "Largest size of the record of deliveries; when it is full the oldest of what is done goes before its time.",
      }),
      minFreeBytes: setting({
        kind: BYTES,
        default: "512MiB",
        help: "With less room on the disk `/readyz` and `doctor` say that somebody should look.",
      }),
      keepDeliveries: setting({ kind: DURATION, default: "30d", help: "How long the record of a delivery is kept." }),
      maxTaskletRecords: setting({
        kind: wholeNumber(1000, 100_000_000),
        default: 500_000,
        help: "Records of tasklets that are kept at most, as long as those of deliveries; the oldest go.",
      }),
      keepBodies: setting({
        kind: DURATION,
        default: "7d",
        help: "How long the event of a delivery that is over is kept; those of dead letters stay.",
      }),

      keepDeadLetters: setting({
        kind: DURATION,
        default: "90d",
        help: "How long dead letters of listeners are kept that nobody deletes.",
      }),
    },
  },
  listener: {
    help: "What listeners may do, and when one that fails is left alone.",
    settings: {
      subscription: setting({
        kind: TEXT,
        help: "The durable subscription that brings them events; without it `<domain>.xqbus.listeners` with other daemons, which share it, else one of a name that no other daemon has.",
      }),
      allowNetworks: setting({
        kind: NETWORKS,
        default: [],
        help: "Private, link-local or loopback networks that HTTP listeners may call.",
      }),
      fileFolder: setting({ kind: PATH, help: "Folder that file listeners may write to; without it nowhere." }),
      commands: setting({ kind: ABSOLUTE_PATHS, default: [], help: "Programs that command listeners may run." }),
      breakerFailures: setting({
        kind: wholeNumber(1, 1000),
        default: 10,
        help: "Failures in a row after which a listener rests but for a probe now and then.",
      }),
      breakerProbe: setting({
        kind: DURATION,
        default: "60s",
        help: "Time to the first probe; each that fails doubles it.",
      }),
      disableAfter: setting({
        kind: DURATION,
        default: "5d",
        help: "Time of failures only after which a listener disables itself.",
      }),
    },
  },
  archive: {
    help: "The memory of events in an SQL database (docs/archive.md).",
    settings: {
      enabled: setting({
        kind: BOOLEAN,
        default: false,
        help: "Whether there is one. True by itself when the section is there.",
      }),
      database: setting({
        kind: DATABASE_URL,
        isSecret: true,
        help: "Where it is: `sqlite:archive.db` or `postgres://user:password@host/name`; without it `[storage] url`, or `archive.db` of `[storage] folder`.",
      }),
      subscription: setting({
        kind: TEXT,
        help: "The durable subscription that brings the events; without it `xqbus.archive`, or `<domain>.xqbus.archive` with other daemons.",
      }),
      routingKey: setting({
        kind: TEXT,
        default: "#",
        help: "Routing keys of the events that are archived: `*` is a word, `#` any number of them.",
      }),
      xquery: setting({ kind: TEXT, help: "A filter that the events must match." }),
      keep: setting({ kind: DURATION, default: "90d", help: "How long an event is kept." }),
      keepTypes: setting({
        kind: TYPE_DURATIONS,
        default: [],
        help: "How long events of certain types are kept instead.",
      }),
      maxBytes: setting({
        kind: BYTES,
        default: "50GiB",
        help: "Largest size of all documents; beyond, the oldest go before their time.",
      }),
    },
  },
  action: {
    help: "Actions: functions of your own that requests, events, times and other actions start.",
    settings: {
      enabled: setting({
        kind: BOOLEAN,
        default: false,
        help: "Whether there are any. True by itself when the section is there.",
      }),
      folder: setting({ kind: PATH, help: "Folder with their modules; without it `actions` of `[storage] folder`." }),
      workers: setting({
        kind: wholeNumber(1, 1000),
        default: 2,
        help: "Processes that carry them out: runs at the same time.",
      }),
      timeout: setting({
        kind: DURATION,
        default: "5m",
        help: "How long an attempt of an action may take that says nothing.",
      }),
      lease: setting({
        kind: DURATION,
        default: "30s",
        help: "How long a run belongs to a daemon that does not say that it goes on; then another one takes it up.",
      }),
      keepRuns: setting({ kind: DURATION, default: "30d", help: "How long runs are kept after their end." }),
      keepAttempts: setting({
        kind: wholeNumber(1, 1000),
        default: 10,
        help: "Attempts of a run that are kept with their lines: so many of the first ones, and of the last ones.",
      }),
      maxAnswerBytes: setting({
        kind: bytesBetween(2 ** 16, 2 ** 28, "from 64KiB to 256MiB"),
        default: "4MiB",
        help: "Largest list of runs that the HTTP API gives; the next page has the others.",
      }),
      maxInputBytes: setting({ kind: BYTES, default: "4MiB", help: "Largest input of a run, as JSON." }),
      maxMessageBytes: setting({
        kind: bytesBetween(2 ** 10, 2 ** 30, "from 1KiB to 1GiB"),
        default: "16MiB",
        help: "Largest input, result, question and answer between the daemon and one of its processes.",
      }),
      memoryMb: setting({
        kind: wholeNumber(16, 65_536),
        default: 256,
        help: "Memory for the objects of one process, in MiB; who needs more fails, and no other run.",
      }),
    },
  },
  producer: {
    help: "Relays, which publish what is in the outboxes of databases (docs/producers.md).",
    settings: {
      databases: setting({
        kind: NAMES,
        default: [],
        help: "Names of `[databases]`, whose outboxes are published; one relay each.",
      }),
      batch: setting({
        kind: wholeNumber(1, 1000),
        default: 100,
        help: "Events that are under way at a time. 1: none overtakes one that the broker refuses for the moment.",
      }),
      poll: setting({
        kind: DURATION,
        help: "Time from one look to the next where nothing wakes the relay; without it 250ms for SQLite, 5s for PostgreSQL.",
      }),
      retry: setting({ kind: DURATION, default: "1s", help: "Time to the next attempt after something failed." }),
      maxAttempts: setting({
        kind: wholeNumber(1, 1000),
        default: 5,
        help: "Attempts for an event that the broker refuses for good, after which it is parked.",
      }),
      maxRowSize: setting({ kind: BYTES, default: "4MiB", help: "Characters of one row; a larger one is parked." }),
    },
  },
  cluster: {
    help: "The other daemons of a bus: with `[broker] url` and a PostgreSQL in `[storage] url` all that use both divide the work (docs/scaling.md).",
    settings: {
      heartbeat: setting({
        kind: DURATION,
        default: "1s",
        help: "Time between two words to the others that it lives.",
      }),
      goneAfter: setting({
        kind: DURATION,
        default: "5s",
        help: "A daemon that said nothing for so long is gone, and others take its work over; at least three heartbeats.",
      }),
      applyTimeout: setting({
        kind: DURATION,
        default: "10s",
        help: "How long a change of a listener waits until all daemons know of it.",
      }),
    },
  },
  agent: {
    help: "What the daemon tells of itself on the bus: NodeAnnounce, NodeCapabilities, NodeStatus, NodeLeave, ClientPoll.",
    settings: {
      enabled: setting({ kind: BOOLEAN, default: true, help: "Whether it does." }),
      node: setting({ kind: TEXT, help: "Name of the node, unique on the bus; without it the machine's name." }),
      interval: setting({ kind: DURATION, default: "60s", help: "Time between two NodeStatus." }),
    },
  },
  router: {
    help: "Queues for durable consumers, on another broker that evaluates no XQuery (docs/scaling.md): needs `[broker] url` and `[storage] url`.",
    settings: {
      enabled: setting({ kind: BOOLEAN, default: true, help: "Whether there are any, where both are given." }),
      subscription: setting({
        kind: TEXT,
        help: "The durable subscription that all daemons share; without it `<domain>.xqbus.router`.",
      }),
      concurrency: setting({ kind: wholeNumber(1, 100_000), default: 200, help: "Events under way at the same time." }),
      maxLinks: setting({ kind: wholeNumber(1, 100_000), default: 100, help: "Links to queues at the same time." }),
      attempts: setting({
        kind: wholeNumber(1, 1000),
        default: 3,
        help: "Attempts to send a copy, after which it waits in the database.",
      }),
      sendTimeout: setting({ kind: DURATION, default: "5s", help: "How long an attempt may take." }),
      creditTimeout: setting({
        kind: DURATION,
        default: "1s",
        help: "A queue that takes nothing for so long holds up nothing any more: what waits for it goes to the database.",
      }),
    },
  },
  log: {
    help: "The log, without bodies of events and without secrets.",
    settings: {
      level: setting({
        kind: choice("debug", "info", "warn", "error"),
        default: "info",
        help: "The least important that is written.",
      }),
      file: setting({ kind: PATH, help: "File instead of standard error; opened again on SIGHUP." }),
      format: setting({
        kind: choice("json", "text"),
        default: "json",
        help: "One JSON object a line, or text for people.",
      }),
    },
  },
};
