import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import {
  workflowRunReport,
  type Action,
  type ActionService,
  type Run,
  type Workflows,
} from "../../../src/action/index.ts";
import { ActionFolder, endedRun } from "../../helpers/actions.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";

const MODULE = `
export const echo = (event) => event.content;
export const loops = () => { for (;;); };
`;
const START = { event: { type: "rows", content: [{ event_id: 1 }] }, trigger: { kind: "http" } } as const;

describeWith([SQLITE], "workflows of a service of actions", () => {
  const folder = new ActionFolder({ "m.js": MODULE });
  let service: ActionService;
  let workflows: Workflows;
  beforeEach(async () => {
    service = await folder.open();
    workflows = service.workflows;
    for (const name of ["echo", "loops"]) {
      await service.actions.create({ name, module: "m.js", function: name, retry: "1x", timeoutMs: 20_000 });
    }
  });
  afterEach(() => service.close({ timeoutMs: 0 }));
  afterAll(() => folder.remove());

  const ended = (id: string): Promise<Run> => endedRun(service, id);

  it("are made, found, changed and deleted", async () => {
    const made = await workflows.create({ name: "W", steps: { a: { action: "echo" } } });
    expect(made.id).toMatch(/^[0-9a-f]{24}$/);
    expect(await workflows.get("W")).toEqual(made);
    expect(await workflows.get(made.id)).toEqual(made);
    await expect(workflows.create({ name: "W", steps: { a: { action: "echo" } } })).rejects.toMatchObject({
      ...{ code: "xqbus:illegal-argument", message: 'there is a workflow "W" already; take another name' },
    });
    await expect(workflows.create({ name: "X", steps: { a: { action: "ecko" } } })).rejects.toMatchObject({
      ...{
        code: "xqbus:invalid-config",
        message: 'workflow: steps.a.action: there is no action "ecko" (did you mean "echo"?)',
      },
    });
    const other = await workflows.create({ name: "Other", steps: { a: { action: "echo" } } });
    await expect(workflows.update("W", { name: "Other", steps: { a: { action: "echo" } } })).rejects.toMatchObject({
      ...{ code: "xqbus:illegal-argument" },
    });
    const changed = await workflows.update("W", { name: "V", steps: { b: { action: "echo" } } });
    expect(changed).toMatchObject({ id: made.id, name: "V", createdAt: made.createdAt });
    expect((await workflows.list()).map(({ name }) => name)).toEqual(["Other", "V"]);
    await workflows.delete(other);
    await expect(workflows.get("v")).rejects.toMatchObject({
      ...{ code: "xqbus:unknown-name", message: '"v" is not the id or name of a workflow (did you mean "V"?)' },
    });
  });

  it("are started by id or name, once for each key, and their code runs in worker processes", async () => {
    const { id } = await workflows.create({
      name: "W",
      steps: { a: { action: "echo" }, b: { action: "echo", after: "a", input: { xquery: "/rows/row", of: "a" } } },
    });
    const { run } = await service.begin(id, { ...START, kind: "workflow", key: "k" });
    expect((await service.begin("W", { ...START, key: "k" })).run.id).toBe(run.id);
    expect(await ended(run.id)).toMatchObject({ state: "succeeded", output: { b: [{ event_id: "1" }] }, subject: id });
    await expect(service.begin("echo", { ...START, kind: "workflow" })).rejects.toMatchObject({
      code: "xqbus:unknown-name",
    });
  });

  it("keep the definition that a run was started with", async () => {
    await workflows.create({ name: "W", steps: { a: { delay: "100ms" }, b: { action: "echo", after: "a" } } });
    const { run } = await service.begin("W", START);
    await workflows.update("W", { name: "W", steps: { c: { action: "echo" } } });
    expect(await ended(run.id)).toMatchObject({ state: "succeeded", output: { b: [{ event_id: 1 }] } });
    await workflows.delete(await workflows.get("W"));
    expect(await workflowRunReport(await service.runs.get(run.id), service.runs)).toMatchObject({
      ...{ id: run.id, workflow: run.subject, name: "W", state: "succeeded" },
      steps: [
        { step: "a", status: "succeeded" },
        { step: "b", status: "succeeded" },
      ],
    });
  });

  it("fail with a step that does not end, which is killed, and can be retried", async () => {
    const steps = {
      a: { action: "loops", timeout: "300ms" },
      b: { action: "echo", after: "a" },
      c: { action: "echo" },
    };
    await workflows.create({ name: "W", steps });
    const { run } = await service.begin("W", START);
    const failed = await ended(run.id);
    expect(failed).toMatchObject({
      error: { code: "xqbus:timeout", message: 'step "a": loops of m.js did not end within 300 ms' },
    });
    const report = await workflowRunReport(failed, service.runs);
    expect(report.steps.map(({ step, status, attempts }) => [step, status, attempts])).toEqual([
      ["a", "failed", 1],
      ["c", "succeeded", 1],
      ["b", "blocked", 0],
    ]);
    expect(report.mermaid).toContain("class s2 blocked");
    await service.retry(run.id);
    await vi.waitFor(
      async () => {
        const again = await workflowRunReport(await service.runs.get(run.id), service.runs);
        expect(again).toMatchObject({ state: "failed", steps: [{ attempts: 2 }, { attempts: 1 }, { attempts: 0 }] });
      },
      { timeout: 30_000, interval: 20 },
    );
  });

  it("follow actions, and actions follow them; steps that are skipped start nothing", async () => {
    const create = (name: string): Promise<Action> =>
      service.actions.create({ name, module: "m.js", function: "echo" });
    await create("other");
    const workflow = await workflows.create({
      name: "W",
      steps: { a: { action: "other", when: "/rows/none" }, b: { delay: "1ms" } },
    });
    const after = await create("after");
    const never = await create("never");
    await service.triggers.add(never.id, { kind: "action", after: "other", on: "end" });
    await service.triggers.add(workflow.id, { kind: "action", after: "echo" });
    await service.triggers.add(after.id, { kind: "action", after: "W" });
    await service.begin("echo", START);
    const runs = async (): Promise<readonly string[]> =>
      (await service.runs.list()).map(({ name, state }) => `${name} ${state}`).toReversed();
    await vi.waitFor(async () => expect(await runs()).toContain("after succeeded"), { timeout: 30_000, interval: 20 });
    expect([...(await runs())].sort()).toEqual([
      "W succeeded",
      "a succeeded",
      "after succeeded",
      "b succeeded",
      "echo succeeded",
    ]);
  });
});
