import type { AddCommand } from "../command.ts";
import type { LaterCommand } from "../later-command.ts";
import { addAcl } from "./acl.ts";
import { addBench } from "./bench.ts";
import { addCall } from "./call.ts";
import { addDemo } from "./demo.ts";
import { addEvent } from "./event.ts";
import { addFilter } from "./filter.ts";
import { addHelp } from "./help.ts";
import { addJournal } from "./journal.ts";
import { addListen } from "./listen.ts";
import { addPublish } from "./publish.ts";
import { addSchema } from "./schema.ts";
import { addSend } from "./send.ts";
import { addServe } from "./serve.ts";
import { addSubscription } from "./subscription.ts";
import { addUser } from "./user.ts";
import { addStore } from "./store.ts";
import { addValidate } from "./validate.ts";

/** Those that talk to a daemon. */
const DAEMON_COMMANDS: readonly LaterCommand[] = [
  {
    name: "listener",
    description: "manage the event listeners of a daemon: e-mail, HTTP, AMQP, files, programs",
    load: async () => (await import("./listener.ts")).addListener,
  },
  {
    name: "delivery",
    description: "what became of events at listeners",
    load: async () => (await import("./delivery.ts")).addDelivery,
  },
  {
    name: "trace",
    description: "print what became of one event, at all listeners that it matched",
    load: async () => (await import("./trace.ts")).addTrace,
  },
  {
    name: "dlq",
    description: "dead letters of a daemon: what could not be delivered, to be delivered again or deleted",
    load: async () => (await import("./dlq.ts")).addDlq,
  },
  {
    name: "archive",
    description: "archived events: ask, show, check and replay them",
    load: async () => (await import("./archive.ts")).addArchive,
  },
  {
    name: "action",
    description: "actions of a daemon: functions that events, requests and times start",
    load: async () => (await import("./action.ts")).addAction,
  },
  {
    name: "run",
    description: "runs of actions and workflows: what became of each start",
    load: async () => (await import("./run.ts")).addRun,
  },
  {
    name: "workflow",
    description: "workflows of a daemon: graphs of actions",
    load: async () => (await import("./workflow.ts")).addWorkflow,
  },
  {
    name: "route",
    description: "queues for durable consumers, which the router of a daemon fills",
    load: async () => (await import("./route.ts")).addRoute,
  },
  {
    name: "member",
    description: "daemons that serve one bus together",
    load: async () => (await import("./member.ts")).addMember,
  },
  {
    name: "broker",
    description: "the broker of a daemon",
    load: async () => (await import("./broker.ts")).addBroker,
  },
  {
    name: "queue",
    description: "queues of the broker of a daemon",
    load: async () => (await import("./queue.ts")).addQueue,
  },
  {
    name: "connection",
    description: "clients that are connected to the broker of a daemon",
    load: async () => (await import("./connection.ts")).addConnection,
  },
  {
    name: "api-key",
    alias: "apikey",
    description: "keys of the HTTP API of a daemon",
    load: async () => (await import("./api-key.ts")).addApiKey,
  },
  {
    name: "audit",
    description: "who has changed what in a daemon",
    load: async () => (await import("./audit.ts")).addAudit,
  },
];

/** Those that work on databases of applications. */
const DATABASE_COMMANDS: readonly LaterCommand[] = [
  {
    name: "producer",
    description: "changes of database tables as events: triggers, outbox, and the relay that publishes it",
    load: async () => (await import("./producer.ts")).addProducer,
  },
  {
    name: "table",
    description: "tables that actions insert rows in",
    load: async () => (await import("./table.ts")).addTable,
  },
];

/** Those for whoever sets up a daemon. */
const DAEMON_SETUP_COMMANDS: readonly LaterCommand[] = [
  {
    name: "config",
    description: "the configuration of xqbus serve --config: whether it can be used, and what is in effect",
    load: async () => (await import("./config.ts")).addConfig,
  },
  {
    name: "doctor",
    description: "whether a daemon can work on this machine: ports, rights, disk, broker, clock, mail server, schemas",
    load: async () => (await import("./doctor.ts")).addDoctor,
  },
  {
    name: "migrate",
    description: "copy definitions and stored messages of a daemon to another broker and PostgreSQL",
    load: async () => (await import("./migrate.ts")).addMigrate,
  },
];

/** Programs in folders. */
const CONSUMER: LaterCommand = {
  name: "consumer",
  description: "consumers in folders: a consumer.cfg, and tasklets that react to events",
  load: async () => (await import("./consumer.ts")).addConsumer,
};

/** All commands in the order of the help: daily verbs first, then the nouns, then help. */
export const commands: readonly (AddCommand | LaterCommand)[] = [
  addDemo,
  addServe,
  addSend,
  addPublish,
  addListen,
  CONSUMER,
  addCall,
  addBench,
  addValidate,
  addEvent,
  addSchema,
  addFilter,
  addSubscription,
  addUser,
  addAcl,
  addStore,
  addJournal,
  ...DATABASE_COMMANDS,
  ...DAEMON_SETUP_COMMANDS,
  ...DAEMON_COMMANDS,
  addHelp,
];
