import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TaskletRecords, type TaskletRecord } from "../../../src/server/tasklet-records/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../../helpers/databases.ts";
import { describeWith } from "../../helpers/requirements.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const record = (given: Partial<TaskletRecord> = {}): TaskletRecord => ({
  ...{ consumer: "crm.leads", tasklet: "a.mjs", eventId: "e-1", eventType: "TagEvent", eventKey: "crm.lead" },
  ...{ attempt: 1, outcome: "succeeded", startedAt: 100, endedAt: 200, error: undefined },
  ...given,
});

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `records of tasklets in ${product.name}`, () => {
    let running: RunningProduct;
    let root: string;
    let now = 0;
    beforeAll(async () => {
      root = mkdtempSync(join(tmpdir(), "xqbus-records-"));
      running = await product.start();
    }, 120_000);
    afterAll(() => {
      running.stop();
      rmSync(root, { recursive: true });
    });

    const place = (): { readonly folder: string; readonly url?: string } => {
      const folder = mkdtempSync(join(root, "data-"));
      return product.name === "SQLite" ? { folder } : { folder, url: running.newUrl() };
    };
    const open = (at = place()): Promise<TaskletRecords> =>
      TaskletRecords.open({ ...at, keepMs: 30 * DAY_MS, maxRecords: 1000, now: () => now });

    it("are given by event in the order of time, each once, also after a restart", async () => {
      const at = place();
      const first = await open(at);
      const failed = record({
        ...{
          tasklet: "b.mjs",
          outcome: "failed",
          startedAt: 50,
          error: { code: "xqbus:code-failed", message: "no\0" },
        },
      });
      const unwanted = record({ tasklet: undefined, outcome: "unwanted", attempt: 2, startedAt: 300, endedAt: 300 });
      await first.add({ records: [record(), failed, record({ eventId: "e-2" }), record({ eventId: undefined })] });
      await first.add({ records: [record(), unwanted] });
      await first.close();
      const again = await open(at);
      const found = await again.ofEvent("e-1");
      expect(found.map(({ tasklet, outcome }) => [tasklet, outcome])).toEqual([
        ["b.mjs", "failed"],
        ["a.mjs", "succeeded"],
        [undefined, "unwanted"],
      ]);
      expect(found[1]).toEqual(record());
      expect(found[0]?.error?.code).toBe("xqbus:code-failed");
      expect(await again.ofEvent("e-3")).toEqual([]);
      await again.close();
    });

    it("are kept for a time, and only so many", async () => {
      now = 100 * DAY_MS;
      const records = await open();
      await records.add({ records: [record()] });
      now += 31 * DAY_MS;
      expect(await records.ofEvent("e-1")).toEqual([]);
      for (const part of [0, 1, 2]) {
        const many = Array.from({ length: 1000 }, (_, at) => record({ eventId: `n-${part * 1000 + at}` }));
        await records.add({ records: many });
      }
      const isKept = async (at: number): Promise<boolean> => (await records.ofEvent(`n-${at}`)).length === 1;
      expect(await Promise.all([0, 1500, 2500, 2999].map(isKept))).toEqual([false, false, true, true]);
      await records.close();
    });
  });
}
