import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, expect, it, vi } from "vitest";
import { openDatabase } from "../../src/database/index.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { CURL, describeWith, PYTHON_REQUESTS, SHARED_FOLDER, SQLITE } from "../helpers/requirements.ts";
import { seedSample } from "../helpers/seed-sample.ts";
import { ActionDaemon, PATIENT, type ShownRun } from "./action-daemon.ts";

const execute = promisify(execFile);

const daemons: ActionDaemon[] = [];

async function started(settings = ""): Promise<ActionDaemon> {
  const daemon = new ActionDaemon(settings);
  daemons.push(daemon);
  await daemon.start();
  return daemon;
}

afterEach(async () => {
  for (const daemon of daemons.splice(0)) await daemon[Symbol.asyncDispose]();
});

describeWith([SQLITE, SHARED_FOLDER, CURL, PYTHON_REQUESTS], "The seed's event_handle", () => {
  it("is set up from the command line, and its samples put rows in its table", { timeout: 180_000 }, async () => {
    const daemon = await started('[databases]\n"dwh/data_prim" = "sqlite:./dwh.db"\n');
    const url = `sqlite:${join(daemon.folder, "dwh.db")}`;
    await daemon.cli(["table", "create", "event_handle", "--database", url]);
    const handle = ["--module", "xqbus:event_handle", "--function", "event_handle"];
    const created = await daemon.cli(["action", "create", "--name", "Event handle", ...handle]);
    const [, id = ""] = /^Action successfully created: ([0-9a-f]{24}) Event handle\n$/.exec(created) ?? [];
    const made = await daemon.cli(["apikey", "create", "shop", "--scope", `action:start:${id}`, "--json"]);
    const key = JSON.parse(made) as { readonly id: string; readonly secret: string };
    const token = await daemon.token(key.id, key.secret);
    for (const [tab, program] of [
      ["cURL", "bash"],
      ["Python 3+", "python3"],
    ] as const) {
      const { stdout } = await execute(program, ["-c", seedSample(tab, { url: daemon.http, id, token })]);
      const run = await daemon.ended((JSON.parse(stdout) as { readonly id: string }).id);
      expect(run).toMatchObject({ state: "succeeded", output: { stats: { table: "event_handle", inserted: 5 } } });
    }
    await using rows = await openDatabase<{ readonly event_handle: Readonly<Record<string, unknown>> }>(url);
    const found = await rows.kysely.selectFrom("event_handle").selectAll().orderBy("event_id").execute();
    expect(found).toHaveLength(10);
    expect(found[9]).toMatchObject({ event_id: 5, event_name: "Dakota", event_content: "nulla. Cras eu tellus eu" });
    expect(found[0]?.["date"]).toMatch(/^\d{4}-\d\d-\d\d$/);

    const wrong = await daemon.cli(["action", "start", "Event handle", "--json"], '{"event_id": 1}');
    expect(await daemon.ended((JSON.parse(wrong) as { readonly id: string }).id)).toMatchObject({
      ...{ state: "failed", attempts: 1 },
      error: { message: expect.stringContaining("When playing this action you need to send rows") as string },
    });
    expect(await daemon.kill("SIGTERM")).not.toContain(token);
  });
});

const PHONE_STATUS = (caller: string, status: string): object => ({
  PhoneStatus: { CallerId: caller, ReceiverId: "2", Status: status },
});

interface Id {
  readonly id: string;
}

