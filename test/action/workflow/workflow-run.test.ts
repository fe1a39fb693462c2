import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { RunQueue, RunWorker, type Run, type RunKind } from "../../../src/action/run/index.ts";
import { openWorkDatabase, type WorkTables } from "../../../src/action/work-database.ts";
import { workflowRunReport } from "../../../src/action/workflow/run-report.ts";
import { checkWorkflow } from "../../../src/action/workflow/check-definition.ts";
import { WORKFLOW_KIND, workflowHook } from "../../../src/action/workflow/workflow-run.ts";
import type { WorkflowStepInput } from "../../../src/action/workflow/definition.ts";
import type { Database } from "../../../src/database/index.ts";
import { DATABASE_PRODUCTS } from "../../helpers/databases.ts";
import { describeWith } from "../../helpers/requirements.ts";

const ROWS = [
  { event_id: 1, event_name: "Rebecca", amount: 5 },
  { event_id: 2, event_name: "Veronica", amount: 200 },
];
const EVENT = '<Event xmlns="http://www.gonicus.de/Events"><Order><Total>7</Total></Order></Event>';

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `a workflow in ${product.name}`, () => {
    let products: { readonly newUrl: () => string; readonly stop: () => void };
    let database: Database<WorkTables>;
    let queue: RunQueue;
    let worker: RunWorker;
    /** What the actions do, by name, and what they were called with. */
    let actions: Record<string, (content: unknown, run: Run, signal: AbortSignal) => unknown>;
    let calls: [name: string, content: unknown][];

    beforeAll(async () => void (products = await product.start()), 60_000);
    afterAll(() => products.stop());
    beforeEach(async () => {
      database = await openWorkDatabase(products.newUrl());
      queue = new RunQueue(database, { maxOutputBytes: 1000, maxInputBytes: 20_000 });
      queue.onEnded(workflowHook);
      actions = { load: (content) => content, mail: () => "sent", fail: () => Promise.reject(new Error("no")) };
      calls = [];
      for (const name of ["load", "mail", "fail"]) await addAction(name);
      const action: RunKind = {
        run: async (run, { signal }) => {
          calls.push([run.step ?? "", run.event.content]);
          return actions[run.name]?.(run.event.content, run, signal);
        },
      };
      worker = new RunWorker({ queue, kinds: { action, workflow: WORKFLOW_KIND }, places: 2, pollMs: 50 });
      await worker.start();
    });
    afterEach(async () => {
      await worker.stop({ timeoutMs: 0 });
      await database.close();
    });

    const addAction = (name: string): Promise<unknown> =>
      database.kysely
        .insertInto("action")
        .values({
          ...{ id: `${name}-id`, name, module: `${name}.js`, function: name, timeout_ms: 5000, retry: "1x" },
          ...{ concurrency: null, created_at: 0, updated_at: 0 },
        })
        .execute();
    const start = async (
      steps: Readonly<Record<string, WorkflowStepInput>>,
      { xml, timeout }: { readonly xml?: string; readonly timeout?: string } = {},
    ): Promise<Run> => {
      const definition = checkWorkflow({ name: "W", steps, timeout });
      const { run } = await queue.record({
        ...{ kind: "workflow", subject: "w", name: "W", definition, timeoutMs: 1000, retry: "1x", eventId: "e" },
        event: xml === undefined ? { type: "rows", content: ROWS } : { type: "Order", content: {}, xml },
        trigger: { kind: "http" },
      });
      return run;
    };
    const ended = ({ id }: Pick<Run, "id">): Promise<Run> =>
      vi.waitFor(
        async () => {
          const run = await queue.get(id);
          expect(run.endedAt).toBeTypeOf("number");
          return run;
        },
        { timeout: 30_000, interval: 20 },
      );
    const steps = async ({ id }: Pick<Run, "id">): Promise<Record<string, string>> => {
      const children = await queue.list({ parent: id });
      return Object.fromEntries(
        children.map(({ step, kind, state, error }) => {
          const text = kind === "decision" && state === "succeeded" ? "skipped" : state;
          return [step ?? "", error === undefined ? text : `${text}: ${error.message}`];
        }),
      );
    };

    it("does steps after each other, beside each other, and when all before is done", async () => {
      const run = await start({
        a: { action: "load" },
        b: { action: "load", after: "a" },
        c: { action: "mail-id", after: "a" },
        d: { action: "mail", after: ["b", "c"], input: "b" },
      });
      expect(await ended(run)).toMatchObject({ state: "succeeded", output: { d: "sent" } });
      expect(await steps(run)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded", d: "succeeded" });
      expect(calls.map(([name]) => name).join("")).toMatch(/^a(bc|cb)d$/);
      expect(calls.map(([, content]) => content)).toEqual([ROWS, ROWS, ROWS, ROWS]);
      const [child] = await queue.list({ parent: run.id });
      expect(child).toMatchObject({
        ...{ kind: "action", subject: "mail-id", name: "mail", key: `${run.id}/d`, timeoutMs: 5000, eventId: "e" },
        trigger: { kind: "workflow", id: "w", run: run.id },
      });
    });

    it("takes the way that conditions over rows say, and joins it again", async () => {
      const run = await start({
        large: { action: "load", when: "/rows/row[amount > 100]", input: { xquery: "/rows/row[amount > 100]" } },
        larger: { action: "load", when: "/rows/row[amount > 1000]" },
        notLarger: { action: "mail", after: "larger" },
        both: { action: "mail", after: ["large", "notLarger"], when: { xquery: "count(/rows/row) = 1", of: "large" } },
        seen: { action: "mail", after: "notLarger", when: { xquery: "/skipped", of: "notLarger" } },
      });
      expect(await ended(run)).toMatchObject({ state: "succeeded", output: { both: "sent" } });
      expect(await steps(run)).toEqual({
        ...{ large: "succeeded", larger: "skipped", notLarger: "skipped", both: "succeeded", seen: "skipped" },
      });
      expect(calls[0]).toEqual(["large", [{ event_id: "2", event_name: "Veronica", amount: "200" }]]);
    });

    it("asks conditions of the event that started it", async () => {
      const run = await start(
        {
          a: { action: "load", when: "./e:Event/e:Order/e:Total > 5" },
          b: { action: "load", when: "./e:Event/e:Order/e:Total > 10" },
          c: { action: "load", input: { xquery: "./e:Event/e:Order/e:Total * 2" } },
        },
        { xml: EVENT },
      );
      expect(await ended(run)).toMatchObject({ state: "succeeded", output: { a: {}, c: [14] } });
      expect(await steps(run)).toEqual({ a: "succeeded", b: "skipped", c: "succeeded" });
    });

    it("waits", async () => {
      const run = await start({
        pause: { delay: "30ms" },
        a: { action: "mail", after: "pause", delay: "30ms" },
      });
      const { endedAt = 0 } = await ended(run);
      expect(endedAt - run.createdAt).toBeGreaterThanOrEqual(60);
    });

    it("fails with a step that failed, after everything else that can be done, and goes on from there", async () => {
      const run = await start({
        a: { action: "fail" },
        b: { action: "mail", after: "a" },
        c: { action: "mail", delay: "30ms" },
        d: { action: "mail", after: ["b", "c"] },
      });
      expect(await ended(run)).toMatchObject({
        ...{ state: "failed", error: { code: "xqbus:code-failed", message: 'step "a": no' } },
      });
      expect(await steps(run)).toEqual({ a: "failed: no", c: "succeeded" });
      actions["fail"] = () => "yes";
      await queue.change((changes) => changes.requeue(run.id));
      expect(await ended(run)).toMatchObject({ state: "succeeded", error: undefined });
      expect(await steps(run)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded", d: "succeeded" });
      expect(calls.map(([name]) => name).join("")).toMatch(/^(ac|ca)abd$/);
    });

    it("goes on after a failure, or another way, where a step says so", async () => {
      const run = await start({
        a: { action: "fail", onFailure: "continue" },
        b: { action: "mail", after: "a", when: { xquery: "/failed[. = 'no']", of: "a" } },
        c: { action: "fail", onFailure: "sorry" },
        d: { action: "mail", after: "c" },
        sorry: { action: "mail", when: { xquery: "/failed", of: "c" } },
        e: { action: "mail", onFailure: "notSorry" },
        notSorry: { action: "mail" },
        all: { action: "mail", after: ["d", "sorry"] },
      });
      expect(await ended(run)).toMatchObject({ state: "succeeded", output: { b: "sent", e: "sent", all: "sent" } });
      expect(await steps(run)).toEqual({
        ...{ a: "failed: no", b: "succeeded", c: "failed: no", d: "skipped", sorry: "succeeded" },
        ...{ e: "succeeded", notSorry: "skipped", all: "succeeded" },
      });
    });

    it("fails with the reason where a condition or an input cannot be computed, an action is gone, or data is too large", async () => {
      actions["load"] = () => "x".repeat(2000);
      const run = await start(
        {
          condition: { action: "mail", when: "xs:integer(./e:Event)" },
          query: { action: "mail", input: { xquery: "1 idiv 0" } },
          gone: { action: "gone" },
          output: { action: "load" },
          inputSize: { action: "mail", input: { xquery: "string-join(for $i in 1 to 9999 return 'abc')" } },
        },
        { xml: EVENT.replace("7", "seven") },
      );
      expect(await ended(run)).toMatchObject({ state: "failed" });
      expect(await steps(run)).toEqual({
        condition: expect.stringMatching(
          /^failed: the condition over input failed: at line 1, column 1: .*Order|seven/,
        ) as unknown,
        query: expect.stringMatching(
          /^failed: the query for the input, over input, failed: at line 1, column/,
        ) as unknown,
        gone: 'failed: there is no action "gone" (any more)',
        output: "failed: the output of a run has 2002 bytes of JSON; at most 1000 are kept",
        inputSize: expect.stringMatching(
          /^failed: the input of a run has \d+ bytes of JSON; at most 20000 are kept/,
        ) as unknown,
      });
      await addAction("gone");
      await queue.change((changes) => changes.requeue(run.id));
      await ended(run);
      expect(await steps(run)).toMatchObject({
        gone: "succeeded",
        condition: expect.stringMatching(/^failed/) as unknown,
      });
    });

    it("fails where the outputs of its steps are too large together", async () => {
      actions["load"] = () => "x".repeat(600);
      const run = await start({ a: { action: "load" }, b: { action: "load" } });
      expect(await ended(run)).toMatchObject({ state: "failed", error: { code: "xqbus:limit-exceeded" } });
    });

    it("is cancelled with its steps, and goes on from there", async () => {
      const run = await start({
        a: { action: "mail" },
        b: { delay: "1h", after: "a", onFailure: "continue" },
        c: { action: "mail", after: "b" },
      });
      await vi.waitFor(async () => expect(await steps(run)).toMatchObject({ b: "queued" }), { timeout: 30_000 });
      await queue.cancel(run.id);
      expect(await ended(run)).toMatchObject({ state: "cancelled" });
      expect(await steps(run)).toEqual({ a: "succeeded", b: "cancelled" });
      const report = await workflowRunReport(await queue.find(run.id), queue);
      expect(report.steps.map(({ step, status }) => [step, status])).toEqual([
        ...[
          ["a", "succeeded"],
          ["b", "cancelled"],
          ["c", "cancelled"],
        ],
      ]);
      expect(report.mermaid).toContain("class s2 cancelled");
      await queue.change((changes) => changes.requeue(run.id));
      expect(await ended(run)).toMatchObject({ state: "succeeded" });
      expect(await steps(run)).toEqual({ a: "succeeded", b: "succeeded", c: "succeeded" });
    });

    it("goes on after a cancel, although the step that was told to end has not ended yet", async () => {
      let hasSeen: () => void = () => undefined;
      const seen = new Promise<void>((resolve) => (hasSeen = resolve));
      let end: () => void = () => undefined;
      const ending = new Promise<void>((resolve) => (end = resolve));
      actions["load"] = async (_, { attempts }, signal) => {
        if (attempts > 1) return "again";
        await new Promise((resolve) => signal.addEventListener("abort", resolve));
        hasSeen();
        await ending;
        throw signal.reason;
      };
      const run = await start({ a: { action: "load" }, b: { action: "mail", after: "a" } });
      await vi.waitFor(() => expect(calls).toHaveLength(1), { timeout: 30_000 });
      expect(await queue.cancel(run.id)).toMatchObject({ state: "cancelled" });
      await seen;
      expect(await queue.retry(run.id)).toMatchObject({ state: "queued" });
      await vi.waitFor(async () => expect(await queue.find(run.id)).toMatchObject({ state: "waiting" }), 30_000);
      end();
      expect(await ended(run)).toMatchObject({ state: "succeeded", output: { b: "sent" } });
      expect(await steps(run)).toEqual({ a: "succeeded", b: "succeeded" });
    });

    it("fails when its time is over, and its steps are cancelled", async () => {
      const run = await start({ a: { action: "mail" }, b: { delay: "1h" } }, { timeout: "300ms" });
      expect(await ended(run)).toMatchObject({
        ...{ state: "failed", error: { code: "xqbus:timeout", message: "the workflow has not ended within 300 ms" } },
      });
      expect(await steps(run)).toEqual({ a: "succeeded", b: "cancelled" });
    });
  });
}
