import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { RunQueue } from "../../../src/action/run/index.ts";
import { openWorkDatabase } from "../../../src/action/work-database.ts";
import { checkWorkflow } from "../../../src/action/workflow/check-definition.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../../helpers/databases.ts";
import { describeWith } from "../../helpers/requirements.ts";

const SCRIPT = join(import.meta.dirname, "work-until-killed.mjs");

/** Does what it does until it dies or is done. @returns the signal that killed it, or its exit code */
async function work(...args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ["ignore", "ignore", "inherit"] });
  const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal ?? code;
}

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `a workflow in ${product.name} whose process is killed`, () => {
    let products: RunningProduct;
    beforeAll(async () => void (products = await product.start()), 60_000);
    afterAll(() => products.stop());

    it("before and after each commit goes on where it was", { timeout: 300_000 }, async () => {
      const url = products.newUrl();
      const database = await openWorkDatabase(url);
      try {
        const times = { created_at: 0, updated_at: 0 };
        await database.kysely
          .insertInto("action")
          .values({
            id: "a",
            name: "A",
            module: "m.js",
            function: "f",
            timeout_ms: 5000,
            retry: "1x",
            concurrency: null,
            ...times,
          })
          .execute();
        const definition = checkWorkflow({
          name: "W",
          steps: {
            first: { action: "A" },
            large: { action: "A", after: "first", when: { xquery: "/rows/row > 2", of: "first" } },
            huge: { action: "A", after: "first", when: { xquery: "/rows/row > 9", of: "first" } },
            broken: { action: "A", after: "first", on_failure: "instead" },
            instead: { action: "A", input: { xquery: "string(/failed)", of: "broken" } },
            pause: { after: ["large", "huge"], delay: "10ms" },
            last: { action: "A", after: ["pause", "instead"], input: "instead" },
          },
        });
        const queue = new RunQueue(database);
        const { run } = await queue.record({
          ...{ kind: "workflow", subject: "w", name: "W", definition, timeoutMs: 0, retry: "1x" },
          ...{ event: { type: "rows", content: [1, 3] }, trigger: { kind: "http" } },
        });
        const ends: unknown[] = [];
        do {
          ends.push(await work(url, run.id, "before"), await work(url, run.id, "after"));
        } while (ends.at(-1) === "SIGKILL" && (await queue.get(run.id)).endedAt === undefined);
        // It begins, and seven steps end but for the one that is skipped.
        expect(ends).toEqual(Array.from({ length: 14 }, () => "SIGKILL"));
        expect(await work(url, run.id, "never")).toBe(0);

        expect(await queue.get(run.id)).toMatchObject({ state: "succeeded", output: { last: ["broken"] } });
        const steps = await queue.list({ parent: run.id });
        expect(Object.fromEntries(steps.map(({ step, kind, state }) => [step, `${kind} ${state}`]))).toEqual({
          ...{ first: "action succeeded", large: "action succeeded", huge: "decision succeeded" },
          ...{
            broken: "action failed",
            instead: "action succeeded",
            pause: "delay succeeded",
            last: "action succeeded",
          },
        });
        expect(steps).toHaveLength(7);
      } finally {
        await database.close();
      }
    });
  });
}
