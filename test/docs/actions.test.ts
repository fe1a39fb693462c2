import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { openDatabase } from "../../src/database/index.ts";
import { run } from "../cli/harness.ts";
import { ActionFolder, doneRun } from "../helpers/actions.ts";
import { describeWith, SQLITE } from "../helpers/requirements.ts";

const root = join(import.meta.dirname, "../..");
const page = readFileSync(join(root, "docs/actions.md"), "utf8");
const example = readFileSync(join(root, "examples/actions/calls.js"), "utf8");

it("The module of docs/actions.md is the one of the examples", () => {
  expect(/```js\n(.*?)```/s.exec(page)?.[1]).toBe(example);
});

describeWith([SQLITE], "The example of docs/actions.md", () => {
  const folder = new ActionFolder({ "calls.js": example });
  afterAll(() => folder.remove());

  it("keeps calls in the table that its command creates, with the key of the run", async () => {
    const url = `sqlite:${join(folder.path, "crm.db")}`;
    const [command = ""] = /xqbus table create call .*/.exec(page) ?? [];
    const args = command.replace("sqlite:crm.db", url).split(/\s+/).slice(1);
    expect(await run(args)).toMatchObject({ code: 0, stderr: "" });
    const service = await folder.open({ databases: { crm: url } });
    try {
      await service.actions.create({ name: "Keep calls", module: "calls.js", function: "keep_calls" });
      const kept = await doneRun(service, "Keep calls", [{ CallerId: "1", ReceiverId: "2", Status: "busy" }]);
      expect(kept).toMatchObject({ state: "succeeded", output: { calls: 1 } });
      expect((await service.runs.logs(kept.id)).items).toMatchObject([{ level: "info", text: "1 calls kept" }]);
      await using database = await openDatabase<{ readonly call: Readonly<Record<string, unknown>> }>(url);
      expect(await database.kysely.selectFrom("call").selectAll().execute()).toEqual([
        { key: `${kept.id}/0`, caller: "1", status: "busy" },
      ]);
    } finally {
      await service.close({ timeoutMs: 0 });
    }
  });
});
