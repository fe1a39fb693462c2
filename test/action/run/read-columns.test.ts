import type { KyselyPlugin } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { RunQueue, RunWorker, type ActionEvent, type NewRun, type RunKind } from "../../../src/action/run/index.ts";
import { openWorkDatabase, type WorkTables } from "../../../src/action/work-database.ts";
import {
  checkWorkflow,
  WORKFLOW_KIND,
  workflowHook,
  workflowRunReport,
  type WorkflowStepInput,
} from "../../../src/action/workflow/index.ts";
import type { Database } from "../../../src/database/index.ts";
import { DATABASE_PRODUCTS } from "../../helpers/databases.ts";
import { describeWith } from "../../helpers/requirements.ts";

const BIG = "x".repeat(200_000);
const EVENT: ActionEvent = { type: "rows", content: [{ n: 1, text: BIG }] };
const STEPS = 20;

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `what is read of big runs in ${product.name}`, () => {
    let products: { readonly newUrl: () => string; readonly stop: () => void };
    let database: Database<WorkTables>;
    let queue: RunQueue;
    let worker: RunWorker | undefined;
    /** Characters that statements gave since the last look. */
    let read = 0;
    const counting: KyselyPlugin = {
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        for (const row of result.rows) {
          for (const cell of Object.values(row)) if (typeof cell === "string") read += cell.length;
        }
        return result;
      },
    };
    const readBy = async (work: () => Promise<unknown>): Promise<number> => {
      read = 0;
      await work();
      return read;
    };

    beforeAll(async () => void (products = await product.start()), 60_000);
    afterAll(() => products.stop());
    beforeEach(async () => {
      database = await openWorkDatabase(products.newUrl());
      const kysely = database.kysely.withPlugin(counting);
      queue = new RunQueue(new Proxy(database, { get: (of, name) => (name === "kysely" ? kysely : member(of, name)) }));
      queue.onEnded(workflowHook);
    });
    afterEach(async () => {
      await worker?.stop({ timeoutMs: 0 });
      worker = undefined;
      await database.close();
    });

    const start = async (steps: Readonly<Record<string, WorkflowStepInput>>): Promise<string> => {
      const definition = checkWorkflow({ name: "W", steps });
      const common = { kind: "workflow", subject: "w", name: "W", timeoutMs: 1000, retry: "1x" };
      const { run } = await queue.record({ ...common, definition, event: EVENT, trigger: { kind: "http" } });
      const action: RunKind = { run: async () => BIG };
      worker = new RunWorker({ queue, kinds: { action, workflow: WORKFLOW_KIND }, places: 1, pollMs: 50 });
      await worker.start();
      const ended = { subject: "w", state: "succeeded" } as const;
      await vi.waitFor(async () => expect(await queue.list(ended)).toHaveLength(1), { timeout: 60_000, interval: 50 });
      await worker.stop({ timeoutMs: 0 });
      return run.id;
    };
    const addAction = (): Promise<unknown> =>
      database.kysely
        .insertInto("action")
        .values({
          ...{ id: "act", name: "act", module: "act.js", function: "act", timeout_ms: 5000, retry: "1x" },
          ...{ concurrency: null, created_at: 0, updated_at: 0 },
        })
        .execute();

    it("is nothing of inputs and outputs for lists and pictures, and each of them once where they are used", async () => {
      await addAction();
      const names = Array.from({ length: STEPS }, (_, index) => `s${index}`);
      const chain = Object.fromEntries(
        names.map((name, index) => [name, { action: "act", ...(index === 0 ? {} : { after: names[index - 1] }) }]),
      );
      const id = await start(chain);
      expect(await readBy(() => queue.list({ limit: 1000 }))).toBeLessThan(20_000);
      const [run] = await queue.list({ subject: "w" });
      if (run === undefined) throw new Error("the run is not listed");
      expect(await readBy(() => workflowRunReport(run, queue))).toBeLessThan(30_000);
      const [step] = await queue.list({ parent: id, limit: 1 });
      expect((await queue.get(step?.id ?? "")).event).toEqual(EVENT);
    });

    it("is once what conditions ask for, and nothing by those that take and end runs besides", async () => {
      await addAction();
      let id = "";
      const readUntilItsEnd = await readBy(async () => {
        id = await start({
          a: { action: "act" },
          b: { action: "act", after: "a", when: "/rows/row/n = 1" },
          c: { action: "act", after: "b", when: { xquery: "string-length(.) > 5", of: "b" } },
        });
      });
      const kept = await database.kysely
        .selectFrom("run")
        .select(({ fn }) => ["parent", fn<number>("length", ["event"]).as("length")])
        .execute();
      expect(kept.filter(({ parent }) => parent === id).map(({ length }) => Number(length))).toEqual([0, 0, 0]);
      // By three actions, by two conditions, and the output of the last step.
      expect(readUntilItsEnd).toBeLessThan(6.5 * BIG.length);
    });

    it("is the copy that releases before kept with each step", async () => {
      const step: NewRun = {
        ...{ kind: "action", subject: "s", name: "s", timeoutMs: 1, retry: "1x", event: EVENT },
        ...{ trigger: { kind: "workflow" }, step: "a" },
      };
      const { run: parent } = await queue.record({ ...step, step: undefined, event: { type: "rows", content: "its" } });
      const { run } = await queue.record({ ...step, parent: parent.id });
      expect(await queue.event(run.id)).toEqual(EVENT);
    });
  });
}

function member<T extends object>(of: T, name: string | symbol): unknown {
  const value: unknown = Reflect.get(of, name);
  // `sql` is a function with members.
  return typeof value === "function" && name !== "sql" ? (value.bind(of) as unknown) : value;
}