describeWith([SQLITE], "A daemon with actions", () => {
  it(
    "that is killed in the run of an event carries it out again, with the same key",
    { timeout: 180_000 },
    async () => {
      const daemon = await started();
      const id = await daemon.create("work");
      const trigger = await daemon.ask<Id>(`/actions/${id}/triggers`, {
        ...{ kind: "event", routingKey: "org.*.event.#" },
        xquery: '//e:PhoneStatus[e:Status = "busy"]/e:CallerId',
      });
      expect(trigger).toMatchObject({ status: 201 });
      writeFileSync(daemon.hold, "");
      await daemon.ask("/events", PHONE_STATUS("1", "free"));
      const { body: event } = await daemon.ask<Id>("/events", PHONE_STATUS("007", "busy"));
      await vi.waitFor(() => expect(daemon.lines).toHaveLength(1), PATIENT);
      await daemon.kill();
      rmSync(daemon.hold);
      await daemon.start();
      const runs = (await daemon.ask<{ readonly items: readonly Id[] }>("/runs")).body.items;
      expect(runs).toHaveLength(1);
      const run = await daemon.ended(runs[0]?.id ?? "");
      expect(run).toMatchObject({
        ...{ state: "succeeded", output: ["007"], eventId: event.id, losses: 1 },
        ...{ trigger: { kind: "event", id: trigger.body.id } },
        attemptList: [{ outcome: "lost" }, { outcome: "succeeded" }],
      });
      expect(daemon.lines.map(({ attempt, content }) => [attempt, content])).toEqual([
        [1, ["007"]],
        [2, ["007"]],
      ]);
      expect(new Set(daemon.lines.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
      const traced = await daemon.cli(["trace", event.id]);
      expect(traced).toMatch(/action work +run [0-9a-f]{24} recorded\n[^]*attempt 1 lost: [^]*attempt 2 succeeded\n/);
    },
  );

  it(
    "carries out workflows by the URL of the seed, by events and times, and goes on after kill -9",
    { timeout: 180_000 },
    async () => {
      const daemon = await started();
      await daemon.create("work");
      await daemon.create("fails");
      const file = join(daemon.folder, "w.toml");
      writeFileSync(file, 'name = "W"\n[steps.a]\naction = "work"\n[steps.b]\naction = "work"\nafter = "a"\n');
      const [, id = ""] = /created: ([0-9a-f]{24}) W\n$/.exec(await daemon.cli(["workflow", "create", file])) ?? [];
      const first = await daemon.ask<Id>(`/dpe/v3/workflows/${id}/start?app_id=1&type=cam`, [{ event_id: 1 }]);
      expect(first.status).toBe(200);
      expect(await daemon.ended(first.body.id)).toMatchObject({ output: { b: [{ event_id: 1 }] } });

      writeFileSync(daemon.hold, "");
      await daemon.ask(`/actions/${id}/triggers`, {
        kind: "event",
        eventTypes: ["PhoneStatus"],
        // Two values are no condition, and an input all the same.
        xquery: "//e:PhoneStatus/(e:CallerId/string(), e:Status/string())",
      });
      const { body: event } = await daemon.ask<Id>("/events", PHONE_STATUS("1", "busy"));
      await vi.waitFor(() => expect(daemon.lines).toHaveLength(3), PATIENT);
      await daemon.kill();
      rmSync(daemon.hold);
      await daemon.start();
      const of = async (query: string): Promise<readonly ShownRun[]> =>
        (await daemon.ask<{ readonly items: readonly ShownRun[] }>(`/runs?${query}`)).body.items;
      const [parent] = (await of(`eventId=${event.id}`)).filter(({ kind }) => kind === "workflow");
      // Its second step gets what the workflow was started with, too.
      expect(await daemon.ended(parent?.id ?? "")).toMatchObject({ state: "succeeded", output: { b: ["1", "busy"] } });
      expect(daemon.lines.slice(2).map(({ idempotencyKey, attempt }) => `${idempotencyKey} ${attempt}`)).toEqual([
        ...[`${parent?.id}/a 1`, `${parent?.id}/a 2`, `${parent?.id}/b 1`],
      ]);

      await daemon.cli(["action", "trigger", "add", "W", "--cron", "* * * * * *"]);
      const scheduled = async (): Promise<ShownRun | undefined> =>
        (await of("subject=W")).find(({ trigger }) => (trigger as { readonly kind: string }).kind === "schedule");
      const begun = await vi.waitFor(async () => {
        const run = await scheduled();
        expect(run).toBeDefined();
        return run;
      }, PATIENT);
      expect(await daemon.ended(begun?.id ?? "")).toMatchObject({ state: "succeeded" });
      expect(await daemon.cli(["workflow", "delete", "W"])).toBe('deleted the workflow "W" and 2 triggers\n');
    },
  );

  it(
    "cancels and retries workflows, and tells of an action that is not there any more",
    { timeout: 180_000 },
    async () => {
      const daemon = await started();
      await daemon.create("work");
      const gone = await daemon.create("fails");
      const definition = { name: "W", steps: { a: { action: "work" }, b: { action: "fails", after: "a" } } };
      expect(
        await daemon.ask("/workflows", { definition: { ...definition, steps: { a: { action: "wrok" } } } }),
      ).toMatchObject({
        body: { detail: expect.stringContaining('there is no action "wrok" (did you mean "work"?)') as string },
      });
      const { body: workflow } = await daemon.ask<Id>("/workflows", { definition });
      await daemon.cli(["action", "delete", gone]);
      const { body: run } = await daemon.ask<Id>(`/dpe/v3/workflows/${workflow.id}/start`, []);
      const message = 'step "b": there is no action "fails" (any more)';
      expect(await daemon.ended(run.id)).toMatchObject({
        state: "failed",
        error: { code: "xqbus:unknown-name", message },
      });
      expect(await daemon.cli(["workflow", "runs", run.id])).toContain("there is no action");

      writeFileSync(daemon.hold, "");
      await daemon.create("fails", { function: "work" });
      expect(await daemon.cli(["workflow", "retry", run.id])).toMatch(/^run \w+ is queued\n$/);
      await vi.waitFor(() => expect(daemon.lines).toHaveLength(2), PATIENT);
      expect(await daemon.cli(["workflow", "cancel", run.id])).toMatch(/^run \w+ is cancelled\n$/);
      await vi.waitFor(
        async () =>
          expect(await daemon.cli(["workflow", "runs", run.id])).toMatch(/b +cancelled .* the step was cancelled\n/),
        PATIENT,
      );
      rmSync(daemon.hold);
      await daemon.cli(["workflow", "retry", run.id]);
      expect(await daemon.ended(run.id)).toMatchObject({ state: "succeeded", output: { b: [] } });
      // The first step was done, and is not done again.
      expect(daemon.lines.filter(({ idempotencyKey }) => idempotencyKey.endsWith("/a"))).toHaveLength(1);
    },
  );
});

describeWith([POSTGRES], "PostgreSQL of a daemon with actions", () => {
  it("may go away while a run is carried out: nothing is lost, and it is told", { timeout: 180_000 }, async () => {
    using server = await TestPostgres.start();
    const daemon = new ActionDaemon("");
    daemons.push(daemon);
    daemon.storage = server.url;
    await daemon.start();
    const id = await daemon.create("work");
    await daemon.ask(`/actions/${id}/triggers`, { kind: "event", eventTypes: ["PhoneStatus"], xquery: "//e:CallerId" });
    writeFileSync(daemon.hold, "");
    const { body: run } = await daemon.ask<Id>(`/dpe/v3/actions/${id}/start`, [{ event_id: 1 }]);
    await vi.waitFor(() => expect(daemon.lines).toHaveLength(1), PATIENT);
    server.kill();
    rmSync(daemon.hold);
    await vi.waitFor(async () => {
      const { status, body } = await daemon.ask<{ readonly checks: readonly object[] }>("/readyz");
      expect(status).toBe(503);
      expect(body.checks).toContainEqual({
        ...{ name: "actions", status: "failed" },
        detail: expect.stringMatching(/^runs wait: /) as string,
      });
    }, PATIENT);
    expect((await daemon.ask(`/dpe/v3/actions/${id}/start`, [])).status).toBe(503);
    await daemon.ask("/events", PHONE_STATUS("1", "busy"));
    server.restart();
    expect(await daemon.ended(run.id)).toMatchObject({ state: "succeeded", output: [{ event_id: 1 }] });
    const byEvent = await vi.waitFor(async () => {
      const { items } = (await daemon.ask<{ readonly items: readonly ShownRun[] }>("/runs?state=succeeded")).body;
      expect(items).toHaveLength(2);
      return items[0];
    }, PATIENT);
    expect(await daemon.ended(byEvent?.id ?? "")).toMatchObject({ output: ["1"], trigger: { kind: "event" } });
    await vi.waitFor(async () => expect((await daemon.ask("/readyz")).status).toBe(200), PATIENT);
    expect(await daemon.kill("SIGTERM")).toMatch(/"part":"action".*database/);
  });
});
