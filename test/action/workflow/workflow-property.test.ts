import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { DELAY, type RunKind } from "../../../src/action/run/run-kind.ts";
import { isEnded, RunQueue, type ClaimedRun } from "../../../src/action/run/index.ts";
import { settleAttempt } from "../../../src/action/run/settle-attempt.ts";
import { openWorkDatabase, type WorkTables } from "../../../src/action/work-database.ts";
import { checkWorkflow } from "../../../src/action/workflow/check-definition.ts";
import { WORKFLOW_KIND, workflowHook } from "../../../src/action/workflow/workflow-run.ts";
import type { Database } from "../../../src/database/index.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";

const CONDITIONS = { none: undefined, holds: "/rows/row", fails: "/rows/none", breaks: "1 idiv 0 = 1" } as const;

/** A step as the generator makes it. */
interface Plan {
  readonly name: string;
  readonly after: readonly string[];
  readonly condition: keyof typeof CONDITIONS;
  readonly onFailure: string;
  readonly isPause: boolean;
  /** Whether its action succeeds. */
  readonly isGood: boolean;
}

const planArbitrary = fc.record({
  after: fc.array(fc.nat(6), { maxLength: 3 }),
  condition: fc.constantFrom("none", "none", "none", "holds", "fails", "breaks"),
  onFailure: fc.constantFrom("fail", "fail", "continue", 1, 2),
  isPause: fc.boolean(),
  isGood: fc.boolean(),
});

/** Steps whose arrows lead to later ones; those that others fail to come after nothing. */
const plansArbitrary: fc.Arbitrary<readonly Plan[]> = fc
  .array(planArbitrary, { minLength: 1, maxLength: 7 })
  .map((drafts) => {
    const named = drafts.map((draft, index) => {
      const { onFailure, isPause, isGood } = draft;
      const other =
        typeof onFailure === "number" && index + onFailure < drafts.length ? `s${index + onFailure}` : "fail";
      const after = [...new Set(draft.after.filter((each) => each < index).map((each) => `s${each}`))];
      const condition: Plan["condition"] = draft.condition;
      const target = typeof onFailure === "number" ? other : onFailure;
      return { name: `s${index}`, after, condition, onFailure: target, isPause, isGood: isPause || isGood };
    });
    const targets = new Set(named.map(({ onFailure }) => onFailure));
    return named.map((plan) => (targets.has(plan.name) ? { ...plan, after: [] } : plan));
  });

/** What is to become of each step, said as simply as can be. */
function expected(plans: readonly Plan[]): ReadonlyMap<string, string> {
  const known = new Map<string, string>();
  const policy = ({ onFailure }: Plan): string =>
    onFailure === "fail" ? "failed" : onFailure === "continue" ? "tolerated" : "handled";
  const become = (plan: Plan): string => {
    const sources = plans.filter(({ onFailure }) => onFailure === plan.name).map(({ name }) => known.get(name));
    if (sources.length > 0) {
      if (!sources.includes("handled")) return sources.includes("blocked") ? "blocked" : "skipped";
    } else {
      const before = plan.after.map((name) => known.get(name) ?? "");
      if (before.some((each) => each === "failed" || each === "blocked")) return "blocked";
      if (before.length > 0 && !before.some((each) => each === "succeeded" || each === "tolerated")) return "skipped";
    }
    if (plan.condition === "fails") return "skipped";
    return plan.condition === "breaks" || !plan.isGood ? policy(plan) : "succeeded";
  };
  // Each step's arrows lead to later ones.
  for (const plan of plans) known.set(plan.name, become(plan));
  return known;
}

