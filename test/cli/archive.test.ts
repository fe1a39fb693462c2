import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Archive, ArchiveService } from "../../src/archive/index.ts";
import { Event } from "../../src/event/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { leave } from "../helpers/leave.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { catalogWith, event, eventXsd } from "../schema/harness.ts";
import { apis } from "../server/http/harness.ts";
import { run, type Outcome } from "./harness.ts";

describeWith([SQLITE], "xqbus archive", () => {
  let folder: string;
  let database: string[];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-archive-"));
    const url = `sqlite:${join(folder, "archive.db")}`;
    database = ["--database", url];
    using catalog = await loadCatalog({});
    await using archive = await Archive.open(url, { catalog, now: () => Date.UTC(2026, 10, 22) });
    for (const id of ["a", "b", "c,d"]) {
      await archive.add(Event.parse(leave(id)), { message: { id: `id-${id}`, subject: "x.y" } });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("finds events, and prints them as table, CSV, XML and JSON", async () => {
    const query = (...args: string[]) => run(["archive", "query", ...database, ...args]);
    const size = leave("a").length;
    expect(await query("--limit", "1")).toEqual({
      code: 0,
      stdout: `1  2026-11-22T00:00:00.000Z  NodeLeave  id-a  x.y  ${size}\n`,
      stderr: "",
    });
    expect((await query("--format", "csv", "--xquery", '//e:Id = "c,d"')).stdout).toBe(
      `number,time,type,id,routing key,bytes\n3,2026-11-22T00:00:00.000Z,NodeLeave,"id-c,d",x.y,${size + 2}\n`,
    );
    expect((await query("--format", "xml", "--xquery", '//e:Id = "b"')).stdout).toBe(`${leave("b")}\n`);
    expect(JSON.parse((await query("--json", "--xquery", '//e:Id = "b"')).stdout)).toMatchObject({
      ...{ number: 2, id: "id-b", type: "NodeLeave", routingKey: "x.y", event: { NodeLeave: { Id: "b" } } },
    });
    expect((await query("--type", "PhoneStatus")).stdout).toBe("");
  });

  it("tells what the database is asked for", async () => {
    const { stdout } = await run([
      "archive",
      "query",
      ...database,
      "--explain",
      "--xquery",
      '//e:NodeLeave/e:Id = "b"',
    ]);
    expect(stdout).toContain("NodeLeave: Id = 'b'");
    expect(stdout).toContain("archive_field_by_text");
  });

  it("shows one event by its id or number", async () => {
    expect((await run(["archive", "show", ...database, "id-a"])).stdout).toBe(`${leave("a")}\n`);
    expect((await run(["archive", "show", ...database, "#2"])).stdout).toBe(`${leave("b")}\n`);
    const missing = await run(["archive", "show", ...database, "none"]);
    expect(missing).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("has no event none") as string,
    });
  });

  it("counts events, checks them, and says what a replay would send", async () => {
    expect((await run(["archive", "stats", ...database])).stdout).toContain("NodeLeave  3");
    expect(await run(["archive", "check", ...database])).toMatchObject({
      code: 0,
      stdout: "NodeLeave: 0 of 3 not valid\n",
    });
    const replay = await run(["archive", "replay", ...database, "--to", "billing", "--dry-run", "--limit", "2"]);
    expect(replay.stdout).toBe("2 events would be sent to billing\n");
  });

  it("reads only: a file that is not there is not made, nor are tables in one of something else", async () => {
    const missing = join(folder, "missing.db");
    const other = join(folder, "other.db");
    writeFileSync(other, "");
    const commands = [
      ...[["stats"], ["query"], ["show", "#1"], ["check"], ["export", join(folder, "out")]],
      ["replay", "--to", "billing", "--dry-run"],
    ].map((args) => ["archive", ...args]);
    for (const command of [...commands, ["filter", "backtest", "--xquery", "//e:Id"]]) {
      const outcome = await run([...command, "--database", `sqlite:${missing}`]);
      expect(outcome).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`there is no file ${missing}`) as string,
      });
    }
    const refused = await run(["archive", "stats", "--database", `sqlite:${other}`]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("there is no archive in") as string });
    expect(existsSync(missing)).toBe(false);
    expect(readFileSync(other, "utf8")).toBe("");
  });

  it("tests a filter on them", async () => {
    const { stdout } = await run(["filter", "backtest", ...database, "--xquery", '/e:Event/e:NodeLeave[e:Id = "b"]']);
    expect(stdout).toContain("archived events that match: 1\n✓ #2 ");
    expect(stdout).toContain("✗ #1 ");
    expect(stdout).toContain('saw "a", wanted = "b"');
  });

  it("shows nothing that was sensitive when it was archived, also without the schemas of then", async () => {
    const secret = join(folder, "secret.db");
    const type = eventXsd(
      "Login",
      `<xs:element name="User" type="xs:string"/><xs:element name="Password" type="xs:string">
      <xs:annotation><xs:appinfo><x:sensitive xmlns:x="urn:xqbus"/></xs:appinfo></xs:annotation></xs:element>`,
    );
    {
      const catalog = await catalogWith({ "Login.xsd": type });
      await using archive = await Archive.open(`sqlite:${secret}`, { catalog });
      await archive.add(Event.parse(event("<Login><User>joe</User><Password>hunter2</Password></Login>")));
    }
    const found = ["--database", `sqlite:${secret}`];
    const file = join(folder, "secret.ndjson");
    for (const command of [
      ["archive", "query", ...found, "--format", "json"],
      ["archive", "query", ...found, "--format", "xml"],
      ["archive", "show", ...found, "#1"],
      ["filter", "backtest", ...found, "--xquery", "/*/*/*[1] = 'joe'"],
    ]) {
      const { stdout } = await run(command);
      expect(stdout).toContain("joe");
      expect(stdout).not.toContain("hunter");
    }
    await run(["archive", "export", file, "--format", "ndjson", ...found]);
    expect(readFileSync(file, "utf8")).toMatch(/^(?!.*hunter).*joe/);
  });

  it("exports events to files, and overwrites none without being told", async () => {
    const target = (name: string): string => join(folder, name);
    const exported = (name: string, ...args: string[]) =>
      run(["archive", "export", target(name), ...database, ...args]);
    expect((await exported("all", "--dry-run")).stdout).toBe(`3 events would be written to ${target("all")}\n`);
    expect(existsSync(target("all"))).toBe(false);
    expect((await exported("all", "--xquery", '//e:Id != "a"')).stdout).toBe(
      `2 events were written to ${target("all")}\n`,
    );
    expect(readdirSync(target("all"))).toEqual(["2-NodeLeave.xml", "3-NodeLeave.xml"]);
    expect(readFileSync(join(target("all"), "2-NodeLeave.xml"), "utf8")).toBe(`${leave("b")}\n`);
    const again = await exported("all");
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toContain("2-NodeLeave.xml is there already; choose another place, or overwrite with --force");
    for (const [format, first] of [
      ["ndjson", '{"number":1,"id":"id-a",'],
      ["csv", "number,time,type,id,routing key,bytes"],
    ] as const) {
      const name = `all.${format}`;
      expect(await exported(name, "--format", format, "--json")).toMatchObject({
        code: 0,
        stdout: `${JSON.stringify({ path: target(name), format, events: 3, dryRun: false })}\n`,
      });
      const text = readFileSync(target(name), "utf8");
      expect(text.startsWith(first)).toBe(true);
      expect((await exported(name, "--format", format, "--limit", "1")).code).toBe(1);
      expect(readFileSync(target(name), "utf8")).toBe(text);
      expect((await exported(name, "--format", format, "--limit", "1", "--force")).code).toBe(0);
      expect(readFileSync(target(name), "utf8").split("\n")).toHaveLength(format === "csv" ? 3 : 2);
    }
    expect((await exported("all", "--format", "csv")).stderr).toContain("is a folder; expected the name of a file");
    expect((await exported("all.csv")).stderr).toContain("is no folder; xml is a file for each event");
  });

  it("says that no daemon answers where no database is named", async () => {
    const { code, stderr } = await run(["archive", "stats"], { env: { XQBUS_HTTP: "http://127.0.0.1:9" } });
    expect(code).toBe(1);
    expect(stderr).toContain("nothing answers at http://127.0.0.1:9");
  });

  describe("of a daemon", () => {
    const { start } = apis();
    let service: ArchiveService | undefined;
    afterEach(() => service?.close(5000));

    /** What it prints for the database, and when a daemon with that database is asked. */
    const both = async (...args: readonly string[]): Promise<readonly Outcome[]> => {
      using catalog = await loadCatalog({});
      const bus = await start();
      const url = database[1] ?? "";
      service = new ArchiveService({
        ...{ url: bus.bus.url, connect: {}, catalog, folder, database: url, subscription: "archive", retention: {} },
        onError: ({ message }) => expect.fail(message),
      });
      const { url: http, firstKey } = await start({}, { archive: service });
      const env = { XQBUS_HTTP: http, XQBUS_API_KEY: firstKey?.id ?? "", XQBUS_API_SECRET: firstKey?.secret ?? "" };
      return [await run([...args, ...database]), await run(args, { env })];
    };

    it.each([
      { args: ["archive", "query"], out: "2  2026-11-22T00:00:00.000Z  NodeLeave  id-b" },
      { args: ["archive", "query", "--format", "csv", "--limit", "2"], out: "number,time" },
      { args: ["archive", "query", "--format", "xml", "--xquery", '//e:Id = "b"'], out: leave("b") },
      { args: ["archive", "query", "--json", "--type", "NodeLeave", "--since", "2026-11-21T00:00Z"], out: '"Id":"a"' },
      { args: ["archive", "query", "--explain", "--xquery", '//e:NodeLeave/e:Id = "b"'], out: "NodeLeave: Id = 'b'" },
      { args: ["archive", "query", "--xquery", 'error(xs:QName("a"), "no")'], out: "" },
      { args: ["archive", "show", "#2"], out: leave("b") },
      { args: ["archive", "show", "id-c,d", "--json"], out: '"Id":"c,d"' },
      { args: ["archive", "show", "none"], out: "" },
      { args: ["archive", "stats"], out: "NodeLeave  3" },
      { args: ["archive", "stats", "--json"], out: '"events":3' },
      { args: ["archive", "export", "none", "--dry-run", "--limit", "2"], out: "2 events would be written to none" },
      { args: ["archive", "check"], out: "NodeLeave: 0 of 3 not valid" },
      { args: ["archive", "check", "--json", "--routing-key", "x.*"], out: '"invalid":0' },
      { args: ["archive", "replay", "--to", "billing", "--dry-run", "--rate", "often"], out: "" },
      { args: ["filter", "backtest", "--xquery", '/e:Event/e:NodeLeave[e:Id = "b"]'], out: 'saw "a", wanted = "b"' },
      { args: ["filter", "backtest", "--json", "--xquery", '//e:Id = "b"'], out: '"matched":1' },
    ])("prints the same as of its database: $args", async ({ args, out }) => {
      const [ofDatabase, ofDaemon] = await both(...args);
      expect(ofDaemon).toEqual(ofDatabase);
      expect(ofDaemon?.stdout).toContain(out);
    });

    it("says of a replay how many events nobody wants, which only the daemon knows", async () => {
      const [ofDatabase, ofDaemon] = await both("archive", "replay", "--to", "billing", "--dry-run");
      expect(ofDatabase?.stdout).toBe("3 events would be sent to billing\n");
      expect(ofDaemon?.stdout).toBe("0 events would be sent to billing; 3 others are not wanted there\n");
    });

    it("refuses what only a database can do", async () => {
      const [, checked] = await both("archive", "check", "--against", folder);
      expect(checked).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("--against needs --database") as string,
      });
    });

    it("is asked although a database is named in the environment, when its address is given", async () => {
      const env = { XQBUS_ARCHIVE: database[1] ?? "" };
      expect(await run(["archive", "stats", "--http", "http://127.0.0.1:9"], { env })).toMatchObject({ code: 1 });
      expect(await run(["archive", "stats"], { env })).toMatchObject({ code: 0 });
    });
  });
});
