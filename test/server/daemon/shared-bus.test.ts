import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import rhea from "rhea";
import { AMQPEventConsumer, EventPublisher, parseBusUrl } from "../../../src/amqp/index.ts";
import { startBroker, type AccessRule, type Broker } from "../../../src/broker/index.ts";
import { openDatabase } from "../../../src/database/index.ts";
import { XqbusError } from "../../../src/errors.ts";
import { examine, loadConfig } from "../../../src/server/index.ts";
import { AMQPServiceProxy } from "../../../src/service/index.ts";
import { startDaemon, type Daemon } from "../../../src/server/daemon/start-daemon.ts";
import type { LoadedConfig } from "../../../src/server/config/index.ts";
import { RheaClient } from "../../broker/rhea-client.ts";
import { leave } from "../../helpers/leave.ts";
import { POSTGRES, TestPostgres } from "../../helpers/postgres.ts";
import { describeWith } from "../../helpers/requirements.ts";
import { QueueReader } from "../../router/queue-reader.ts";
import { MemoryLog, StandIns } from "./stand-ins.ts";

const WAIT = { timeout: 60_000, interval: 50 };
const ILL = "org.clacks.sub.ill";

describeWith([POSTGRES], "daemons that share a broker and a database, with bad input", () => {
  let postgres: TestPostgres;
  let root: string;
  let broker: Broker;
  let url: string;
  let databases = 0;
  const started: Daemon[] = [];

  beforeAll(async () => {
    postgres = await TestPostgres.start();
    root = mkdtempSync(join(tmpdir(), "xqbus-shared-"));
  });
  afterAll(() => {
    postgres[Symbol.dispose]();
    rmSync(root, { recursive: true });
  });
  beforeEach(async () => {
    broker = await startBroker({ port: 0, queuePolicies: [{ address: ILL, maxMessages: 1 }] });
    url = postgres.newDatabase(`bus${++databases}`);
  });
  afterEach(async () => {
    for (const daemon of started.splice(0)) await daemon.close();
    await broker.close();
  });

  async function configOf(domain: string, database = url): Promise<LoadedConfig> {
    const folder = mkdtempSync(join(root, "daemon-"));
    const file = join(folder, "xqbus.toml");
    writeFileSync(
      file,
      `[broker]\nurl = "${broker.url(undefined, domain)}"\n[storage]\nfolder = "${join(folder, "data")}"\nurl = "${database}"\n` +
        `[http]\nenabled = false\n[agent]\nenabled = false\n[cluster]\nheartbeat = "200ms"\ngone_after = "2s"\n`,
      { mode: 0o600 },
    );
    return loadConfig({ file });
  }

  async function start(loaded: LoadedConfig) {
    const log = new MemoryLog();
    const daemon = await startDaemon(loaded.config, { log, modules: new StandIns().modules });
    started.push(daemon);
    return { daemon, log, router: daemon.parts.router! };
  }

  /** What `/readyz` says under a name. */
  async function ready(daemon: Daemon, name: string): Promise<string> {
    const { checks } = await daemon.parts.health();
    const { status, detail } = checks.find((check) => check.name === name) ?? {};
    return `${status}: ${detail}`;
  }

  async function doctor(loaded: LoadedConfig, name: string): Promise<string> {
    const findings = await examine(loaded);
    return findings
      .flatMap((finding) => (finding.name === name ? [`${finding.status}: ${finding.detail}`] : []))
      .join();
  }

  /** Statements of somebody at the server. */
  async function sql(...statements: readonly string[]): Promise<void> {
    await using database = await openDatabase(url.replace(/[^/]*$/, "postgres"));
    for (const statement of statements) await database.sql.raw(statement).execute(database.kysely);
  }

  async function inDatabase(statement: string): Promise<void> {
    await using database = await openDatabase(url);
    await database.sql.raw(statement).execute(database.kysely);
  }

  it("of two domains do not meet on the broker, and the second one is refused in the database of the first", async () => {
    const one = await configOf("org.one");
    const { router } = await start(one);
    const wrong = await configOf("org.two");
    expect(await doctor(one, "cluster")).toMatch(/^ok: .*: 1 daemon runs$/);
    expect(await doctor(one, "clocks")).toBe("");
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 60_000 });
    expect(await doctor(one, "clocks")).toMatch(/^warn: the clock of .* is \d+ s ahead of that of this machine$/);
    vi.useRealTimers();
    await expect(start(wrong)).rejects.toThrow(
      /belongs to the domain org\.one, and this is org\.two: give each domain/,
    );
    expect(await doctor(wrong, "cluster")).toMatch(/^fail: .* belongs to the domain org\.one, and this is org\.two$/);
    const { router: other } = await start(await configOf("org.two", postgres.newDatabase("another")));
    for (const each of [router, other]) await vi.waitFor(() => each.put("all", {}), WAIT);
    for (const domain of ["org.one", "org.two"]) {
      await using publisher = await EventPublisher.open(broker.url(undefined, domain));
      for (let at = 0; at < 5; at++) await publisher.sendEvent(leave(domain), { messageId: `${domain} ${at}` });
    }
    for (const domain of ["org.one", "org.two"]) {
      await using queue = await QueueReader.open(broker.url(undefined, domain), `${domain}.sub.all`);
      await vi.waitFor(() => expect(queue.messages).toHaveLength(5), WAIT);
      expect(queue.messages.every(({ document }) => document.includes(domain))).toBe(true);
    }
  });

  it("of different releases say so, and one that is older than the tables does not start", async () => {
    const loaded = await configOf("org.clacks");
    const { daemon, log } = await start(loaded);
    const far = Date.now() + 3_600_000;
    await inDatabase(
      `INSERT INTO xqbus_cluster.member VALUES ('another-host-1', 63, ${far}, ${far}, '99.1.0', '["listener"]')`,
    );
    await vi.waitFor(async () => {
      const said = await ready(daemon, "cluster");
      expect(said).toMatch(/^degraded: 2 processes; .*; they are of different releases: \d+\.\d+\.\d+, 99\.1\.0$/);
    }, WAIT);
    expect(await doctor(loaded, "cluster")).toMatch(
      /^warn: .*2 daemons run, of different releases \(.*another-host-1 99\.1\.0/,
    );
    const skewed = "warn cluster daemons of the bus are of different releases: bring all of them to the latest";
    expect(log.lines.filter((line) => line === skewed)).toHaveLength(1);
    await inDatabase("DELETE FROM xqbus_cluster.member WHERE id = 'another-host-1'");
    await vi.waitFor(async () => expect(await ready(daemon, "cluster")).toMatch(/^ok: 1 process/), WAIT);
    expect(log.lines).toContain("info cluster all daemons of the bus are of one release");
    await inDatabase("INSERT INTO xqbus_cluster.cluster_migration VALUES ('999-later', now())");
    await expect(start(await configOf("org.clacks"))).rejects.toMatchObject({ code: "xqbus:store-too-new" });
    expect(await doctor(loaded, "cluster")).toMatch(/^fail: .* has tables of a later release \(999-later\)$/);
  });

  it("say that daemons with another database serve the domain, and when they are gone", async () => {
    const loaded = await configOf("org.clacks");
    const { daemon, log, router } = await start(loaded);
    await vi.waitFor(() => router.put("all", {}), WAIT);
    expect(await doctor(loaded, "domain")).toBe("");
    const group = { id: "00000000-0000-4000-8000-000000000001", host: "elsewhere", subscriptions: ["their.own"] };
    await router.meet(group);
    const theirs = /with another database \(heard of: elsewhere \d+ s ago\): each group has subscriptions of its own/;
    expect(await ready(daemon, "router")).toMatch(new RegExp(`^ok: 1 route; other daemons .*${theirs.source}`));
    expect(await doctor(loaded, "domain")).toMatch(new RegExp(`^warn: .*${theirs.source}`));
    expect(log.lines.filter((line) => line.startsWith("warn router other daemons serve"))).toHaveLength(1);
    const { id } = await router.meet(undefined);
    expect(await router.meet(undefined)).toMatchObject({
      id,
      subscriptions: ["org.clacks.xqbus.router", "org.clacks.xqbus.listeners"],
    });
    await router.meet({ ...group, id: group.id.replace(/1$/, "2"), subscriptions: ["org.clacks.xqbus.listeners"] });
    const said = /other daemons serve the domain org\.clacks with another database \(heard of: elsewhere \d+ s ago\)/;
    expect(await ready(daemon, "router")).toMatch(new RegExp(`^degraded: ${said.source}.*one \\[storage\\] url`));
    expect(await doctor(loaded, "domain")).toMatch(new RegExp(`^fail: ${said.source}`));
    expect(log.lines.filter((line) => line.startsWith("error router other daemons serve"))).toHaveLength(1);
    await inDatabase("UPDATE router_group SET heard_at = 0 WHERE is_own = 0");
    await vi.waitFor(async () => expect(await ready(daemon, "router")).toBe("ok: 1 route"), WAIT);
    expect(log.lines).toContainEqual(expect.stringMatching(/^info router no other daemons were heard of any more/));
    expect(await doctor(loaded, "domain")).toBe("");
  });

  it("tell of a queue that has reached its quota, hold up no other, and lose nothing", async () => {
    const loaded = await configOf("org.clacks");
    const { daemon, log, router } = await start(loaded);
    await vi.waitFor(() => router.put("ill", {}), WAIT);
    await router.put("well", {});
    const ids = Array.from({ length: 8 }, (_, at) => `m${at}`);
    for (const messageId of ids) await daemon.parts.publisher.sendEvent(leave(messageId), { messageId });
    await using well = await QueueReader.open(broker.url(), "org.clacks.sub.well");
    await vi.waitFor(() => expect(well.messages).toHaveLength(8), WAIT);
    await vi.waitFor(async () => {
      const said = await ready(daemon, "router");
      expect(said).toMatch(
        /^degraded: 7 events of 1 route wait in the database; the queue of ill does not take them: .*full/,
      );
    }, WAIT);
    expect(await doctor(loaded, "routes")).toMatch(
      /^warn: 2 routes; events wait in the database for queues that do not take them \(ill 7\): .*full/,
    );
    expect(log.lines.join("\n")).toMatch(
      /error router the queue of route ill does not take events, which wait in the database: /,
    );
    await using ill = await QueueReader.open(broker.url(), ILL);
    const came = (): readonly string[] => [...new Set(ill.messages.map(({ properties }) => properties.messageId))];
    await vi.waitFor(() => expect(came().toSorted()).toEqual(ids), WAIT);
    await vi.waitFor(async () => expect(await ready(daemon, "router")).toBe("ok: 2 routes"), WAIT);
    expect(await doctor(loaded, "routes")).toBe("ok: 2 routes");
  });

  it("warn of an event that came several times without an outcome, which is no trouble of the router", async () => {
    const { daemon, log, router } = await start(await configOf("org.clacks"));
    await vi.waitFor(() => router.put("all", {}), WAIT);
    const client = await RheaClient.connect(broker.url());
    const sender = await client.sender("org.clacks");
    const fields = { message_id: "m1", subject: "org.clacks.event.NodeLeave", content_type: "application/xml" };
    await sender.send(rhea.message.data_section(Buffer.from(leave("1"))), { ...fields, delivery_count: 3 });
    await vi.waitFor(() => expect(router.counts.forwarded).toBe(1), WAIT);
    const warnings = log.lines.filter((line) => line.startsWith("warn router "));
    expect(warnings).toEqual([expect.stringContaining("the event m1 was delivered 3 times before")]);
    expect(await ready(daemon, "router")).toBe("ok: 1 route; the event m1 came 3 times without an outcome");
    await client.close();
  });

  it("warn of events that a route has left which is gone, as they put that right themselves", async () => {
    const { log } = await start(await configOf("org.clacks"));
    await inDatabase(
      "INSERT INTO backlog(route, is_undecided, reason, message, added_at) VALUES ('gone', 0, 'then', '\\x00'::bytea, 0)",
    );
    await vi.waitFor(() => {
      const told = log.records.filter(({ details }) => details["code"] === "xqbus:leftover-events");
      expect(told.map(({ level, message }) => `${level} ${message}`)).toEqual([
        "warn removed from the database: 1 event of routes that are gone (gone)",
      ]);
    }, WAIT);
  });

  it("say that consumers cannot ask for queues while the broker does not let them have the service", async () => {
    const all: AccessRule = { effect: "allow", user: "*", action: "*" };
    broker.reloadRules([all]);
    const { daemon, log, router } = await start(await configOf("org.clacks"));
    await vi.waitFor(() => router.put("all", {}), WAIT);
    await using proxy = new AMQPServiceProxy(broker.url(), { service: "xqbus" });
    const asks = (): Promise<unknown> =>
      vi.waitFor(() => proxy.call("hasSubscription", [{ name: "all" }], { timeoutMs: 5000 }), WAIT);
    expect(await asks()).toBe(true);
    broker.reloadRules([{ ...all, effect: "deny", action: "consume", address: "org.clacks.command.#" }, all]);
    await vi.waitFor(async () => {
      expect(await ready(daemon, "router")).toMatch(
        /^degraded: consumers cannot ask for queues: .*org\.clacks\.command\.xqbus/,
      );
    }, WAIT);
    broker.reloadRules([all]);
    await vi.waitFor(async () => expect(await ready(daemon, "router")).toBe("ok: 1 route"), WAIT);
    await asks();
    // The connection is made again, and the service goes on: nothing was begun anew.
    expect(log.lines.filter((line) => line.startsWith("error router "))).toEqual([]);
  });

  it("write down who has made and ended routes over the bus, in the log and the audit log", async () => {
    const { config } = await configOf("org.clacks");
    const [log, { modules, steps }] = [new MemoryLog(), new StandIns()];
    const audit: object[] = [];
    const startHttp: typeof modules.startHttp = async (parts, options) => ({
      ...(await modules.startHttp(parts, options)),
      audit: async (note) => void audit.push(note),
    });
    const http = { ...config.http, enabled: true };
    const daemon = await startDaemon({ ...config, http }, { log, modules: { ...modules, startHttp } });
    started.push(daemon);
    expect(steps).toContain(`http on ${http.port}`);
    const open = (xquery: string): Promise<AMQPEventConsumer> =>
      AMQPEventConsumer.open(broker.url(), {
        ...{ dialect: "generic", durable: "mine", router: "required", reconnect: { first: true } },
        ...{ xquery, timeoutMs: 60_000, callback: () => undefined },
      });
    await (await open("//e:NodeLeave")).close();
    await (await open("//e:NodeLeave")).close();
    await (await open("//e:NodeAnnounce")).unsubscribe();
    const { user } = parseBusUrl(broker.url());
    const said = log.records.filter(({ message }) => message.includes("over the bus"));
    expect(said.map(({ level, message, details }) => [level, message, details])).toEqual(
      ["created", "changed", "ended"].map((change) => [
        ...["info", `the route mine was ${change} over the bus`],
        { route: "mine", user },
      ]),
    );
    const note = { who: `bus:${user}`, target: "mine", outcome: "done" };
    expect(audit).toEqual([
      { ...note, action: "route.put", details: { change: "created", xquery: "//e:NodeLeave", language: "xquery" } },
      { ...note, action: "route.put", details: { change: "changed", xquery: "//e:NodeAnnounce", language: "xquery" } },
      { ...note, action: "route.delete", details: {} },
    ]);
  });

  it("leave events on the bus while the database is read-only, say so, and go on by themselves", async () => {
    const loaded = await configOf("org.clacks");
    const { daemon, log, router } = await start(loaded);
    await vi.waitFor(() => router.put("all", {}), WAIT);
    const name = url.replace(/^.*\//, "");
    const closeSessions = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
    await sql(`ALTER DATABASE ${name} SET default_transaction_read_only = on`, closeSessions);
    await vi.waitFor(async () => {
      expect(await ready(daemon, "cluster")).toMatch(
        /^failed: events wait on the bus: .*: the database is read-only: /,
      );
      expect(await ready(daemon, "router")).toMatch(
        /^failed: events wait on the bus and are not routed: .*: the database is read-only: /,
      );
    }, WAIT);
    expect(await doctor(loaded, "cluster")).toMatch(
      /^fail: .*: the database is read-only \(its setting .*\); events wait/,
    );
    expect(log.lines.join("\n")).toMatch(/error cluster .*the database is read-only/);
    const ids = Array.from({ length: 5 }, (_, at) => `m${at}`);
    for (const messageId of ids) await daemon.parts.publisher.sendEvent(leave(messageId), { messageId });
    await expect(router.put("another", {})).rejects.toMatchObject({ code: "xqbus:database-unavailable" });
    const late = new AbortController();
    const lateLog = new MemoryLog();
    const starting = startDaemon((await configOf("org.clacks")).config, {
      ...{ log: lateLog, modules: new StandIns().modules, signal: late.signal },
    });
    await vi.waitFor(() => {
      expect(lateLog.lines.join("\n")).toMatch(
        /error storage the daemon waits for its database: .*: the database is read-only/,
      );
    }, WAIT);
    await sql(`ALTER DATABASE ${name} SET default_transaction_read_only = off`, closeSessions);
    started.push(await starting);
    await using queue = await QueueReader.open(broker.url(), "org.clacks.sub.all");
    const came = (): readonly string[] => [...new Set(queue.messages.map(({ properties }) => properties.messageId))];
    await vi.waitFor(() => expect(came().toSorted()).toEqual(ids), WAIT);
    await vi.waitFor(async () => expect(await ready(daemon, "cluster")).toMatch(/^ok: 2 processes/), WAIT);
    await vi.waitFor(async () => expect(await ready(daemon, "router")).toBe("ok: 1 route"), WAIT);
  });

  it("begin again when the database goes away while they start", async () => {
    const log = new MemoryLog();
    const { modules } = new StandIns();
    let attempts = 0;
    const openListeners: typeof modules.openListeners = async (setup) => {
      if (attempts++ === 0) throw new XqbusError("xqbus:database-unavailable", "the server was shut down");
      return modules.openListeners(setup);
    };
    const { config } = await configOf("org.clacks");
    const daemon = await startDaemon(config, { log, modules: { ...modules, openListeners } });
    started.push(daemon);
    expect(attempts).toBe(2);
    expect(log.lines.join("\n")).toMatch(
      /error storage the daemon begins again, as the database went away while it started: the server was shut down/,
    );
    await vi.waitFor(async () => expect(await ready(daemon, "cluster")).toMatch(/^ok: 1 process/), WAIT);
  });
});
