import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../../src/amqp/index.ts";
import { startBroker } from "../../../src/broker/index.ts";
import { XqbusError } from "../../../src/errors.ts";
import { EventMaker } from "../../../src/event/index.ts";
import { announceClient } from "../../../src/service/index.ts";
import { loadConfig } from "../../../src/server/index.ts";
import type { DaemonConfig } from "../../../src/server/index.ts";
import { startDaemon } from "../../../src/server/daemon/start-daemon.ts";
import type { Daemon } from "../../../src/server/daemon/start-daemon.ts";
import { MemoryLog, StandIns } from "./stand-ins.ts";

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "xqbus-daemon-"));
});

afterAll(() => rmSync(root, { recursive: true }));

async function configOf(text: string): Promise<DaemonConfig> {
  const file = join(mkdtempSync(join(root, "config-")), "xqbus.toml");
  writeFileSync(file, text);
  return (await loadConfig({ file })).config;
}

interface Started {
  readonly daemon: Daemon;
  readonly parts: StandIns;
  readonly log: MemoryLog;
}

async function start(text: string, parts = new StandIns(), users?: Record<string, string>): Promise<Started> {
  const log = new MemoryLog();
  const daemon = await startDaemon(await configOf(`[broker]\nport = 0\n${text}`), {
    log,
    modules: parts.modules,
    users,
  });
  return { daemon, parts, log };
}

const PATIENT = { timeout: 20_000 };
const QUIET = "[agent]\nenabled = false\n";

