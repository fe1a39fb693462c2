import { existsSync } from "node:fs";
import { QueueSender } from "../../amqp/index.ts";
import { StoppedStore } from "../../broker/index.ts";
import { assertNobodyServes } from "../../cluster/index.ts";
import { holdFolder } from "../../daemon/index.ts";
import { openDatabase } from "../../database/index.ts";
import { XqbusError } from "../../errors.ts";
import type { DaemonConfig } from "../config/index.ts";
import { copyMessages } from "./copy-messages.ts";
import { CopyRecord } from "./copy-record.ts";
import { makeRoutes, tryRoutes, type WantedRoute } from "./make-routes.ts";
import type { MigrationProgress, MigrationReport, MovedMessages, MovedPart } from "./migration-report.ts";
import { BRING_UP_TO_DATE, MovingTables } from "./move-tables.ts";
import { newPlace, type NewPlace } from "./new-place.ts";
import { planQueues, type PlannedQueue } from "./plan-queues.ts";

/** How a folder is migrated. */
export interface MigrateOptions {
  /** Folder of a daemon with a broker of its own; it does not run. */
  readonly from: string;
  /** Of the daemons that follow it: `[broker] url`, and a PostgreSQL in `[storage] url`. */
  readonly config: DaemonConfig;
  /** Order of durable subscriptions by their names: `group-id`, or an XPath. */
  readonly orders: ReadonlyMap<string, string>;
  /** Only tells what would be done; both sides are asked, and nothing is made. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: MigrationProgress) => void;
}

/** What stays with the old daemon whatever the configuration says. */
const STAYS: readonly string[] = [
  "users, rights and queue policies of the old broker stay where they are: the new broker has its own",
  "modules of actions are files: copy them to [action] folder of each new daemon",
  "the audit log stays in access.db of the old folder",
];

/**
 * Copies definitions and stored messages of a daemon with a broker of its own to another broker and PostgreSQL. The old folder stays as it is, but for a
 * record of what was copied, so that it can be repeated; a message counts as copied when the new broker has accepted it.
 *
 * @throws XqbusError `xqbus:unreadable` another process holds the folder, or there is none; `xqbus:store-in-use` daemons run with the new configuration, or
 * events wait for the old one; `xqbus:illegal-argument` names are taken, the domain is another one; what broker and databases say
 */
export async function migrateFolder(options: MigrateOptions): Promise<MigrationReport> {
  const { from, config, orders, dryRun, signal } = options;
  if (!existsSync(from))
    throw new XqbusError("xqbus:unreadable", `there is no folder ${from}; expected that of a daemon`);
  const place = await newPlace(config);
  await using held = await holdFolder(from);
  const record = await CopyRecord.open(held.path, place.shown);
  await assertFree(place);
  using store = new StoppedStore(held.path);
  const queues = planQueues(store.queues(), { folder: from, domain: place.domain, orders });
  await using tables = await openTables(held.path, place);
  for (const each of tables.all) await each.check();
  const sender = new QueueSender(place.url, place.connect);
  try {
    await sender.start(signal);
    const work: Work = { ...options, place, record, queues, tables: tables.all, sender };
    const done = await (dryRun ? count(work) : copy(work));
    const notes = [
      ...(dryRun ? await outdated(tables.all) : []),
      ...queues.flatMap(({ note }) => note ?? []),
      ...place.notes,
      ...STAYS,
    ];
    return { domain: place.domain, dryRun, ...done, notes };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new XqbusError("xqbus:aborted", "the migration was interrupted; repeat the command to go on where it was", {
      cause: error,
    });
  } finally {
    await sender.close();
  }
}

interface Work extends Pick<MigrateOptions, "signal" | "onProgress"> {
  readonly place: NewPlace;
  readonly record: CopyRecord;
  readonly queues: readonly PlannedQueue[];
  readonly tables: readonly MovingTables[];
  readonly sender: QueueSender;
}

type Done = Pick<MigrationReport, "parts" | "routes" | "queues">;

async function count({ place, record, queues, tables }: Work): Promise<Done> {
  const parts: MovedPart[] = [];
  for (const each of tables) parts.push(await each.count());
  return {
    parts,
    routes: await tryRoutes(routesOf(queues), routeOptions(place, record)),
    queues: queues.map(({ queue: { id, messages }, from, to }) => ({
      ...{ from, to, messages, before: record.queue(id)?.copied ?? 0, copied: 0, damaged: 0 },
    })),
  };
}

/** What stops the migration itself, and not a dry run. */
async function outdated(tables: readonly MovingTables[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const each of tables) {
    const difference = await each.difference();
    if (difference !== undefined) found.push(`${difference}: ${BRING_UP_TO_DATE}, before you migrate`);
  }
  return found;
}

/** Definitions first: what is sent to a queue has its route from then on. */
async function copy({ place, record, queues, tables, sender, signal, onProgress }: Work): Promise<Done> {
  const wanted = routesOf(queues);
  await tryRoutes(wanted, routeOptions(place, record));
  // As long as the old daemon can still be started.
  for (const each of tables) await each.prepare();
  await record.begin();
  const parts: MovedPart[] = [];
  for (const each of tables) parts.push(await each.copy(signal, onProgress));
  const routes = await makeRoutes(wanted, routeOptions(place, record));
  await record.keepRoutes(routes.map(({ name }) => name));
  const of = queues.reduce((sum, { queue }) => sum + queue.messages, 0);
  let done = 0;
  const onCopied = (messages: number): void => onProgress({ what: "messages", done: (done += messages), of });
  const moved: MovedMessages[] = [];
  for (const planned of queues) {
    const { id } = planned.queue;
    const before = record.queue(id);
    done += before?.copied ?? 0;
    const keep = (place: Parameters<CopyRecord["keepQueue"]>[1]): Promise<void> => record.keepQueue(id, place);
    moved.push(await copyMessages(planned, { sender, signal, before, keep, onCopied }));
  }
  await record.finish();
  return { parts, routes, queues: moved };
}

function routesOf(queues: readonly PlannedQueue[]): readonly WantedRoute[] {
  return queues.flatMap(({ route }) => route ?? []);
}

function routeOptions({ database: url, domain }: NewPlace, { routes: known }: CopyRecord) {
  return { url, domain, known };
}

/** Daemons that run already would not see what is copied behind their backs. */
async function assertFree({ database: url, domain, goneAfterMs }: NewPlace): Promise<void> {
  await using database = await openDatabase<unknown>(url);
  await assertNobodyServes(database, { domain, goneAfterMs });
}

async function openTables(
  folder: string,
  { tables }: NewPlace,
): Promise<AsyncDisposable & { readonly all: readonly MovingTables[] }> {
  const all: MovingTables[] = [];
  const close = async (): Promise<void> => {
    for (const each of all) await each[Symbol.asyncDispose]();
  };
  try {
    for (const each of tables) {
      const opened = await MovingTables.open(folder, each);
      if (opened !== undefined) all.push(opened);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { all, [Symbol.asyncDispose]: close };
}
