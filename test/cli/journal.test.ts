import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { EventPublisher } from "../../src/amqp/index.ts";
import { ScriptedBroker } from "../amqp/scripted-broker.ts";
import { SQLITE, describeWith } from "../helpers/requirements.ts";
import { linesOf, run } from "./harness.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-cli-journal-"));
  file = join(folder, "sends.db");
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Leaves a journal with three refused events; `meanwhile` runs while the publisher has it open. */
async function refuseThree(meanwhile: () => Promise<unknown> = () => Promise.resolve()): Promise<readonly string[]> {
  await using broker = await ScriptedBroker.start({
    onPublish: (delivery) => delivery.reject({ condition: "amqp:not-allowed", description: "no\n" }),
  });
  await using publisher = await EventPublisher.open(broker.url(), {
    validate: false,
    journal: { file, onError: () => undefined },
  });
  const ids = await Promise.all([1, 2, 3].map((n) => publisher.enqueue(`<Event><Ping>${n}</Ping></Event>`)));
  await vi.waitFor(() => expect(publisher.journal?.counts).toMatchObject({ waiting: 0, refused: 3 }), 20_000);
  await meanwhile();
  return ids;
}

describeWith([SQLITE], "journal", () => {
  it("lists refused events, sends them again and deletes them, by number or all, and tells before what it would do", async () => {
    const ids = await refuseThree();
    const list = await run(["journal", "list", file]);
    expect(list).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("0 events wait to be sent to org.clacks, 3 were refused") as string,
    });
    expect(linesOf(list.stdout).map((line) => line.replace(/\d{4}-\S+Z/, "TIME"))).toEqual(
      ids.map(
        (id, index) =>
          `${index + 1}  TIME  ${id}  org.clacks.event.Ping  the broker refused the event: no; (amqp:not-allowed)`,
      ),
    );
    const json = JSON.parse((await run(["journal", "list", file, "--limit", "1", "--json"])).stdout) as object;
    expect(json).toMatchObject({
      ...{ domain: "org.clacks", waiting: 0, refused: 3 },
      refusedEvents: [{ id: 1, messageId: ids[0], code: "amqp:not-allowed" }],
    });

    const dry = await run(["journal", "retry", file, "2", "--dry-run"]);
    expect(dry).toEqual({ code: 0, stdout: `1 events of ${file} would be sent again\n`, stderr: "" });
    expect((await run(["journal", "retry", file, "2"])).stdout).toBe(`1 events of ${file} will be sent again\n`);
    const dryDelete = await run(["journal", "delete", file, "--all", "--dry-run", "--json"]);
    expect(JSON.parse(dryDelete.stdout)).toEqual({ file, change: "delete", found: 2, changed: 0, dryRun: true });
    const deleted = await run(["journal", "delete", file, "--all", "--json"]);
    expect(JSON.parse(deleted.stdout)).toEqual({ file, change: "delete", found: 2, changed: 2, dryRun: false });
    const after = await run(["journal", "list", file]);
    expect(after.stdout).toBe("");
    expect(after.stderr).toMatch(/^1 events wait to be sent to org\.clacks, 0 were refused; \d+ bytes\n$/);
  });

  it("refuses what is not there, no journal, or in use, and changes nothing", async () => {
    const inUse = {
      code: 1,
      stdout: "",
      stderr: expect.stringContaining("is in use by another publisher or process") as string,
    };
    await refuseThree(async () => {
      expect(await run(["journal", "list", file])).toEqual(inUse);
      expect(await run(["journal", "delete", file, "--all"])).toEqual(inUse);
    });
    expect(await run(["journal", "retry", file, "1", "7"])).toEqual({
      ...{ code: 1, stdout: "" },
      stderr: `xqbus: ${file} has no refused event 7; xqbus journal list ${file} shows them\n`,
    });
    expect((await run(["journal", "retry", file])).stderr).toContain("give numbers of refused events, or --all");
    expect((await run(["journal", "delete", file, "1", "--all"])).code).toBe(2);
    expect((await run(["journal", "delete", file, "one"])).code).toBe(2);
    expect((await run(["journal", "list", `${file}x`])).stderr).toBe(
      `xqbus: cannot open the send journal ${file}x: there is no such file\n`,
    );
    writeFileSync(`${file}x`, "no journal at all");
    expect((await run(["journal", "list", `${file}x`])).code).toBe(1);
    expect((await run(["journal", "list", file])).stderr).toContain("3 were refused");
  });
});
