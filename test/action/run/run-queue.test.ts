import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Database } from "../../../src/database/index.ts";
import {
  RunQueue,
  RunWorker,
  type RunChanges,
  type NewRun,
  type Run,
  type RunLogLine,
  type RunLogQuery,
  type RunWithData,
  type RunWorkerOptions,
} from "../../../src/action/run/index.ts";
import { settleAttempt } from "../../../src/action/run/settle-attempt.ts";
import { openWorkDatabase, type WorkTables } from "../../../src/action/work-database.ts";
import { XqbusError } from "../../../src/errors.ts";
import { DATABASE_PRODUCTS } from "../../helpers/databases.ts";
import { describeWith } from "../../helpers/requirements.ts";

const RUN: NewRun = {
  ...{ kind: "action", subject: "5eaf0db7f6f51d5255974217", name: "Event handle" },
  event: { type: "rows", content: [{ event_name: "Rebecca \u0000 é 😀" }] },
  trigger: { kind: "http", who: "key" },
  ...{ timeoutMs: 1000, retry: "3x schedule 10ms,10ms jitter 0" },
};

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `the runs in ${product.name}`, () => {
    let products: { readonly newUrl: () => string; readonly stop: () => void };
    let url: string;
    let database: Database<WorkTables>;
    let queue: RunQueue;
    const workers: RunWorker[] = [];
    beforeAll(async () => void (products = await product.start()), 60_000);
    afterAll(() => products.stop());
    beforeEach(async () => {
      url = products.newUrl();
      database = await openWorkDatabase(url);
      queue = new RunQueue(database);
    });
    afterEach(async () => {
      for (const worker of workers.splice(0)) await worker.stop({ timeoutMs: 0 });
      await database.close();
    });

    const work = async (
      run: (run: Run, signal: AbortSignal) => Promise<unknown>,
      options: Partial<RunWorkerOptions> = {},
    ): Promise<RunWorker> => {
      const worker = new RunWorker({
        ...{ queue, places: 2, random: () => 0.5, pollMs: 50 },
        kinds: { action: { run: (each, { signal }) => run(each, signal) } },
        ...options,
      });
      workers.push(worker);
      await worker.start();
      return worker;
    };
    const ended = (id: string): Promise<RunWithData> =>
      vi.waitFor(
        async () => {
          const run = await queue.get(id);
          expect(run.endedAt).toBeTypeOf("number");
          return run;
        },
        { timeout: 20_000, interval: 20 },
      );

    it("are recorded once for each key, and kept as they were given", async () => {
      const [first, again] = await Promise.all([
        queue.record({ ...RUN, key: "k" }),
        queue.record({ ...RUN, key: "k", name: "other" }),
      ]);
      const other = await queue.record({ ...RUN, subject: "5eaf0db7f6f51d5255974218", key: "k", eventId: "e" });
      expect([first.isNew, again.isNew, other.isNew].filter(Boolean)).toHaveLength(2);
      expect(again.run.id).toBe(first.run.id);
      expect(other.run.id).not.toBe(first.run.id);
      expect(await queue.get(other.run.id)).toEqual({
        ...{ ...RUN, id: other.run.id, subject: "5eaf0db7f6f51d5255974218", key: "k", eventId: "e", state: "queued" },
        ...{ parent: undefined, step: undefined, definition: undefined, depth: 0 },
        ...{ attempts: 0, failures: 0, losses: 0, output: undefined, error: undefined, isCancelled: false },
        createdAt: other.run.createdAt,
        ...{ firstAt: undefined, startedAt: undefined, endedAt: undefined, dueAt: other.run.createdAt },
      });
      expect(other.run.id).toMatch(/^[0-9a-f]{24}$/);
      await expect(queue.get("5eaf")).rejects.toMatchObject({
        code: "xqbus:unknown-name",
        message: '"5eaf" is not the id of a run',
      });
    });

    it("have inputs and outputs of bounded size", async () => {
      queue = new RunQueue(database, { maxInputBytes: 100, maxOutputBytes: 100 });
      const content = "x".repeat(100);
      await expect(queue.record({ ...RUN, event: { type: "rows", content } })).rejects.toMatchObject({
        code: "xqbus:limit-exceeded",
      });
      const { run } = await queue.record(RUN);
      await work(async () => content);
      expect(await ended(run.id)).toMatchObject({
        state: "failed",
        attempts: 1,
        error: {
          code: "xqbus:limit-exceeded",
          message: "the output of a run has 102 bytes of JSON; at most 100 are kept",
        },
      });
    });

    it("are carried out, with output, attempts and lines", async () => {
      const { run } = await queue.record(RUN);
      await work(async () => undefined, {
        kinds: {
          action: {
            run: async (_, context) => {
              context.log({ at: 1, level: "info", text: "one \0" });
              context.log({ at: 2, level: "warn", text: "two" });
              return { rows: 5 };
            },
          },
        },
      });
      expect(await ended(run.id)).toMatchObject({
        state: "succeeded",
        output: { rows: 5 },
        attempts: 1,
        dueAt: undefined,
      });
      expect(await queue.logs(run.id)).toEqual({
        items: [
          { attempt: 1, at: 1, level: "info", text: "one �" },
          { attempt: 1, at: 2, level: "warn", text: "two" },
        ],
      });
      const [attempt, ...more] = await queue.attempts(run.id);
      expect(more).toEqual([]);
      expect(attempt).toMatchObject({ number: 1, outcome: "succeeded", error: undefined });
      expect(attempt?.endedAt).toBeGreaterThanOrEqual(attempt?.startedAt ?? Infinity);
      expect((await queue.counts()).runs).toEqual([{ kind: "action", state: "succeeded", count: 1 }]);
    });

    it("are tried again as the policy says, and fail in the end", async () => {
      const { run } = await queue.record(RUN);
      await work(async ({ attempts }) => {
        throw Object.assign(new Error(`attempt ${attempts}`), { code: "E" });
      });
      expect(await ended(run.id)).toMatchObject({
        ...{ state: "failed", attempts: 3, error: { code: "E", message: "attempt 3" } },
      });
      expect((await queue.attempts(run.id)).map(({ outcome, error }) => [outcome, error?.message])).toEqual([
        ["failed", "attempt 1"],
        ["failed", "attempt 2"],
        ["failed", "attempt 3"],
      ]);
    });

    it("are not tried again when the error is permanent, and later when it says so", async () => {
      const permanent = await queue.record(RUN);
      const later = await queue.record({ ...RUN, subject: "later" });
      await work(async ({ subject, attempts }) => {
        if (subject === "later" && attempts === 2) return "done";
        const facts = subject === "later" ? { retryAfterMs: 30 } : { isPermanent: true };
        throw Object.assign(new Error("not now"), facts);
      });
      expect(await ended(permanent.run.id)).toMatchObject({ state: "failed", attempts: 1 });
      expect(await ended(later.run.id)).toMatchObject({
        state: "succeeded",
        attempts: 2,
        output: "done",
        error: undefined,
      });
    });

    it("are cancelled at once while they wait, and soon while they run", async () => {
      const waiting = await queue.record({ ...RUN, dueAt: Date.now() + 1e6 });
      expect(await queue.cancel(waiting.run.id)).toMatchObject({ state: "cancelled", dueAt: undefined });
      expect(await queue.cancel(waiting.run.id)).toMatchObject({ state: "cancelled" });
      const running = await queue.record(RUN);
      const begun = new Promise<void>((resolve) => {
        void work(
          (_, signal) =>
            new Promise((__, reject) => {
              signal.addEventListener("abort", () => reject(signal.reason as Error));
              resolve();
            }),
        );
      });
      await begun;
      await queue.cancel(running.run.id);
      expect(await ended(running.run.id)).toMatchObject({ state: "cancelled", attempts: 1, error: undefined });
      expect((await queue.attempts(running.run.id)).map(({ outcome }) => outcome)).toEqual(["cancelled"]);
    });

    it("are taken by one of several, as many of a subject at the same time as it may be", async () => {
      const ids: string[] = [];
      for (let n = 0; n < 12; n++) ids.push((await queue.record(RUN)).run.id);
      const other = await openWorkDatabase(url).catch(() => undefined);
      const queues = other === undefined ? [queue, queue] : [queue, new RunQueue(other)];
      const taken: string[] = [];
      let now = 0;
      let most = 0;
      for (const each of queues) {
        await work(
          async ({ id }) => {
            taken.push(id);
            most = Math.max(most, ++now);
            await new Promise((resolve) => setTimeout(resolve, 15));
            now--;
          },
          { queue: each, concurrency: async () => new Map([[RUN.subject, 3]]) },
        );
      }
      for (const id of ids) expect(await ended(id)).toMatchObject({ state: "succeeded", attempts: 1 });
      for (const worker of workers.splice(0)) await worker.stop({ timeoutMs: 1000 });
      await other?.close();
      expect(taken.sort()).toEqual(ids.sort());
      expect(most).toBeGreaterThan(1);
      expect(most).toBeLessThanOrEqual(3);
    });

    it("are done again by another process when the lease of a dead one has ended, with the same key", async () => {
      const { run } = await queue.record({ ...RUN, key: "k", retry: "1x" });
      const [claimed] = await queue.claim({ leaseMs: 30, most: 1, kinds: ["action"], concurrency: new Map() });
      expect(claimed?.run).toMatchObject({ id: run.id, state: "running", attempts: 1 });
      const keys: string[] = [];
      await work(async ({ key }) => void keys.push(key));
      expect(await ended(run.id)).toMatchObject({ state: "succeeded", attempts: 2, losses: 1, failures: 0 });
      expect(keys).toEqual(["k"]);
      expect((await queue.attempts(run.id)).map(({ outcome, error }) => [outcome, error?.code])).toEqual([
        ["lost", "xqbus:process-ended"],
        ["succeeded", undefined],
      ]);
      expect(await queue.renew(claimed === undefined ? [] : [claimed], 1000)).toEqual(new Map());
    });

    it("are not taken again by the process that still carries them out, although the lease has ended", async () => {
      const { run } = await queue.record(RUN);
      const claim = { leaseMs: 1, most: 1, kinds: ["action"], concurrency: new Map() };
      const [held] = await queue.claim(claim);
      if (held === undefined) throw new Error("nothing was taken");
      await vi.waitFor(() => expect(queue.now).toBeGreaterThan(held.run.dueAt ?? Infinity));
      expect(await queue.claim({ ...claim, held: [held.lease] })).toEqual([]);
      expect(await queue.claim({ ...claim, takesLost: false })).toEqual([]);
      // As many run as before, as far as this process knows.
      await queue.record(RUN);
      const alone = { ...claim, concurrency: new Map([[RUN.subject, 1]]) };
      expect(await queue.claim({ ...alone, held: [held.lease] })).toEqual([]);
      expect(await queue.claim({ ...alone, takesLost: false })).toEqual([]);
      expect(await queue.renew([held], 60_000)).toEqual(new Map([[held.lease, { isCancelled: false }]]));
      expect(await queue.claim(alone)).toEqual([]);
      expect(await queue.get(run.id)).toMatchObject({ attempts: 1, losses: 0 });
    });

    it("are not done again when they were cancelled after their process had died", async () => {
      const { run } = await queue.record({ ...RUN, retry: "1x" });
      await queue.claim({ leaseMs: 30, most: 1, kinds: ["action"], concurrency: new Map() });
      expect(await queue.cancel(run.id)).toMatchObject({ state: "running", isCancelled: true });
      let calls = 0;
      await work(async () => void calls++);
      expect(await ended(run.id)).toMatchObject({ state: "cancelled", error: undefined });
      expect(calls).toBe(0);
    });

    it("that were cancelled do not begin, and are not given back by a worker that stops", async () => {
      const begun: string[] = [];
      const cancelled: string[] = [];
      const { run: first } = await queue.record({ ...RUN, kind: "workflow" });
      await queue.claim({ leaseMs: 30, most: 1, kinds: ["workflow"], concurrency: new Map() });
      await queue.cancel(first.id);
      let hasBegun: () => void;
      const running = new Promise<void>((resolve) => (hasBegun = resolve));
      const worker = await work(async () => undefined, {
        kinds: {
          workflow: { begin: async ({ id }) => void begun.push(id) },
          action: {
            run: ({ id }, { signal }) =>
              new Promise((_, reject) => {
                hasBegun();
                // It is cancelled at the moment in which the worker stops.
                signal.addEventListener("abort", () => {
                  void queue.cancel(id).finally(() => reject(signal.reason as Error));
                });
                cancelled.push(id);
              }),
          },
        },
      });
      expect(await ended(first.id)).toMatchObject({ state: "cancelled" });
      const { run: second } = await queue.record(RUN);
      await running;
      await worker.stop({ timeoutMs: 0 });
      expect(await queue.get(second.id)).toMatchObject({ state: "cancelled" });
      expect([begun, cancelled]).toEqual([[], [second.id]]);
    });

    it("keep their lease while they are carried out, however long that takes", async () => {
      const { run } = await queue.record(RUN);
      let calls = 0;
      const slow = async (): Promise<void> => {
        calls++;
        await new Promise((resolve) => setTimeout(resolve, 700));
      };
      await work(slow, { leaseMs: 200 });
      await work(slow, { leaseMs: 200 });
      expect(await ended(run.id)).toMatchObject({ state: "succeeded", attempts: 1 });
      expect(calls).toBe(1);
    });

    it("are given back by a worker that stops", async () => {
      const { run } = await queue.record({ ...RUN, retry: "1x" });
      let isBegun: () => void;
      const begun = new Promise<void>((resolve) => (isBegun = resolve));
      const worker = await work(
        (_, signal) =>
          new Promise((__, reject) => {
            isBegun();
            signal.addEventListener("abort", () => reject(signal.reason as Error));
          }),
      );
      await begun;
      await worker.stop({ timeoutMs: 0 });
      expect(await queue.get(run.id)).toMatchObject({ state: "queued", failures: 0, attempts: 1 });
    });

    const outputsOf = async (runs: readonly Run[], changes: RunChanges): Promise<readonly unknown[]> => {
      const outputs: unknown[] = [];
      for (const { id } of runs) outputs.push(await changes.output(id));
      return outputs;
    };

    it("tell hooks of their end in the same transaction, which they can undo", async () => {
      const seen: string[] = [];
      queue.onEnded(async ({ step, state, parent }, changes) => {
        if (parent === undefined) return;
        seen.push(`${step} ${state}`);
        const steps = await changes.children(parent);
        if (steps.length === 1) {
          const next = {
            ...RUN,
            parent,
            step: "b",
            kind: "delay",
            trigger: { kind: "workflow", run: parent },
          } as const;
          await changes.record(next);
          expect(await changes.record(next)).toMatchObject({ isNew: false });
        } else await changes.end(parent, { state: "succeeded", output: await outputsOf(steps, changes) });
      });
      const { run } = await queue.record({ ...RUN, kind: "workflow", definition: { steps: ["a", "b"] } });
      await work(async () => "a's", {
        kinds: {
          action: { run: async () => "a's" },
          workflow: {
            begin: async ({ id }, changes) => {
              await changes.record({ ...RUN, parent: id, step: "a" });
              await changes.wait(id);
            },
          },
        },
      });
      expect(await ended(run.id)).toMatchObject({
        state: "succeeded",
        output: ["a's", null],
        definition: { steps: ["a", "b"] },
      });
      expect(seen).toEqual(["a succeeded", "b succeeded"]);

      const undone = await queue.record({ ...RUN, subject: "undone", dueAt: Date.now() + 1e6 });
      queue.onEnded(async () => {
        throw new Error("no end today");
      });
      await expect(queue.cancel(undone.run.id)).rejects.toThrow("no end today");
      expect(await queue.get(undone.run.id)).toMatchObject({ state: "queued" });
    });

    it("fail when their end is refused, and give their place back", async () => {
      queue.onEnded(async ({ state, key }) => {
        if (state === "succeeded" && key === "refused") throw new XqbusError("xqbus:value-refused", "too long");
      });
      const refused = await queue.record({ ...RUN, key: "refused" });
      const next = await queue.record(RUN);
      await work(async () => 1, { places: 1 });
      expect(await ended(next.run.id)).toMatchObject({ state: "succeeded" });
      expect(await ended(refused.run.id)).toMatchObject({
        state: "failed",
        error: { code: "xqbus:value-refused", message: "the end of the run cannot be written: too long" },
      });
    });

    it("fail although those who hear of their ends refuse all of them, and give their place back", async () => {
      queue.onEnded(async ({ key }) => {
        if (key === "refused") throw new Error("no end today");
      });
      const refused = await queue.record({ ...RUN, key: "refused" });
      const next = await queue.record(RUN);
      await work(async () => 1, { places: 1 });
      expect(await ended(next.run.id)).toMatchObject({ state: "succeeded" });
      expect(await ended(refused.run.id)).toMatchObject({
        ...{ state: "failed", attempts: 1 },
        error: { code: "xqbus:internal", message: "the end of the run cannot be written: no end today" },
      });
    });

    it("that succeeded succeed when there is room on the disk again, however often there was none", async () => {
      let refusals = 12;
      queue.onEnded(async () => {
        if (refusals-- > 0) throw new XqbusError("xqbus:store-full", "no room");
      });
      const { run } = await queue.record({ ...RUN, retry: "1x" });
      await work(async () => 1, { leaseMs: 10 });
      expect(await ended(run.id)).toMatchObject({ state: "succeeded", attempts: 1 });
      expect(refusals).toBe(-1);
    });

    it("end the workflow with them that nobody can tell of their end", async () => {
      const { run: parent } = await queue.record({ ...RUN, kind: "workflow" });
      await queue.change((changes) => changes.wait(parent.id));
      const step = { ...RUN, parent: parent.id };
      const other = await queue.record({ ...step, kind: "delay", step: "later", dueAt: queue.now + 3_600_000 });
      queue.onEnded(async ({ step: ending }) => {
        if (ending === "s") throw new Error("no end today");
      });
      const { run } = await queue.record({ ...step, step: "s" });
      await work(async () => 1);
      const error = { code: "xqbus:internal", message: "the end of the run cannot be written: no end today" };
      expect(await ended(run.id)).toMatchObject({ state: "failed", error });
      expect(await ended(parent.id)).toMatchObject({
        state: "failed",
        error: { message: `step "s": ${error.message}` },
      });
      expect(await ended(other.run.id)).toMatchObject({ state: "cancelled" });
    });

    it("are begun again when the database took nothing at first", async () => {
      const { run } = await queue.record({ ...RUN, kind: "workflow", retry: "1x" });
      let refusals = 1;
      const begin = async ({ id }: Run, changes: RunChanges): Promise<void> => {
        if (refusals-- > 0) throw new XqbusError("xqbus:store-full", "no room");
        await changes.end(id, { state: "succeeded", output: 1 });
      };
      await work(async () => undefined, { kinds: { workflow: { begin } }, leaseMs: 50 });
      expect(await ended(run.id)).toMatchObject({ state: "succeeded", failures: 0 });
    });

    it("fail when they cannot be begun", async () => {
      const { run } = await queue.record({ ...RUN, kind: "workflow" });
      const begin = async (): Promise<void> => {
        throw new Error("a broken definition");
      };
      await work(async () => undefined, { kinds: { workflow: { begin } } });
      expect(await ended(run.id)).toMatchObject({ state: "failed", error: { message: "a broken definition" } });
    });

    it("can be queued again after their end, with the same key and all tries", async () => {
      const { run } = await queue.record({ ...RUN, key: "k", retry: "1x" });
      await work(async ({ attempts }) => {
        if (attempts === 1) throw new Error("the first time");
        return attempts;
      });
      expect(await ended(run.id)).toMatchObject({ state: "failed" });
      await queue.change((changes) => changes.requeue(run.id));
      await vi.waitFor(async () => expect(await queue.get(run.id)).toMatchObject({ state: "succeeded" }));
      expect(await queue.get(run.id)).toMatchObject({ key: "k", output: 2, error: undefined });
    });

    it("are listed the latest first, in pages", async () => {
      const ids: string[] = [];
      for (let n = 0; n < 5; n++)
        ids.unshift((await queue.record({ ...RUN, eventId: n < 2 ? "e" : undefined })).run.id);
      const listed = async (query: Parameters<RunQueue["list"]>[0]): Promise<string[]> =>
        (await queue.list(query)).map(({ id }) => id);
      expect(await listed({})).toEqual(ids);
      expect(await listed({ limit: 2 })).toEqual(ids.slice(0, 2));
      expect(await listed({ limit: 2, before: ids[1] })).toEqual(ids.slice(2, 4));
      expect(await listed({ eventId: "e" })).toEqual(ids.slice(3));
      expect(await listed({ state: "failed" })).toEqual([]);
      expect(await listed({ subject: RUN.subject, state: "queued", limit: 1 })).toEqual(ids.slice(0, 1));
      await expect(queue.list({ limit: 0 })).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
    });

    it("are listed in pages of bounded bytes", async () => {
      queue = new RunQueue(database, { maxAnswerBytes: 5000 });
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) ids.unshift((await queue.record({ ...RUN, name: "x".repeat(2000) })).run.id);
      const shown: string[] = [];
      const pages: string[][] = [];
      let before: string | undefined;
      do {
        const page = await queue.page({ before, limit: 4 }, async (run) => (shown.push(run.id), run));
        pages.push(page.items.map(({ id }) => id));
        before = page.next;
      } while (before !== undefined);
      expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
      // What does not fit is not made beyond the first of it.
      expect(shown).toHaveLength(7);
      expect((await queue.page({ limit: 2 }, async () => "x".repeat(9000))).items).toHaveLength(1);
      expect(await queue.page({ limit: 5, state: "failed" }, async (run) => run)).toEqual({ items: [] });
    });

    it("that are retried for ever keep their first and last attempts and lines, and say how many are left out", async () => {
      let now = Date.now();
      queue = new RunQueue(database, { keepAttempts: 2, now: () => now });
      const { run } = await queue.record({ ...RUN, retry: "forever schedule 1ms jitter 0" });
      for (let attempt = 1; attempt <= 9; attempt++) {
        now += 10;
        const [claimed] = await queue.claim({ leaseMs: 1000, most: 1, kinds: ["action"], concurrency: new Map() });
        if (claimed === undefined) throw new Error("nothing was taken");
        const line = (text: string): RunLogLine => ({ attempt, at: now, level: "info", text });
        await queue.addLogs(run.id, 1, [line(`${attempt} a`), line(`${attempt} b`)]);
        const end = { kind: "failed", error: new Error(`no ${attempt}`) } as const;
        await queue.change((changes) => settleAttempt(changes, { ...claimed, end, random: 0 }));
      }
      expect((await queue.attempts(run.id)).map(({ number, error }) => [number, error?.message])).toEqual([
        ...[1, 2, 8, 9].map((number) => [number, `no ${number}`]),
      ]);
      expect(await queue.get(run.id)).toMatchObject({ state: "waiting", attempts: 9, failures: 9 });
      const texts = async (query: RunLogQuery): Promise<readonly [texts: string, next: string | undefined]> => {
        const { items, next } = await queue.logs(run.id, query);
        return [items.map(({ text }) => text).join("|"), next];
      };
      expect(await texts({})).toEqual(["1 a|1 b|2 a|2 b|attempts 3 to 7 are left out|8 a|8 b|9 a|9 b", undefined]);
      expect(await texts({ limit: 4 })).toEqual(["1 a|1 b|2 a|2 b", "2.2"]);
      expect(await texts({ limit: 3, after: "2.2" })).toEqual(["attempts 3 to 7 are left out|8 a|8 b|9 a", "9.1"]);
      expect(await texts({ after: "9.1" })).toEqual(["9 b", undefined]);
      for (const wrong of [{ limit: 501 }, { after: "9" }, { after: "9.1;" }]) {
        await expect(queue.logs(run.id, wrong)).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
      }
    });

    it("are forgotten some time after their end, steps with what they are steps of", async () => {
      const kept = await queue.record(RUN);
      const parent = await queue.record({ ...RUN, kind: "workflow" });
      const child = await queue.record({ ...RUN, parent: parent.run.id, step: "a" });
      await queue.addLogs(child.run.id, 1, [{ attempt: 1, at: 1, level: "info", text: "a" }]);
      await queue.cancel(child.run.id);
      expect(await queue.forget(Date.now() + 1000)).toBe(0);
      await queue.cancel(parent.run.id);
      expect(await queue.forget(Date.now() - 10_000)).toBe(0);
      const between = Date.now() + 500;
      await database.kysely.updateTable("run").set({ ended_at: between }).where("id", "=", child.run.id).execute();
      // Its input is that of the parent.
      expect(await queue.forget(between)).toBe(0);
      expect(await queue.forget(Date.now() + 1000)).toBe(2);
      expect((await queue.list()).map(({ id }) => id)).toEqual([kept.run.id]);
      expect(await queue.logs(child.run.id)).toEqual({ items: [] });
    });
  });
}