describeWith([SQLITE], "any workflow, with two workers that die at any time", () => {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-workflow-"));
  let databases: Database<WorkTables>[];
  let now = 1_000_000;
  beforeAll(async () => {
    const url = `sqlite:${join(folder, "work.db")}`;
    databases = [await openWorkDatabase(url), await openWorkDatabase(url)];
    for (const name of ["good", "bad"]) {
      await databases[0]?.kysely
        .insertInto("action")
        .values({
          ...{ id: `${name}-id`, name, module: "m.js", function: name, timeout_ms: 5000, retry: "1x" },
          ...{ concurrency: null, created_at: 0, updated_at: 0 },
        })
        .execute();
    }
  });
  afterAll(async () => {
    for (const database of databases) await database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("does each step as the graph says, once recorded, and ends the same; also when it goes on after a failure", async () => {
    await fc.assert(
      fc.asyncProperty(plansArbitrary, fc.array(fc.nat(999), { maxLength: 150 }), async (plans, choices) => {
        for (const table of ["run", "run_attempt"] as const) await databases[0]?.kysely.deleteFrom(table).execute();
        const bus = new Workers(databases, choices);
        const definition = checkWorkflow({
          name: "W",
          steps: Object.fromEntries(plans.map((plan) => [plan.name, stepOf(plan)])),
        });
        const { run } = await bus.queue.record({
          ...{ kind: "workflow", subject: "w", name: "W", definition, timeoutMs: 1, retry: "1x" },
          ...{ event: { type: "rows", content: [1] }, trigger: { kind: "http" } },
        });
        const check = async (wanted: ReadonlyMap<string, string>): Promise<void> => {
          await bus.workUntilEnded(run.id);
          const children = await bus.queue.list({ parent: run.id, limit: 100 });
          expect(new Set(children.map(({ step }) => step)).size).toBe(children.length);
          const policies = new Map(plans.map(({ name, onFailure }) => [name, onFailure]));
          const became = new Map(plans.map(({ name }) => [name, "blocked"]));
          for (const { step = "", kind, state } of children) {
            const policy = policies.get(step);
            const failed = policy === "fail" ? "failed" : policy === "continue" ? "tolerated" : "handled";
            const good = kind === "decision" ? "skipped" : "succeeded";
            became.set(step, state === "succeeded" ? good : state === "failed" ? failed : state);
          }
          expect(became).toEqual(wanted);
          const isFailed = [...wanted.values()].includes("failed");
          expect((await bus.queue.get(run.id)).state).toBe(isFailed ? "failed" : "succeeded");
        };
        const wanted = expected(plans);
        await check(wanted);
        // Actions do better the next time; what has been done stays as it is.
        bus.isBetter = true;
        if (![...wanted.values()].includes("failed")) return;
        await bus.queue.change((changes) => changes.requeue(run.id));
        await check(
          expected(
            plans.map((plan) => ({
              ...plan,
              isGood: plan.isGood || ["failed", "blocked"].includes(wanted.get(plan.name) ?? ""),
            })),
          ),
        );
      }),
      { numRuns: 40 },
    );
  });

  function stepOf({ after, condition, onFailure, isPause, isGood }: Plan): Record<string, unknown> {
    const when = CONDITIONS[condition];
    const what = isPause ? { delay: "1ms" } : { action: isGood ? "good" : "bad" };
    return { ...what, after, onFailure, ...(when === undefined ? {} : { when }) };
  }

  /** Two workers that do what the choices say, one small thing after the other. */
  class Workers {
    isBetter = false;
    readonly #queues: readonly RunQueue[];
    readonly #held: [ClaimedRun[], ClaimedRun[]] = [[], []];
    readonly #choices: number[];
    #isToThrow = false;

    constructor(of: readonly Database<WorkTables>[], choices: readonly number[]) {
      this.#choices = [...choices];
      this.#queues = of.map((database) => {
        const queue = new RunQueue(database, { now: () => now });
        queue.onEnded(workflowHook);
        return queue;
      });
    }

    get queue(): RunQueue {
      return this.#queues[0] as RunQueue;
    }

    async workUntilEnded(id: string): Promise<void> {
      for (let count = 0; count < 1500; count++) {
        // Without choices left: end what is held, then take. Two that are held at once would outlive their leases for ever.
        const choice = this.#choices.shift() ?? (this.#held[0].length === 0 ? 0 : 4);
        await this.#do(choice % 2 === 0 ? 0 : 1, Math.floor(choice / 2) % 6);
        if (isEnded(await this.queue.get(id))) return;
      }
      throw new Error("the workflow does not end");
    }

    async #do(who: 0 | 1, what: number): Promise<void> {
      now += 300;
      if (what <= 1) await this.#take(who, false);
      else if (what === 2) await this.#end(who, false);
      // Dies between two transactions: its leases end.
      else if (what === 3) this.#held[who] = [];
      // Dies before a commit.
      else if (what === 4) await this.#take(who, true);
      else await this.#end(who, true);
    }

    async #take(who: 0 | 1, dies: boolean): Promise<void> {
      const queue = this.#queues[who] as RunQueue;
      const claim = { leaseMs: 1000, most: 1, kinds: ["action", "workflow", "delay"], concurrency: new Map() };
      const [claimed] = await queue.claim(claim);
      if (claimed === undefined) return;
      const kinds: Record<string, RunKind> = { workflow: WORKFLOW_KIND, delay: DELAY };
      const kind = kinds[claimed.run.kind];
      if (kind === undefined || !("begin" in kind)) return void this.#held[who].push(claimed);
      await this.#commit(queue, dies, async (changes) => {
        const held = await changes.held(claimed.run.id, claimed.lease);
        if (held !== undefined) await kind.begin(held, changes);
      });
    }

    async #end(who: 0 | 1, dies: boolean): Promise<void> {
      const [claimed, ...others] = this.#held[who];
      if (claimed === undefined) return;
      const isGood = this.isBetter || claimed.run.name === "good";
      const end = isGood
        ? ({ kind: "succeeded", output: claimed.run.step } as const)
        : ({ kind: "failed", error: new Error("bad") } as const);
      await this.#commit(this.#queues[who] as RunQueue, dies, (changes) =>
        settleAttempt(changes, { ...claimed, end, random: 0 }),
      );
      this.#held[who] = others;
    }

    async #commit(queue: RunQueue, dies: boolean, change: Parameters<RunQueue["change"]>[0]): Promise<void> {
      this.#isToThrow = dies;
      try {
        await queue.change(async (changes) => {
          await change(changes);
          if (this.#isToThrow) throw new Error("killed");
        });
      } catch (error) {
        if (!(error instanceof Error) || error.message !== "killed") throw error;
      }
    }
  }
});
