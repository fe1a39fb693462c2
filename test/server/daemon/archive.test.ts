import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EventMaker } from "../../../src/event/index.ts";
import { loadConfig } from "../../../src/server/index.ts";
import { startDaemon, type Daemon } from "../../../src/server/daemon/start-daemon.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { MemoryLog, StandIns } from "./stand-ins.ts";

const WAIT = { timeout: 60_000, interval: 50 };

describeWith([SQLITE], "the archive of a daemon", () => {
  let folder: string;
  let daemon: Daemon | undefined;
  let log: MemoryLog;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-daemon-"));
    log = new MemoryLog();
  });
  afterEach(async () => {
    await daemon?.close();
    daemon = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (text: string): Promise<Daemon> => {
    const file = join(folder, "xqbus.toml");
    writeFileSync(file, `[broker]\nport = 0\n[agent]\nenabled = false\n${text}`);
    const { config } = await loadConfig({ file });
    return (daemon = await startDaemon(config, { log, modules: new StandIns().modules }));
  };
  const check = async () => (await daemon?.parts.health())?.checks.find(({ name }) => name === "archive");
  const publish = async (): Promise<void> => {
    const maker = new EventMaker();
    await daemon?.parts.publisher.sendEvent(maker.Event(maker.NodeLeave(maker.Id("n"))));
  };

  it("is there when the section is, and takes what is published", async () => {
    await start(`[storage]\nfolder = "${folder}/data"\n[archive]\nkeep = "1d"\n`);
    await publish();
    await vi.waitFor(() => expect(daemon?.parts.archive?.counts.written).toBe(1), WAIT);
    expect(existsSync(join(folder, "data", "archive.db"))).toBe(true);
    await vi.waitFor(
      async () => expect(await check()).toEqual({ name: "archive", status: "ok", detail: "0 events under way" }),
      WAIT,
    );
  });

  it("is not there without its section", async () => {
    await start("");
    expect([daemon?.parts.archive, await check()]).toEqual([undefined, undefined]);
  });

  it.each([
    ["[storage] url", (url: string) => `url = "${url}"\n[archive]\nenabled = true\n`],
    ["[archive] database before that", (url: string) => `url = "sqlite:other.db"\n[archive]\ndatabase = "${url}"\n`],
  ])("is where %s says", async (_, section) => {
    await start(`[storage]\nfolder = "${folder}/data"\n${section(`sqlite:${folder}/elsewhere.db`)}`);
    expect((await daemon?.parts.archive?.archive())?.name).toBe(`sqlite:${folder}/elsewhere.db`);
  });

  it("says while its database is away that events wait, and takes them then; the rest of the daemon works", async () => {
    await start(`[storage]\nfolder = "${folder}/data"\n[archive]\ndatabase = "sqlite:${folder}/missing/archive.db"\n`);
    await publish();
    await vi.waitFor(async () => expect(await check()).toMatchObject({ status: "degraded" }), WAIT);
    expect((await check())?.detail).toContain("events wait on the bus and are not archived: ");
    expect(log.records.filter(({ part, level }) => part === "archive" && level === "error")).toHaveLength(1);
    mkdirSync(join(folder, "missing"));
    await vi.waitFor(() => expect(daemon?.parts.archive?.counts.written).toBe(1), WAIT);
    await vi.waitFor(async () => expect(await check()).toMatchObject({ status: "ok" }), WAIT);
  });
});
