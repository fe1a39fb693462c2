import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { reachDatabase } from "../../../src/server/daemon/reach-database.ts";
import { startDaemon } from "../../../src/server/daemon/start-daemon.ts";
import { loadConfig } from "../../../src/server/index.ts";
import { freePort } from "../../brokers/free-port.ts";
import { POSTGRES, TestPostgres } from "../../helpers/postgres.ts";
import { describeWith } from "../../helpers/requirements.ts";
import { MemoryLog, StandIns } from "./stand-ins.ts";

const NOWHERE = "postgres://someone:hidden@127.0.0.1:1/nothing";

describeWith([POSTGRES], "a database that is away when a daemon starts", () => {
  it("is waited for", { timeout: 60_000 }, async () => {
    using postgres = await TestPostgres.start();
    postgres.kill();
    const log = new MemoryLog();
    let isReached = false;
    const reached = reachDatabase(postgres.url, { log, firstPauseMs: 20 }).then(() => (isReached = true));
    await vi.waitFor(
      () => expect(log.lines[0]).toMatch(/^error {2}the daemon waits for its database: .*ECONNREFUSED/),
      {
        timeout: 20_000,
      },
    );
    expect(isReached).toBe(false);
    postgres.restart();
    await reached;
    expect(log.lines.at(-1)).toBe("info  the database is there");
  });

  it("is not waited for when the daemon is to end, which gives everything back", { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-away-"));
    const port = await freePort();
    try {
      const settings: readonly (readonly [section: string, key: string, value: string | number | boolean])[] = [
        ["storage", "url", NOWHERE],
        ["storage", "folder", folder],
        ["broker", "port", 0],
        ["action", "enabled", true],
        ["http", "enabled", true],
        ["http", "port", port],
      ];
      const options = settings.map(([section, key, value]) => ({ option: `--${key}`, section, key, value }));
      const { config } = await loadConfig({ options });
      const log = new MemoryLog();
      const end = new AbortController();
      const asked = async (path: string): Promise<readonly [number, unknown]> => {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`);
        return [answer.status, await answer.json()];
      };
      const started = startDaemon(config, { log, modules: new StandIns().modules, signal: end.signal });
      await vi.waitFor(() => expect(log.lines.join("\n")).toMatch(/error storage the daemon waits for its database/), {
        timeout: 20_000,
      });
      expect(JSON.stringify(log.records)).not.toContain("hidden");
      const waits = { status: "failed", checks: [{ name: "database", status: "failed", detail: "" }] };
      await vi.waitFor(async () => expect(await asked("/livez")).toEqual([200, { status: "ok" }]), { timeout: 20_000 });
      for (const path of ["/readyz", "/readyz?x=1", "/events", "/"]) expect(await asked(path)).toEqual([503, waits]);
      end.abort();
      await expect(started).rejects.toMatchObject({ code: "xqbus:aborted" });
      await expect(asked("/livez")).rejects.toThrow("fetch failed");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
