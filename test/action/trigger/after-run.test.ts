import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Action, ActionService, Run } from "../../../src/action/index.ts";
import { ActionFolder, doneRun } from "../../helpers/actions.ts";

describe("what is started after other runs", () => {
  const folder = new ActionFolder({
    "a.js": `export const ok = () => "done"; export const bad = () => { throw Object.assign(new Error("no"), { permanent: true }); };`,
  });
  let service: ActionService;
  beforeEach(async () => void (service = await folder.open()));
  afterEach(() => service.close({ timeoutMs: 0 }));
  afterAll(() => folder.remove());

  const create = (name: string, exported = "ok"): Promise<Action> =>
    service.actions.create({ name, module: "a.js", function: exported, retry: "1x" });
  const after = (id: string, other: string, on: "success" | "failure" | "end" = "success"): Promise<unknown> =>
    service.triggers.add(id, { kind: "action", after: other, on });
  const runsOf = ({ id }: Action): Promise<readonly Run[]> => service.runs.list({ subject: id });

  it("is not itself, nor what leads to it, also by way of the steps of a workflow", async () => {
    const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => create(name)));
    await after(b!.id, "a");
    await after(c!.id, "b", "failure");
    const again = "; a retry policy or a workflow does something several times";
    const circle = (names: string): object => ({
      code: "xqbus:illegal-argument",
      message: `each would start the next one again and again: ${names}${again}`,
    });
    await expect(after(a!.id, "a", "failure")).rejects.toMatchObject(circle(`"a", "a"`));
    await expect(after(a!.id, "c")).rejects.toMatchObject(circle(`"c", "a", "b", "c"`));
    const flow = await service.workflows.create({ name: "flow", steps: { one: { action: "b" } } });
    await expect(after(flow.id, "c")).rejects.toMatchObject(circle(`"c", "flow", "b", "c"`));
    await service.workflows.update("flow", { name: "flow", steps: { one: { delay: "1s" } } });
    await after(flow.id, "c");
    const changed = service.workflows.update("flow", { name: "flow", steps: { one: { action: a!.id } } });
    await expect(changed).rejects.toMatchObject(circle(`"flow", "a", "b", "c", "flow"`));
    expect(await service.triggers.list(a!.id)).toEqual([]);
  });

  it("is started once for each end, and not by two triggers for the same one", async () => {
    await create("a");
    const { id } = await create("b");
    await after(id, "a", "failure");
    for (const on of ["failure", "end"] as const) {
      await expect(after(id, "a", on)).rejects.toMatchObject({
        code: "xqbus:illegal-argument",
        message: expect.stringMatching(/^it is started after that already, by the trigger [0-9a-f]{24}$/) as string,
      });
    }
    await after(id, "a", "success");
    expect(await service.triggers.list(id)).toHaveLength(2);
  });

  it("sees a run that is retried end again", async () => {
    const bad = await create("bad", "bad");
    const next = await create("next");
    await after(next.id, "bad", "end");
    const { id } = await doneRun(service, bad.id);
    await service.actions.update("bad", { function: "ok" });
    await service.retry(id);
    await vi.waitFor(async () => expect(await runsOf(next)).toHaveLength(2), 20_000);
    const runs = await Promise.all((await runsOf(next)).map(({ id: each }) => service.runs.get(each)));
    const types = runs.map(({ event }) => event.type);
    expect(types).toEqual(["action.success", "action.failure"]);
  });

  it("fails with the reason when too many have led to it, and nothing follows from that", async () => {
    const a = await create("a");
    const b = await create("b");
    await after(b.id, "a", "end");
    await service.runs.record({
      ...{ kind: "action", subject: a.id, name: "a", event: { type: "rows", content: [] }, depth: 50 },
      ...{ trigger: { kind: "http", who: "key" }, timeoutMs: 1000, retry: "1x" },
    });
    await vi.waitFor(async () => expect(await runsOf(b)).toHaveLength(1), 20_000);
    expect(await runsOf(b)).toMatchObject([
      {
        ...{ state: "failed", attempts: 0, depth: 51 },
        error: {
          code: "xqbus:limit-exceeded",
          message: expect.stringMatching(/^50 runs have led to this one/) as string,
        },
      },
    ]);
    expect(await service.runs.list()).toHaveLength(2);
  });
});
