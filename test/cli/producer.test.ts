import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { chooseDriver } from "../../src/storage/index.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { startTestBroker } from "../producer/test-relay.ts";
import { linesOf, run, Running } from "./harness.ts";

let folder: string;
let url: string;
let execute: (sql: string) => Promise<void>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-cli-producer-"));
  const path = join(folder, "crm.db");
  url = `sqlite:${path}`;
  execute = async (sql: string) => {
    const connection = chooseDriver().open(path);
    connection.exec(sql);
    connection.close();
  };
});

afterEach(() => rmSync(folder, { recursive: true }));

describeWith([SQLITE], "producer", () => {
  it("is installed, runs, lists, and is taken away", async () => {
    await execute("CREATE TABLE customers(id integer PRIMARY KEY, name text)");
    const dry = await run(["producer", "install", "--database", url, "--table", "customers", "--dry-run"]);
    expect(dry).toMatchObject({ code: 0, stdout: expect.stringContaining("CREATE TRIGGER") as string });
    const install = ["producer", "install", "--database", url, "--table", "customers", "--mask", "name"];
    expect(await run(install)).toEqual({
      ...{ code: 0, stderr: "" },
      stdout: "installed a producer for customers: pylabs.event.sampleapp.osis.<store|update|delete>.crm.customers\n",
    });
    await execute("INSERT INTO customers VALUES(1, 'a')");
    const list = await run(["producer", "list", "--database", url]);
    expect(linesOf(list.stdout)[1]?.replaceAll(/ +/g, " ")).toBe(
      "customers pylabs.event.sampleapp.osis.*.crm.customers id name",
    );
    expect(list.stderr).toBe("1 event waits, 0 are parked\n");
    const refused = await run(["producer", "uninstall", "--database", url]);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("1 event is in the outbox") as string,
    });
    await using bus = await startTestBroker();
    const once = await run(["producer", "run", "--database", url, "--url", bus.url, "--once", "--json"]);
    expect([once.code, JSON.parse(once.stdout)]).toEqual([0, { published: 1, parked: 0 }]);
    await bus.first(1);
    const relay = new Running(["producer", "run", "--database", url, "--url", bus.url]);
    await relay.prints("stderr", "publishing what is in the outbox");
    await execute("DELETE FROM customers");
    await bus.first(2);
    relay.interrupt();
    expect(await relay.ended).toMatchObject({ code: 0, stdout: "published 1 event, parked 0\n" });
    const gone = await run(["producer", "uninstall", "--database", url, "--json"]);
    expect(JSON.parse(gone.stdout)).toEqual({
      dryRun: false,
      producers: ["customers"],
      isAll: true,
      hadOutbox: true,
      lostEvents: 0,
    });
    expect((await run(["producer", "uninstall", "--database", url])).stderr).toBe(
      "nothing is installed, and nothing was to be removed\n",
    );
    expect((await run(["producer", "list", "--database", url])).stderr).toContain("nothing is installed");
    expect((await run(["producer", "retry", "--database", url])).stdout).toBe("0 events will be tried again\n");
  });
});

describeWith([SQLITE], "table", () => {
  it("is created, listed and shown, by URL and by a name of the configuration", async () => {
    await execute("PRAGMA user_version = 1");
    const config = join(folder, "xqbus.toml");
    writeFileSync(config, '[databases]\n"dwh/data_prim" = "sqlite:./crm.db"\n');
    const named = ["--database", "dwh/data_prim/", "--config", config];
    const dry = await run(["table", "create", "event_handle", ...named, "--dry-run"]);
    expect(dry.stdout).toBe(
      'create table "event_handle"("event_id" numeric, "event_name" text, "event_content" text, "date" date);\n'.replace(
        "create table",
        "CREATE TABLE",
      ),
    );
    expect((await run(["table", "create", "event_handle", ...named])).stdout).toBe("created table event_handle\n");
    const own = ["table", "create", "visit", "--database", url, "--column", "id:integer", "--column", "at:timestamp"];
    expect((await run(own)).code).toBe(0);
    expect((await run(["table", "list", ...named])).stdout).toBe("event_handle\nvisit\n");
    const fresh = ["--database", `sqlite:${join(folder, "fresh.db")}`];
    const trial = await run(["table", "create", "event_handle", ...fresh, "--dry-run"]);
    expect(trial).toMatchObject({ code: 0, stdout: dry.stdout });
    expect((await run(["table", "list", ...fresh])).stderr).toMatch(/there is no file .*fresh\.db/);
    expect((await run(["table", "create", "event_handle", ...fresh])).stdout).toBe("created table event_handle\n");
    expect((await run(["table", "list", ...fresh])).stdout).toBe("event_handle\n");
    for (const twice of [["--dry-run"], []]) {
      const again = await run(["table", "create", "event_handle", ...fresh, ...twice]);
      expect(again).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("there is a table event_handle already") as string,
      });
    }
    const shown = JSON.parse((await run(["table", "show", "visit", "--database", url, "--json"])).stdout) as unknown;
    expect(shown).toMatchObject({
      columns: [
        { name: "id", kind: "integer" },
        { name: "at", kind: "timestamp" },
      ],
    });
    const wrong = await run(["table", "list", "--database", "dwh/prim", "--config", config]);
    expect(wrong).toMatchObject({ code: 1, stderr: expect.stringContaining("[databases] of") as string });
    const column = await run(["table", "create", "x", "--database", url, "--column", "a:nmber"]);
    expect(column.stderr).toContain("did you mean a:number?");
  });
});
