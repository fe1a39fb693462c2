import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { ActionService } from "../../../src/action/index.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { apis, type RunningApi } from "./harness.ts";

const { start } = apis();
const TOML = 'name = "W"\n[steps.a]\naction = "echo"\n[steps.b]\naction = "echo"\nafter = "a"\ndelay = "1h"\n';

describeWith([SQLITE], "The API for workflows", () => {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-workflow-api-"));
  let databases = 0;
  let actions: ActionService;
  let api: RunningApi;
  beforeEach(async () => {
    writeFileSync(join(folder, "m.js"), "export const echo = (event) => event.content;");
    const url = `sqlite:${join(folder, `${++databases}.db`)}`;
    actions = await ActionService.open({ url, folder, workers: 1, publish: async () => "id" });
    await actions.actions.create({ name: "echo", module: "m.js", function: "echo" });
    await actions.start();
    api = await start({}, { actions });
  });
  afterEach(() => actions.close({ timeoutMs: 0 }));
  afterAll(() => rmSync(folder, { recursive: true }));

  it("makes, shows, starts, cancels, retries and deletes them", async () => {
    const { runs, workflows } = api.client;
    expect(await workflows.check({ toml: TOML, file: "w.toml" })).toEqual({ name: "W", steps: 2 });
    expect(await workflows.list()).toEqual([]);
    const made = await workflows.create({ toml: TOML, file: "w.toml" });
    expect(made).toMatchObject({
      name: "W",
      definition: { steps: [{ name: "a" }, { name: "b", delayMs: 3_600_000 }] },
    });
    expect(made.mermaid).toMatch(/^flowchart TD\n/);
    expect(await workflows.get("W")).toEqual(made);
    expect(await workflows.list()).toEqual([made]);

    const { id } = await workflows.start(made.id, [{ event_id: 1 }]);
    await vi.waitFor(
      async () =>
        expect(await workflows.run(id)).toMatchObject({ steps: [{ status: "succeeded" }, { status: "waiting" }] }),
      { timeout: 30_000, interval: 50 },
    );
    expect(await runs.cancel(id)).toMatchObject({ id, state: "cancelled" });
    expect(await workflows.run(id)).toMatchObject({
      ...{ id, workflow: made.id, name: "W", state: "cancelled", endedAt: expect.any(Number) as unknown },
      steps: [
        { step: "a", status: "succeeded", attempts: 1 },
        { step: "b", status: "cancelled" },
      ],
    });
    expect((await workflows.runs("W")).map((run) => run.id)).toEqual([id]);
    // What waited when it was cancelled begins at once.
    expect(await runs.retry(id)).toMatchObject({ id });
    await vi.waitFor(
      async () => {
        const steps = [{ attempts: 1 }, { status: "succeeded" }];
        expect(await workflows.run(id)).toMatchObject({ state: "succeeded", steps });
      },
      { timeout: 30_000, interval: 50 },
    );
    const definition = { name: "V", steps: { c: { action: "echo" } } };
    expect(await workflows.update("W", { definition })).toMatchObject({ id: made.id, name: "V" });
    expect(await workflows.delete("V", { dryRun: true })).toEqual({ name: "V", triggers: 0, followers: 0 });
    expect(await workflows.delete("V")).toEqual({ name: "V", triggers: 0, followers: 0 });
    await expect(workflows.get(made.id)).rejects.toMatchObject({ code: "xqbus:unknown-name", status: 404 });
  });

  it.each<readonly [body: object, status: number, detail: RegExp]>([
    [{}, 400, /^give one of toml and definition$/],
    [
      { toml: 'name = "W"\n[steps.a]\naction = "ecko"', file: "w.toml" },
      422,
      /^w\.toml:3: steps\.a\.action: there is no action "ecko" \(did you mean "echo"\?\)$/,
    ],
    [{ toml: "name", file: "w.toml" }, 422, /^w\.toml:1:\d+: this is no TOML/],
    [
      { definition: { name: "W", steps: { a: { action: "echo", after: "a" } } } },
      422,
      /the steps wait for each other: a → a/,
    ],
  ])("refuses %j", async (body, status, detail) => {
    const given = { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const authorization = `Bearer ${await api.token("action:write")}`;
    const response = await api.call("/workflows", { ...given, headers: { ...given.headers, authorization } });
    expect(response.status).toBe(status);
    expect(((await response.json()) as { readonly detail: string }).detail).toMatch(detail);
  });

  it("says which runs are of no workflow", async () => {
    const { run } = await actions.begin("echo", { event: { type: "rows", content: [] }, trigger: { kind: "http" } });
    await expect(api.client.workflows.run(run.id)).rejects.toMatchObject({
      message: expect.stringContaining('is not a run of a workflow, but of the action "echo"') as unknown,
    });
  });
});
