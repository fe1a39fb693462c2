import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WORK_MIGRATIONS } from "../../../src/action/work-database.ts";
import { AMQPEventConsumer, QueueSender } from "../../../src/amqp/index.ts";
import { ARCHIVE_MIGRATIONS } from "../../../src/archive/migrations.ts";
import { openDatabase, sqliteUrl } from "../../../src/database/index.ts";
import { Event } from "../../../src/event/index.ts";
import { daemonModules, loadConfig, startDaemon, type Daemon, type DaemonConfig } from "../../../src/server/index.ts";
import { chooseDriver } from "../../../src/storage/index.ts";
import { MemoryLog } from "../daemon/stand-ins.ts";

export const DOMAIN = "org.clacks";
const NS = "http://www.gonicus.de/Events";

/** An event with a number. */
export function leave(id: string): Event {
  return Event.parse(`<Event xmlns="${NS}"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`);
}

/** Writes a configuration beside its folder, and reads it. */
export async function configIn(folder: string, name: string, text: string): Promise<DaemonConfig> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.toml`);
  writeFileSync(file, text);
  return (await loadConfig({ file })).config;
}

/** A daemon with a broker of its own and everything that can be migrated, in `<root>/data`. */
export function startOld(root: string): Promise<Daemon> {
  const parts = `[http]\nenabled = false\n[agent]\nenabled = false\n[archive]\nenabled = true\n[action]\nenabled = true\n`;
  const text = `[broker]\nport = 0\n[storage]\nfolder = "./data"\n[listener]\nallow_networks = ["127.0.0.1/32"]\n${parts}`;
  writeModule(join(root, "data"));
  return configIn(root, "old", text).then((config) =>
    startDaemon(config, { log: new MemoryLog(), modules: daemonModules, users: { ada: "pa55" } }),
  );
}

/** The configuration of the daemons that follow it. */
export function newConfig(root: string, broker: string, database: string): Promise<DaemonConfig> {
  const parts = `[http]\nenabled = false\n[agent]\nenabled = false\n[archive]\nenabled = true\n[action]\nenabled = true\n`;
  const text = `[broker]\nurl = "${broker}"\n[storage]\nfolder = "./new"\nurl = "${database}"\n${parts}`;
  writeModule(join(root, "new"));
  return configIn(root, "cluster", text);
}

/** The module of an action, where a daemon with this folder looks for it. */
function writeModule(folder: string): void {
  mkdirSync(join(folder, "actions"), { recursive: true });
  writeFileSync(join(folder, "actions", "greet.mjs"), "export function greet() {}\n");
}

/** Events that wait for two durable subscriptions, messages of two queues, a listener that fails, and an action. */
export async function fill({ parts, bus: { broker } }: Daemon, events: number): Promise<{ readonly listener: string }> {
  // Consumers come from outside: those of the process itself serve the daemon.
  const url = broker?.url("ada", DOMAIN) ?? "";
  const durable = { calls: { xquery: "//e:NodeLeave" }, everything: {} };
  for (const [name, wish] of Object.entries(durable)) {
    const consumer = await AMQPEventConsumer.open(url, {
      durable: name,
      ...wish,
      prefetch: 1,
      callback: () => undefined,
    });
    await consumer.close();
  }
  const { id: listener } = await parts.listeners.create({
    ...{ notifier: "http", config: { url: "http://127.0.0.1:9/" }, eventTypes: ["NodeLeave"] },
    retry: "forever schedule 1h",
  });
  await parts.actions?.actions.create({ name: "greet", module: "greet.mjs", function: "greet" });
  await Promise.all(
    Array.from({ length: events }, (_, at) => parts.publisher.sendEvent(leave(`n${at}`), { messageId: `m${at}` })),
  );
  const sender = new QueueSender(url, {});
  await sender.start();
  for (const queue of ["jobs", "jobs.dead-letter"]) await sender.send(queue, message(`of ${queue}`));
  await sender.close();
  return { listener };
}

/**
 * Makes of the listeners, actions and archive of a folder what an older release had: tables that came later are not there, and of the archive,
 * whose tables are all there, one column.
 */
export async function makeOlder(folder: string): Promise<void> {
  const listeners = chooseDriver().open(join(folder, "listeners.db"));
  listeners.exec("DROP TABLE listener_count; PRAGMA user_version = 1");
  listeners.close();
  for (const [{ name, steps }, done] of [
    [WORK_MIGRATIONS, 1],
    [ARCHIVE_MIGRATIONS, 3],
  ] as const) {
    for (const end of ["", "-wal", "-shm"]) rmSync(join(folder, `${name}.db${end}`), { force: true });
    const first = Object.fromEntries(Object.entries(steps).slice(0, done));
    const database = await openDatabase(sqliteUrl(join(folder, `${name}.db`)), { migrations: { name, steps: first } });
    await database.close();
  }
}

/** Tables and indexes of all databases of a folder, as they were made. */
export async function tablesOf(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".db"))
    .sort()) {
    await using database = await openDatabase(sqliteUrl(join(folder, file)));
    const { kysely, sql } = database;
    const { rows } = await sql<{
      readonly text: string;
    }>`SELECT name || ' ' || coalesce(sql, '') AS text FROM sqlite_master`.execute(kysely);
    found.push(...rows.map(({ text }) => `${file} ${text}`).sort());
  }
  return found;
}

/** A message with a text as its body (AMQP 1.0, part 3.2.8). */
function message(text: string): Uint8Array {
  return Buffer.concat([Buffer.from([0x00, 0x53, 0x77, 0xa1, text.length]), Buffer.from(text)]);
}