describe("a daemon", () => {
  it("has broker, event types, publisher and parts, starts listeners last and ends them after HTTP", async () => {
    const { daemon, parts } = await start(`[http]\nport = 5\n${QUIET}`);
    const { broker, publisher, url } = daemon.parts;
    expect(url).toMatch(/^amqp:\/\/in-process:[^@]+@bus-\d+\.xqbus\.invalid\/org\.clacks$/);
    await using consumer = await AMQPEventConsumer.open(url);
    const maker = new EventMaker();
    await publisher.sendEvent(maker.Event(maker.NodeLeave(maker.Id("n"))));
    expect((await consumer[Symbol.asyncIterator]().next()).value).toBeDefined();
    expect(broker?.counts.received).toBe(1);
    expect(await daemon.parts.health()).toMatchObject({ status: "ok" });
    await daemon.close();
    await daemon.close();
    expect(parts.steps).toEqual(["listeners open", "http on 5", "listeners start", "http close", "listeners stop"]);
  });

  it("gives its API the certificates that the files have now, until it ends", async () => {
    const folder = mkdtempSync(join(root, "tls-"));
    const write = (text: string): void => {
      for (const name of ["cert", "key"]) writeFileSync(join(folder, name), `${text} ${name}`);
    };
    write("old");
    const { daemon, parts, log } = await start(
      `[http]\nport = 5\ntls_cert = "${join(folder, "cert")}"\ntls_key = "${join(folder, "key")}"\n${QUIET}`,
    );
    write("newer");
    await expect.poll(() => parts.steps, PATIENT).toContain("http certificate newer cert");
    rmSync(join(folder, "key"));
    const isTold = (): boolean =>
      log.records.some(({ message }) => message.startsWith("the TLS certificate stays as it was"));
    await expect.poll(isTold, PATIENT).toBe(true);
    await daemon.close();
  });

  it("has no HTTP when nobody asked for it, and works in a folder of its own that goes with it", async () => {
    const { daemon, parts } = await start(QUIET);
    const { path, isTemporary } = daemon.folder;
    expect({ isTemporary, exists: existsSync(path), http: daemon.http }).toEqual({
      isTemporary: true,
      exists: true,
      http: undefined,
    });
    expect(daemon.bus.shownUrl).not.toContain("***");
    await daemon.close();
    expect(existsSync(path)).toBe(false);
    expect(parts.steps).toEqual(["listeners open", "listeners start", "listeners stop"]);
  });

  it("keeps messages and users in its folder, and is the only one there", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const { daemon } = await start(`${QUIET}[storage]\nfolder = "${folder}"`);
    expect(daemon.bus.firstUser).toEqual({ name: "admin", password: expect.any(String) as string });
    expect(daemon.bus.shownUrl).toContain("admin:***@");
    await expect(start(`${QUIET}[storage]\nfolder = "${folder}"`)).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: `the folder ${folder} is used by process ${process.pid}; end it or name another folder (if that is no xqbus, remove ${join(folder, "serve.pid")})`,
    });
    await daemon.close();
    expect(readdirSync(folder).sort()).toEqual(["messages.db", "users.json"]);
  });

  it("works with another broker, whose folder is held all the same", async () => {
    await using broker = await startBroker({ users: { ada: "pa55" } });
    const folder = mkdtempSync(join(root, "data-"));
    const log = new MemoryLog();
    const config = await configOf(`${QUIET}[broker]\nurl = "${broker.url("ada")}"\n[storage]\nfolder = "${folder}"\n`);
    const daemon = await startDaemon(config, { log, modules: new StandIns().modules });
    expect(daemon.parts.broker).toBeUndefined();
    expect(daemon.bus.shownUrl).toBe(broker.url("ada").replace("pa55", "***"));
    expect(readdirSync(folder)).toEqual(["serve.pid"]);
    await broker.close();
    await expect.poll(() => daemon.parts.health(), PATIENT).toMatchObject({ status: "failed" });
    await daemon.close();
    expect(readdirSync(folder)).toEqual([]);
    expect(log.lines).toContain("warn bus the connection to the broker is lost");
    expect(JSON.stringify(log.records)).not.toContain("pa55");
  });

  it("works without another broker that is away, and with it as soon as it is there", async () => {
    const away = await startBroker({ users: { ada: "pa55" } });
    const { port } = away;
    const url = away.url("ada");
    await away.close();
    const log = new MemoryLog();
    const config = await configOf(`[broker]\nurl = "${url}"\n[agent]\nnode = "n1"\n`);
    const parts = new StandIns();
    const daemon = await startDaemon(config, { log, modules: parts.modules });
    expect(parts.steps).toEqual(["listeners open", "listeners start"]);
    const broken = {
      name: "broker",
      status: "failed",
      detail: "no connection to the broker; it is tried again and again",
    };
    expect((await daemon.parts.health()).checks).toContainEqual(broken);
    const told = `error bus the daemon works without a bus, and tries again: nobody listens at 127.0.0.1:${port}; `;
    expect(log.lines.filter((line) => line.startsWith(told))).toHaveLength(1);
    await using broker = await startBroker({ port, users: { ada: "pa55" } });
    await using consumer = await AMQPEventConsumer.open(url);
    const first = (await consumer[Symbol.asyncIterator]().next()).value;
    expect(first?.event.name).toMatch(/^(Node|ClientPoll)/);
    expect(await daemon.parts.health()).toMatchObject({ status: "ok" });
    expect(log.lines).toContain("info bus connected to the broker");
    await daemon.close();
    expect(broker.counts.connections).toBe(1);
  });

  it("ends while it tries to reach another broker, and does not start where that one refuses it", async () => {
    await using broker = await startBroker({ users: { ada: "pa55" } });
    const at = (url: string): Promise<DaemonConfig> => configOf(`${QUIET}[broker]\nurl = "${url}"\n`);
    const given = { log: new MemoryLog(), modules: new StandIns().modules };
    await expect(startDaemon(await at(broker.url("ada").replace("pa55", "no")), given)).rejects.toMatchObject({
      code: "xqbus:authentication-failed",
    });
    const config = await at(broker.url("ada"));
    await broker.close();
    const daemon = await startDaemon(config, given);
    await daemon.close();
    expect(given.log.lines.filter((line) => line.includes("in time"))).toEqual([]);
  });

  it("gives everything back when a part does not start", async () => {
    const folder = mkdtempSync(join(root, "data-"));
    const parts = new StandIns();
    await expect(start(`${QUIET}[http]\nport = 1\n[storage]\nfolder = "${folder}"`, parts)).rejects.toThrow("no port");
    expect(parts.steps).toEqual(["listeners open", "http on 1", "listeners stop"]);
    expect(readdirSync(folder)).not.toContain("serve.pid");
  });

  it("ends in time although a part does not", async () => {
    const parts = new StandIns();
    parts.stopMs = 60_000;
    const { daemon, log } = await start(`${QUIET}[daemon]\nshutdown_timeout = "300ms"`, parts);
    await daemon.close();
    expect(log.lines).toContain("warn  listeners: did not end in time");
    expect(existsSync(daemon.folder.path)).toBe(false);
  });

  it("tells the listeners of settings, and what they say is in the log", async () => {
    const { daemon, parts, log } = await start(
      `${QUIET}[email]\nhost = "mail"\nfrom = "a@b"\ntimeout = "5s"\n[listener]\nallow_networks = ["10.0.0.0/8"]`,
    );
    expect(parts.setup).toMatchObject({
      settings: {
        email: { host: "mail", port: 587, tls: "starttls", from: "a@b", timeoutMs: 5000 },
        messaging: { url: undefined, exchange: "amq.topic" },
        network: { allow: ["10.0.0.0/8"] },
        commands: [],
      },
      keepDeliveriesMs: 30 * 24 * 3_600_000,
    });
    parts.setup?.onLog?.({ level: "warn", message: "it rests" });
    expect(log.lines).toContain("warn listener it rests");
    await daemon.close();
  });

  it("is not well when events do not reach its listeners, and somebody should look when one rests", async () => {
    const { daemon, parts } = await start(QUIET);
    parts.listeners = [{ id: "abc", state: "broken", stateReason: "10 failures in a row" }];
    expect(await daemon.parts.health()).toMatchObject({
      status: "degraded",
      checks: expect.arrayContaining([
        { name: "listeners", status: "degraded", detail: "abc is broken (10 failures in a row)" },
      ]) as unknown,
    });
    parts.failure = new XqbusError("xqbus:store-full", "the disk is full");
    expect(await daemon.parts.health()).toMatchObject({
      status: "failed",
      checks: expect.arrayContaining([
        { name: "store", status: "failed", detail: "the disk is full" },
        { name: "tap", status: "failed", detail: "events do not reach the listeners; they wait on the bus" },
      ]) as unknown,
    });
    await daemon.close();
  });

  it("says that somebody should look when the disk has little room", async () => {
    const { daemon } = await start(`${QUIET}[storage]\nmin_free_bytes = "4096TiB"`);
    const { status, checks } = await daemon.parts.health();
    expect(status).toBe("degraded");
    expect(checks.find(({ name }) => name === "disk")?.detail).toMatch(
      /^\d+(\.\d+)? [KMGT]iB free for .*; expected 4096 TiB: make room$/,
    );
    await daemon.close();
  });

  it("asks for clients of another broker until one has announced itself", async () => {
    await using broker = await startBroker();
    const polls = new Set<string>();
    await using consumer = await AMQPEventConsumer.open(broker.url(), {
      callback: (event) => void polls.add(event.name),
    });
    const config = await configOf(`[broker]\nurl = "${broker.url()}"\n[agent]\ninterval = "100ms"`);
    const daemon = await startDaemon(config, { log: new MemoryLog(), modules: new StandIns().modules });
    await expect.poll(() => [...polls], PATIENT).toContain("ClientPoll");
    await using client = await announceClient(broker.url(), { id: "client-1", maxAnswerDelayMs: 0 });
    expect([client, consumer]).toHaveLength(2);
    // Whatever was under way when the client came.
    await expect
      .poll(async () => {
        polls.clear();
        await expect.poll(() => [...polls], PATIENT).toContain("NodeStatus");
        return polls.has("ClientPoll");
      }, PATIENT)
      .toBe(false);
    await daemon.close();
    expect([...polls]).toContain("NodeLeave");
  });

  it("tells whoever asked of attempts of listeners", async () => {
    const { daemon, parts } = await start(QUIET);
    const heard: unknown[] = [];
    daemon.parts.onAttempt?.((report) => heard.push(report));
    parts.setup?.onAttempt?.({ listener: "l" } as never);
    expect(heard).toEqual([{ listener: "l" }]);
    await daemon.close();
  });

  it("lets users of its own in, and nobody else", async () => {
    const { daemon } = await start(QUIET, new StandIns(), { ada: "pa55" });
    const { port } = daemon.parts.broker ?? { port: 0 };
    await using publisher = await EventPublisher.open(`amqp://ada:pa55@127.0.0.1:${port}/org.clacks`);
    expect(publisher.status).toBe("connected");
    expect(daemon.bus.shownUrl).toContain("ada:***@");
    await daemon.close();
  });
});
