import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { ActionService, type Run } from "../../../src/action/index.ts";
import type { HttpLogRecord, HttpOptions } from "../../../src/server/http/http-options.ts";
import { CURL, describeWith, PYTHON_REQUESTS, SHARED_FOLDER, SQLITE } from "../../helpers/requirements.ts";
import { seedSample } from "../../helpers/seed-sample.ts";
import { apis, type RunningApi } from "./harness.ts";

const execute = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "xqbus-http-actions-"));
writeFileSync(
  join(folder, "rows.js"),
  `export function event_handle(event, context) {
    if (!Array.isArray(event.content)) throw Object.assign(new Error("no rows"), { permanent: true });
    context.log.info(\`event_type = \${event.type}, number of rows = \${event.content.length}\`);
    return event.content.map(({ event_name }) => event_name);
  }`,
);
afterAll(() => rmSync(folder, { recursive: true }));

describeWith([SQLITE, SHARED_FOLDER, CURL, PYTHON_REQUESTS], "actions over HTTP", () => {
  const { start } = apis();
  const services: ActionService[] = [];
  afterEach(async () => {
    for (const service of services.splice(0)) await service.close({ timeoutMs: 0 });
  });

  const open = async (
    options: HttpOptions = {},
  ): Promise<{ api: RunningApi; actions: ActionService; log: HttpLogRecord[] }> => {
    const actions = await ActionService.open({
      ...{ url: `sqlite:${join(folder, `${Math.random()}.db`)}`, folder, workers: 1 },
      publish: async () => "none",
    });
    services.push(actions);
    await actions.start();
    const log: HttpLogRecord[] = [];
    return { api: await start({ ...options, log: (record) => void log.push(record) }, { actions }), actions, log };
  };
  const json = async (response: Promise<Response>): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answered = await response;
    return { status: answered.status, body: (await answered.json()) as Record<string, unknown> };
  };
  const post = (body: unknown): RequestInit => ({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const INPUT = { name: "Event handle", module: "rows.js", function: "event_handle" };
  const ended = (actions: ActionService, id: string): Promise<Run> =>
    vi.waitFor(
      async () => {
        const run = await actions.runs.get(id);
        expect(run.endedAt).toBeTypeOf("number");
        return run;
      },
      { timeout: 20_000 },
    );

  it.each([
    ["cURL", "bash", "-c"],
    ["Python 3+", "python3", "-c"],
  ] as const)(
    "are started by the sample of the seed in %s, and its token is in no log",
    async (tab, program, option) => {
      const { api, actions, log } = await open();
      const { body } = await json(api.call("/actions", post(INPUT)));
      const token = await api.token("action:start");
      const { stdout } = await execute(program, [
        option,
        seedSample(tab, { url: api.url, id: String(body["id"]), token }),
      ]);
      const { id } = JSON.parse(stdout) as { id: string };
      expect(await ended(actions, id)).toMatchObject({
        ...{ state: "succeeded", event: { type: "rows" }, trigger: { kind: "http" } },
        output: ["Rebecca", "Veronica", "Aurelia", "Yardley", "Dakota"],
      });
      const shown = await json(api.call(`/dpe/v3/actions/${String(body["id"])}/runs/${id}`));
      const elsewhere = await json(api.call(`/dpe/v3/actions/${"0".repeat(24)}/runs/${id}`));
      expect([elsewhere.status, elsewhere.body["code"]]).toEqual([404, "xqbus:unknown-name"]);
      expect(shown.body["logs"]).toMatchObject([{ level: "info", text: "event_type = rows, number of rows = 5" }]);
      expect(JSON.stringify(log)).not.toContain(token);
      expect(JSON.stringify(await api.client.audit())).not.toContain(token);
    },
  );

  it("take a token in the query only where they are started, and a key's scope for one of them", async () => {
    const { api, actions } = await open();
    const { id } = await actions.actions.create(INPUT);
    const { id: other } = await actions.actions.create({ ...INPUT, name: "other" });
    const own = await api.token(`action:start:${id}`);
    const started = async (action: string, token: string): Promise<number> =>
      (await fetch(`${api.url}/dpe/v3/actions/${action}/start?token=${token}`, post([]))).status;
    expect(await started(id, own)).toBe(200);
    expect(await started(other, own)).toBe(403);
    expect(await started("nothing of this name", own)).toBe(403);
    expect(await started(id, "expired")).toBe(401);
    expect((await fetch(`${api.url}/actions?token=${await api.token()}`)).status).toBe(401);
  });

  it("say of a token whose time is over that it has expired, in header and query", async () => {
    let now = Date.now();
    const { api, actions } = await open({ now: () => now, tokenMs: 60_000 });
    const { id } = await actions.actions.create(INPUT);
    const token = await api.token("action:start");
    const url = `${api.url}/dpe/v3/actions/${id}/start`;
    const inHeader = { ...post([]), headers: { ...post([]).headers, authorization: `Bearer ${token}` } };
    expect((await fetch(`${url}?token=${token}`, post([]))).status).toBe(200);
    now += 62_000;
    for (const answer of [fetch(`${url}?token=${token}`, post([])), fetch(url, inHeader)]) {
      expect(await json(answer)).toMatchObject({
        ...{ status: 401, body: { code: "xqbus:authentication-failed" } },
        body: { detail: "the token has expired; get another one with POST /token" },
      });
    }
    expect(await actions.runs.list()).toHaveLength(1);
  });

  it("that are not there, or that a daemon does not have, are 404", async () => {
    const { api } = await open();
    const missing = await json(api.call("/dpe/v3/actions/5eaf0db7f6f51d5255974217/start", post([])));
    expect(missing).toMatchObject({
      status: 404,
      body: { detail: '"5eaf0db7f6f51d5255974217" is not the id or name of an action' },
    });
    expect((await json(api.call("/dpe/v3/workflows/5eaf0db7f6f51d5255974217/start", post([])))).status).toBe(404);
    const none = await start();
    expect((await none.call("/actions")).status).toBe(404);
  });

  it("start once for each idempotency key; runs are shown, cancelled and retried", async () => {
    const { api, actions } = await open();
    const { id } = await actions.actions.create(INPUT);
    const request = post({ no: "rows" });
    const headers = { ...request.headers, "idempotency-key": "k" };
    const first = await json(api.call(`/dpe/v3/actions/${id}/start`, { ...request, headers }));
    const again = await json(api.call(`/dpe/v3/actions/${id}/start`, { ...request, headers }));
    expect(again).toEqual(first);
    const run = String(first.body["id"]);
    const other = await json(api.call(`/dpe/v3/actions/${id}/start`, { ...post([]), headers }));
    expect(other).toMatchObject({
      status: 422,
      body: {
        detail: `the run ${run} has this Idempotency-Key and another input; take another key for another request`,
      },
    });
    expect(await ended(actions, run)).toMatchObject({
      ...{ state: "failed", attempts: 1 },
      error: { message: "event_handle of rows.js failed: Error: no rows" },
    });
    const retried = await json(api.call(`/runs/${run}/retry`, { method: "POST" }));
    expect(retried).toMatchObject({ status: 200, body: { id: run, state: "queued" } });
    await ended(actions, run);
    expect(await json(api.call(`/runs?subject=${id}`))).toMatchObject({
      body: { items: [{ id: run, state: "failed" }] },
    });
    expect((await api.call("/runs/none/cancel", { method: "POST" })).status).toBe(404);
  });

  it("have names that no workflow has, and no ids for names; a limit of concurrency goes with null", async () => {
    const { api, actions } = await open();
    await actions.workflows.create({ name: "W", steps: { a: { delay: "1s" } } });
    const refusal = async (answer: Promise<Response>): Promise<unknown> => (await json(answer)).body["detail"];
    expect(await refusal(api.call("/actions", post({ ...INPUT, name: "W" })))).toBe(
      'there is a workflow "W" already; take another name',
    );
    const { id } = await actions.actions.create({ ...INPUT, concurrency: 3 });
    const taken = actions.workflows.create({ name: INPUT.name, steps: { a: { delay: "1s" } } });
    await expect(taken).rejects.toThrow(`there is an action "${INPUT.name}" already; take another name`);
    expect(await refusal(api.call("/actions", post({ ...INPUT, name: id })))).toBe(
      `"${id}" looks like an id; take a name that nobody takes for one`,
    );
    // What had its name from an earlier release keeps it.
    const { kysely } = actions.database;
    await kysely.updateTable("action").set({ name: "W" }).where("id", "=", id).execute();
    expect(await actions.actions.update(id, { timeoutMs: 5 })).toMatchObject({ name: "W", timeoutMs: 5 });
    const changed = await api.call(`/actions/${id}`, { ...post({ concurrency: null }), method: "PATCH" });
    expect(await changed.json()).not.toHaveProperty("concurrency");
  });

  it("say before they are deleted what goes with them, and which workflows will miss them", async () => {
    const { api, actions } = await open();
    const { id } = await actions.actions.create(INPUT);
    const { id: next } = await actions.actions.create({ ...INPUT, name: "next" });
    await actions.triggers.add(next, { kind: "action", after: id });
    await actions.triggers.add(id, { kind: "schedule", cron: "0 3 * * *" });
    await actions.workflows.create({ name: "W", steps: { a: { action: INPUT.name } } });
    const going = { triggers: 1, followers: 1, workflows: ["W"] };
    const asked = async (query: string): Promise<unknown> =>
      (await json(api.call(`/actions/${id}${query}`, { method: "DELETE" }))).body;
    expect(await asked("?dryRun=true")).toEqual(going);
    expect([await actions.triggers.list(id), await actions.triggers.list(next)].map((list) => list.length)).toEqual([
      1, 1,
    ]);
    expect(await asked("")).toEqual(going);
    expect([await actions.triggers.list(id), await actions.triggers.list(next)]).toEqual([[], []]);
    expect((await api.call(`/actions/${id}`)).status).toBe(404);
  });

  it("are in the trace of the event, for those who may see runs, and in the metrics", async () => {
    const { api, actions } = await open();
    const { id } = await actions.actions.create({ ...INPUT, retry: "2x schedule 1ms" });
    await actions.workflows.create({ name: "W", steps: { a: { action: id }, b: { action: id, after: "a" } } });
    const started = { event: { type: "rows", content: [] }, trigger: { kind: "event" }, eventId: "m1" } as const;
    const { run } = await actions.begin("W", started);
    await ended(actions, run.id);
    const failed = await actions.begin(id, { ...started, event: { type: "rows", content: 5 }, eventId: "m2" });
    await ended(actions, failed.run.id);
    const trace = async (event: string, scope: string): Promise<{ status: number; body: Record<string, unknown> }> =>
      json(
        fetch(`${api.url}/events/${event}/trace`, { headers: { authorization: `Bearer ${await api.token(scope)}` } }),
      );
    expect((await trace("m1", "admin")).body["runs"]).toMatchObject([
      { id: run.id, kind: "workflow", name: "W", state: "succeeded", attempts: [{ number: 1, outcome: "begun" }] },
      { name: "Event handle", step: "a", parent: run.id, attempts: [{ number: 1, outcome: "succeeded" }] },
      { name: "Event handle", step: "b", parent: run.id, attempts: [{ number: 1, outcome: "succeeded" }] },
    ]);
    expect(await trace("m1", "delivery:read")).toMatchObject({ status: 404 });
    expect((await json(api.call("/runs?eventId=m2"))).body["items"]).toMatchObject([{ id: failed.run.id }]);
    const metrics = await (await api.call("/metrics")).text();
    for (const line of [
      'xqbus_runs{kind="action",state="succeeded"} 2',
      'xqbus_runs{kind="action",state="failed"} 1',
      'xqbus_runs{kind="workflow",state="succeeded"} 1',
      "xqbus_runs_oldest_due_seconds 0",
      "xqbus_runs_blocked 0",
      'xqbus_run_attempt_duration_seconds_count{outcome="succeeded"} 2',
      'xqbus_run_duration_seconds_count{kind="workflow",state="succeeded"} 1',
      'xqbus_run_duration_seconds_count{kind="action",state="failed"} 1',
    ]) {
      expect(metrics.split("\n")).toContain(line);
    }
  });

  it("are found by id and by name in the list of runs", async () => {
    const { api, actions } = await open();
    const { id } = await actions.actions.create(INPUT);
    const { run } = await actions.begin(id, { event: { type: "rows", content: [] }, trigger: { kind: "http" } });
    for (const subject of [id, encodeURIComponent(INPUT.name)]) {
      expect((await json(api.call(`/runs?subject=${subject}`))).body["items"]).toMatchObject([{ id: run.id }]);
    }
    expect(await json(api.call("/runs?subject=none"))).toMatchObject({
      ...{ status: 422, body: { detail: '"none" is not the id or name of an action or workflow' } },
    });
    await ended(actions, run.id);
  });

  it("have triggers that are listed and removed", async () => {
    const { api, actions } = await open();
    const { id } = await actions.actions.create(INPUT);
    const added = await json(api.call(`/actions/${id}/triggers`, post({ kind: "schedule", cron: "0 3 * * *" })));
    expect(added).toMatchObject({ status: 201, body: { kind: "schedule", text: "0 3 * * * (UTC)" } });
    expect((await json(api.call(`/actions/${id}/triggers`, post({ kind: "schedule", cron: "often" })))).status).toBe(
      400,
    );
    expect(await json(api.call(`/actions/${id}?dryRun=true`, { method: "DELETE" }))).toMatchObject({
      body: { triggers: 1 },
    });
    expect((await api.call(`/actions/${id}`, { method: "DELETE" })).status).toBe(200);
    expect((await api.call(`/actions/${id}`)).status).toBe(404);
  });
});
