import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Archive } from "../../src/archive/index.ts";
import { Event } from "../../src/event/index.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";
import { Command } from "./command.ts";

/** More than a command reads before it hears of Ctrl-C. */
const EVENTS = 30_000;
const AT_ONCE = 1000;

describeWith([SQLITE], "Ctrl-C", () => {
  let folder: string;
  let database: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "xqbus-interrupt-"));
    database = `sqlite:${join(folder, "archive.db")}`;
    await using archive = await Archive.open(database);
    for (let first = 0; first < EVENTS; first += AT_ONCE) {
      const numbers = Array.from({ length: AT_ONCE }, (_, at) => first + at);
      await Promise.all(numbers.map((id) => archive.add(leave(id), { message: { id: `${id}` } })));
    }
  }, 300_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("ends a query of the archive with whole lines, and says so", async () => {
    const command = new Command(["archive", "query", "--database", database, "--format", "json"]);
    await command.prints("stdout", '{"number":1,');
    command.signal("SIGINT");
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr]).toEqual([1, "xqbus: the query was cancelled\n"]);
    const numbers = stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { number: number }).number);
    expect(stdout.endsWith("}\n")).toBe(true);
    expect(numbers).toEqual(numbers.map((_, at) => at + 1));
    expect(numbers.length).toBeLessThan(EVENTS);
  });

  it("ends an export with whole files, and says how many", async () => {
    const path = join(folder, "events");
    const command = new Command(["archive", "export", path, "--database", database]);
    await vi.waitFor(() => expect(existsSync(join(path, "1-NodeLeave.xml"))).toBe(true), { timeout: 60_000 });
    command.signal("SIGINT");
    const { code, stdout, stderr } = await command.ended;
    const files = readdirSync(path);
    expect(files.length).toBeLessThan(EVENTS);
    expect([code, stdout]).toEqual([1, ""]);
    const written = files.length === 1 ? "1 event was" : `${files.length} events were`;
    expect(stderr).toBe(`xqbus: the query was cancelled; ${written} written to ${path} before\n`);
    for (const file of files) expect(readFileSync(join(path, file), "utf8")).toMatch(/<\/(?:\w+:)?Event>\n$/);
  });
});

function leave(id: number): Event {
  return Event.parse(`<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`);
}
