import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Action, ActionService, Run, RunTrigger, RunWithData } from "../../src/action/index.ts";
import { RunQueue } from "../../src/action/run/index.ts";
import { openWorkDatabase } from "../../src/action/work-database.ts";
import { openDatabase, type Migrations } from "../../src/database/index.ts";
import { ActionFolder, doneRun, endedRun } from "../helpers/actions.ts";
import { DATABASE_PRODUCTS } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";

const HTTP: RunTrigger = { kind: "http", who: "key" };

const EVENT_HANDLE: Migrations = {
  name: "seed",
  steps: {
    "001-event_handle": async ({ sql, kysely }) => {
      await sql`CREATE TABLE event_handle(event_id numeric, event_name text, event_content text, date date)`.execute(
        kysely,
      );
    },
  },
};

const MODULES: Readonly<Record<string, string>> = {
  "echo.js": `export async function echo(event, context) {
    context.log.info("hello");
    context.log.warn(\`rows: \${event.content.length}\`);
    console.error("from the console");
    const { runId, attempt, idempotencyKey, trigger, eventId } = context;
    return { event, runId, attempt, idempotencyKey, trigger, eventId, hasSignal: context.signal instanceof AbortSignal };
  }
  export const publish = (event, context) => context.publish(event.content);
  export const fails = () => { throw Object.assign(new Error("no"), { permanent: true }); };
  export const exits = () => process.exit(3);
  export const polite = (event, { signal, log }) =>
    new Promise((resolve) => {
      signal.addEventListener("abort", () => resolve("done all the same"));
      log.info("begun");
    });
  export const loops = () => { for (;;); };
  export const circle = () => { const a = {}; a.a = a; return a; };
  export const deep = () => { let a = []; for (let depth = 0; depth < 1e6; depth++) a = [a]; return a; };`,
  "broken.js": "export const a = ;\n",
};

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `actions in ${product.name}`, () => {
    let products: { readonly newUrl: () => string; readonly stop: () => void };
    const folder = new ActionFolder(MODULES);
    const published: unknown[] = [];
    let service: ActionService;
    beforeAll(async () => {
      products = await product.start();
      mkdirSync(join(folder.path, "sub"));
    }, 60_000);
    afterAll(() => {
      products.stop();
      folder.remove();
    });
    beforeEach(async () => {
      service = await folder.open({
        url: products.newUrl(),
        publish: async (event) => {
          if (typeof event !== "string") throw new Error("no text");
          published.push(event);
          return "id-1";
        },
      });
    });
    afterEach(() => service.close({ timeoutMs: 0 }));

    const create = (exported: string, more: object = {}): Promise<Action> =>
      service.actions.create({ name: exported, module: "echo.js", function: exported, retry: "1x", ...more });
    const ended = (id: string): Promise<RunWithData> => endedRun(service, id);
    const done = (idOrName: string, content?: unknown): Promise<RunWithData> => doneRun(service, idOrName, content);

    const withData = async ({ runs }: ActionService, subject: string): Promise<readonly RunWithData[]> => {
      const listed = await runs.list({ subject });
      return Promise.all(listed.map(({ id }) => runs.get(id)));
    };

    it("are called with the event and a context, and what they write is kept", async () => {
      const { id } = await create("echo");
      const content = [{ event_id: 1 }, { event_id: 2 }];
      const run = await done(id, content);
      expect(run).toMatchObject({ state: "succeeded", name: "echo", subject: id });
      expect(run.output).toEqual({
        ...{ event: { type: "rows", content }, runId: run.id, attempt: 1, idempotencyKey: run.id },
        ...{ trigger: HTTP, hasSignal: true },
      });
      expect((await service.runs.logs(run.id)).items.map(({ level, text }) => `${level} ${text}`)).toEqual([
        "info hello",
        "warn rows: 2",
        "error from the console",
      ]);
    });

    it("send events, by way of the daemon", async () => {
      const { name } = await create("publish");
      expect(await done(name, "<Event/>")).toMatchObject({ state: "succeeded", output: "id-1" });
      expect(published).toEqual(["<Event/>"]);
      expect(await done(name, 5)).toMatchObject({ state: "failed" });
      published.length = 0;
    });

    it.each<readonly [name: string, code: string, message: string | RegExp, retry: string]>([
      ["fails", "xqbus:code-failed", "fails of echo.js failed: Error: no", "1x"],
      [
        "exits",
        "xqbus:process-ended",
        "the process of exits of echo.js ended with exit code 3 before there was a result",
        "1x",
      ],
      ["circle", "xqbus:illegal-result", /^circle of echo\.js failed: .*the result is no data of JSON/, "5x"],
      ["deep", "xqbus:illegal-result", /the result is no data of JSON: it is nested too deeply/, "5x"],
      ["missing", "xqbus:invalid-module", /has no export "missing"/, "1x"],
    ])("that go wrong fail with what was wrong: %s", async (name, code, message, retry) => {
      await create(name, { retry });
      const { state, error, attempts } = await done(name);
      expect({ state, code: error?.code, attempts }).toEqual({ state: "failed", code, attempts: 1 });
      expect(error?.message).toMatch(message);
    });

    it("that do not end are killed, and others go on", async () => {
      await create("loops", { timeoutMs: 300 });
      await create("echo");
      const looping = await done("loops");
      expect(looping).toMatchObject({
        ...{ state: "failed", attempts: 1 },
        error: { code: "xqbus:timeout", message: "loops of echo.js did not end within 300 ms" },
      });
      expect(await done("echo")).toMatchObject({ state: "succeeded" });
    });

    it("that end well in the time that is left to them when a daemon ends have ended well; cancelled ones have not", async () => {
      const url = products.newUrl();
      const other = await folder.open({ url });
      const { id } = await other.actions.create({ name: "polite", module: "echo.js", function: "polite" });
      const begun = async (): Promise<string> => {
        const { run } = await other.begin(id, { event: { type: "rows", content: [] }, trigger: HTTP });
        await vi.waitFor(async () => expect((await other.runs.logs(run.id)).items).toHaveLength(1), 20_000);
        return run.id;
      };
      const cancelled = await begun();
      await other.runs.cancel(cancelled);
      expect(await endedRun(other, cancelled)).toMatchObject({ state: "cancelled", output: undefined });
      const run = await begun();
      await other.close({ timeoutMs: 0 });
      await using database = await openWorkDatabase(url);
      const kept = await new RunQueue(database).get(run);
      expect(kept).toMatchObject({ state: "succeeded", output: "done all the same", attempts: 1 });
    });

    it("whose module is broken say where, and work when it is mended", async () => {
      await create("broken", { module: "broken.js", retry: "50x schedule 100ms" });
      const { run } = await service.begin("broken", { event: { type: "rows", content: [] }, trigger: HTTP });
      await vi.waitFor(async () => {
        const { error } = await service.runs.get(run.id);
        expect(error?.code).toBe("xqbus:invalid-module");
        expect(error?.message).toMatch(/broken\.js.*SyntaxError/);
      }, 20_000);
      folder.write("broken.js", "export const broken = () => 'mended';\n");
      expect(await ended(run.id)).toMatchObject({ state: "succeeded", output: "mended" });
      folder.write("broken.js", MODULES["broken.js"] ?? "");
    });

    it.each([
      [{ name: " " }, 'name must be one line of 1 to 200 characters, got " "'],
      [{ module: "../evil.js" }, /the module "\.\.\/evil\.js" must be a path below/],
      [{ module: "/etc/passwd.js" }, /must be a path below/],
      [{ module: "none.js" }, /there is no module "none\.js" in /],
      [{ module: "echo.py" }, /must be a file of JavaScript/],
      [{ function: "a b" }, 'function must be the name of an exported function, got "a b"'],
      [{ retry: "often" }, /^retry: "often" is not understood/],
      [{ timeoutMs: 0 }, /^timeoutMs must be/],
      [{ concurrency: 0 }, /^concurrency must be/],
    ])("are refused with what would be right: %j", async (change, message) => {
      const refused = service.actions.create({ name: "a", module: "echo.js", function: "echo", ...change });
      await expect(refused).rejects.toMatchObject({
        code: "xqbus:illegal-argument",
        message: (message instanceof RegExp ? expect.stringMatching(message) : message) as string,
      });
      expect(await service.actions.list()).toEqual([]);
    });

    it("have names that are there once, are changed and deleted", async () => {
      const first = await create("echo", { concurrency: 2 });
      await expect(create("echo")).rejects.toMatchObject({
        message: 'there is an action "echo" already; take another name',
      });
      const changed = await service.actions.update("echo", { name: "Event handle", timeoutMs: 10 });
      expect(changed).toEqual({ ...first, name: "Event handle", timeoutMs: 10, updatedAt: changed.updatedAt });
      expect(await service.actions.find(first.id)).toEqual(changed);
      await service.actions.delete(changed);
      await expect(service.actions.get(first.id)).rejects.toMatchObject({
        message: `"${first.id}" is not the id or name of an action; there is none`,
      });
    });

    it("follow other actions, also failed ones, once for each run", async () => {
      const { id } = await create("echo");
      await create("fails");
      const next = await service.actions.create({ name: "next", module: "echo.js", function: "publish", retry: "1x" });
      await service.triggers.add(next.id, { kind: "action", after: "echo" });
      await service.triggers.add(next.id, { kind: "action", after: "fails", on: "failure" });
      await service.triggers.add(next.id, { kind: "action", after: "fails", on: "success" });
      const first = await done("echo");
      const failed = await done("fails");
      await vi.waitFor(async () => expect(await service.runs.list({ subject: next.id })).toHaveLength(2));
      const [afterFailure, afterSuccess] = await withData(service, next.id);
      expect(afterSuccess).toMatchObject({
        event: { type: "action.success", content: first.output },
        ...{ trigger: { kind: "action", run: first.id }, depth: 1 },
      });
      expect(afterFailure).toMatchObject({
        event: { type: "action.failure", content: { error: failed.error } },
        trigger: { kind: "action", run: failed.id },
      });
      expect(await service.triggers.list(next.id)).toHaveLength(3);
      await service.triggers.removeAll(id);
      expect(await service.triggers.list(next.id)).toHaveLength(2);
    });

    it("that were deleted are not tried again and again", async () => {
      const { run } = await service.runs.record({
        ...{ kind: "action", subject: "5eaf0db7f6f51d5255974217", name: "Gone", trigger: HTTP },
        ...{ event: { type: "rows", content: [] }, timeoutMs: 1000, retry: "forever schedule 1h" },
      });
      const error = { code: "xqbus:unknown-name", message: "the action 5eaf0db7f6f51d5255974217 was deleted" };
      expect(await ended(run.id)).toMatchObject({ state: "failed", attempts: 1, error });
    });

    it("end although what follows cannot take their output, which fails with the reason", async () => {
      const small = await folder.open({ url: products.newUrl(), maxInputBytes: 100 });
      try {
        const make = (name: string): Promise<Action> =>
          small.actions.create({ name, module: "echo.js", function: name, retry: "1x" });
        await make("echo");
        const next = await make("publish");
        await small.triggers.add(next.id, { kind: "action", after: "echo" });
        expect(await doneRun(small, "echo")).toMatchObject({ state: "succeeded" });
        expect(await withData(small, next.id)).toMatchObject([
          {
            ...{ state: "failed", attempts: 0, event: { type: "action.success", content: null } },
            error: { code: "xqbus:limit-exceeded", message: expect.stringMatching(/at most 100 are kept/) as unknown },
          },
        ]);
      } finally {
        await small.close({ timeoutMs: 0 });
      }
    });

    it("are started by a schedule, each time once", async () => {
      const { id } = await create("echo");
      const trigger = await service.triggers.add(id, { kind: "schedule", cron: "* * * * * *", content: [1] });
      await vi.waitFor(
        async () => expect((await service.runs.list({ subject: id })).length).toBeGreaterThan(1),
        20_000,
      );
      const runs = await withData(service, id);
      const keys = runs.map(({ key }) => key);
      expect(new Set(keys).size).toBe(keys.length);
      expect(keys[0]).toMatch(new RegExp(`^schedule:${trigger.id}:\\d{4}-.*:\\d\\d\\.000Z$`));
      expect(runs[0]).toMatchObject({
        event: { type: "schedule", content: [1] },
        trigger: { kind: "schedule", id: trigger.id },
      });
      expect(await service.triggers.remove(trigger.id, id)).toBe(true);
      expect(await service.triggers.remove(trigger.id, id)).toBe(false);
      await expect(service.triggers.add(id, { kind: "schedule", cron: "every day" })).rejects.toMatchObject({
        code: "xqbus:illegal-argument",
        message: expect.stringMatching(/^the schedule "every day" in "UTC" is not understood/) as string,
      });
      await expect(
        service.triggers.add(id, { kind: "schedule", cron: "0 3 * * *", timeZone: "Mars/Base" }),
      ).rejects.toMatchObject({ code: "xqbus:illegal-argument" });
    });

    it("are started by a schedule although that of another one cannot be recorded, which fails with the reason", async () => {
      const url = products.newUrl();
      // There is more room when they are made than later.
      const roomy = await folder.open({ url });
      const input = { module: "echo.js", function: "echo", retry: "1x" };
      const { id: large } = await roomy.actions.create({ ...input, name: "large" });
      const { id } = await roomy.actions.create({ ...input, name: "echo" });
      const everySecond = { kind: "schedule", cron: "* * * * * *" } as const;
      await roomy.triggers.add(large, { ...everySecond, content: "x".repeat(200) });
      await roomy.triggers.add(id, everySecond);
      await roomy.close({ timeoutMs: 0 });
      const small = await folder.open({ url, maxInputBytes: 100 });
      try {
        await expect(small.triggers.add(id, { ...everySecond, content: "x".repeat(80) })).rejects.toMatchObject({
          code: "xqbus:limit-exceeded",
          message: "the input of its runs has 112 bytes of JSON; at most 100 are kept",
        });
        const ended = async (subject: string, state: Run["state"]): Promise<void> =>
          vi.waitFor(async () => {
            expect(await small.runs.list({ subject, state })).not.toEqual([]);
          }, 20_000);
        await ended(id, "succeeded");
        await ended(large, "failed");
        expect((await withData(small, large))[0]).toMatchObject({
          ...{ attempts: 0, event: { type: "schedule", content: null } },
          error: { code: "xqbus:limit-exceeded" },
        });
      } finally {
        await small.close({ timeoutMs: 0 });
      }
    });

    it("are run again: failed ones the same run, others as a new one", async () => {
      await create("fails");
      const failed = await done("fails");
      expect(await service.retry(failed.id)).toMatchObject({ id: failed.id, state: "queued" });
      await ended(failed.id);
      await create("echo");
      const first = await done("echo", [1]);
      const again = await service.retry(first.id, "me");
      expect(await service.runs.get(again.id)).toMatchObject({
        event: first.event,
        trigger: { kind: "run", run: first.id, who: "me" },
      });
      expect(again.id).not.toBe(first.id);
      await ended(again.id);
    });

    it("of the seed inserts rows with their day, logs its lines, and refuses what is no list", async () => {
      const database = products.newUrl();
      await using rows = await openDatabase<{ event_handle: object }>(database, { migrations: EVENT_HANDLE });
      await service.close({ timeoutMs: 0 });
      service = await folder.open({ url: products.newUrl(), databases: { "dwh/data_prim": database } });
      const { id } = await service.actions.create({
        ...{ name: "Event handle", module: "xqbus:event_handle", function: "event_handle" },
      });
      const good = await done(id, [
        { event_name: "Rebecca", event_id: 1, event_content: "imperdiet ornare." },
        { event_name: "Veronica", event_id: 2, event_content: "Nullam ut nisi a odio" },
      ]);
      expect(good).toMatchObject({ state: "succeeded", output: { stats: { table: "event_handle", inserted: 2 } } });
      const found = await rows.kysely.selectFrom("event_handle").selectAll().execute();
      expect(found).toHaveLength(2);
      expect(found[0]).toMatchObject({ event_name: "Rebecca", event_content: "imperdiet ornare." });
      await vi.waitFor(async () =>
        expect((await service.runs.logs(good.id)).items.map(({ text }) => text)).toEqual([
          "Start inserting event to data_prim/event_handle",
          "event_type = rows, number of rows = 2",
          expect.stringMatching(/^End insert of event: stats=\{.*\}, error=None$/),
        ]),
      );
      expect(await done(id, { event_name: "Rebecca" })).toMatchObject({
        ...{ state: "failed", attempts: 1 },
        error: { message: expect.stringContaining("When playing this action you need to send rows") as string },
      });
      expect(await done(id, [{ event_nam: "Rebecca" }])).toMatchObject({
        ...{ state: "failed", attempts: 1 },
        error: { message: expect.stringContaining("no column event_nam; did you mean event_name?") as string },
      });
      expect(await rows.kysely.selectFrom("event_handle").selectAll().execute()).toHaveLength(2);
    });
  });
}
