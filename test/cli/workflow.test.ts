import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { askApi, type FakeAnswer } from "./fake-api.ts";
import { run } from "./harness.ts";

const folder = mkdtempSync(join(tmpdir(), "xqbus-workflow-cli-"));
afterAll(() => rmSync(folder, { recursive: true }));

const TOML = 'name = "W"\n[steps.a]\naction = "A"\n[steps.b]\nafter = "a"\ndelay = "1s"\n';
const DEFINITION = {
  name: "W",
  steps: [
    { name: "a", action: "A", after: [], input: { kind: "input" }, delayMs: 0, onFailure: { kind: "fail" } },
    { name: "b", after: ["a"], input: { kind: "input" }, delayMs: 1000, onFailure: { kind: "continue" } },
  ],
};
const PICTURE = 'flowchart TD\n  s0["a<br/><i>A</i>"]\n  s1["b<br/>after 1 s"]\n  s0 --> s1\n';
const WORKFLOW = { id: "w1", name: "W", definition: DEFINITION, mermaid: PICTURE, createdAt: 0, updatedAt: 0 };
const RUN = {
  ...{ id: "r1", workflow: "w1", name: "W", state: "failed", createdAt: 0, endedAt: 1000, mermaid: "flowchart TD\n" },
  error: { code: "E", message: 'step "a": no' },
  steps: [
    { step: "a", status: "failed", run: "r2", attempts: 3, error: { code: "E", message: "no" } },
    { step: "b", status: "blocked", attempts: 0 },
  ],
};

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const ask = (
  args: readonly string[],
  answers: Readonly<Record<string, FakeAnswer>>,
  stdin?: string,
): ReturnType<typeof askApi> => askApi(["workflow", ...args], answers, stdin);

it("xqbus workflow check says that a definition is right, and draws it", async () => {
  const path = file("w.toml", TOML);
  expect(await run(["workflow", "check", path])).toEqual({
    ...{ code: 0, stdout: `${path}: the workflow "W" is right, with 2 steps\n`, stderr: "" },
  });
  expect((await run(["workflow", "check", path, "--mermaid"])).stdout).toBe(PICTURE);
  expect((await run(["workflow", "check", "-"], { stdin: TOML })).stdout).toMatch(/^standard input: the workflow "W"/);
  const module = file("w.mjs", 'export default { name: "M", steps: { a: { action: "A" } } };');
  expect((await run(["workflow", "check", module])).stdout).toBe(`${module}: the workflow "M" is right, with 1 step\n`);
});

it.each<readonly [what: string, name: string, text: string, message: RegExp]>([
  ["what is no TOML", "bad.toml", "name = \n", /bad\.toml:1:\d+: this is no TOML/],
  [
    "what is wrong in it",
    "circle.toml",
    'name = "W"\n[steps.a]\naction = "A"\nafter = "a"\n',
    /circle\.toml:2: steps\.a: the steps wait for each other: a → a\n$/,
  ],
  [
    "queries",
    "query.toml",
    'name = "W"\n[steps.a]\naction = "A"\nwhen = "/rows["\n',
    /query\.toml:4:\d+: steps\.a\.when: XPST0003: /,
  ],
  [
    "a module without definition",
    "none.mjs",
    "export const a = 1;",
    /none\.mjs has no default export; expected export default defineWorkflow/,
  ],
  ["a module that is broken", "broken.mjs", "export default {", /broken\.mjs cannot be loaded: /],
])("xqbus workflow check tells %s, with its place", async (_, name, text, message) => {
  const { code, stdout, stderr } = await run(["workflow", "check", file(name, text)]);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(message);
});

it("xqbus workflow create and update send the text, or check it only", async () => {
  const path = file("w.toml", TOML);
  const made = await ask(["create", path], { "POST /workflows": { body: WORKFLOW } });
  expect(made).toMatchObject({ code: 0, stdout: "Workflow successfully created: w1 W\n" });
  expect(made.api.seen).toMatchObject([{ body: { toml: TOML, file: path } }]);
  const changed = await ask(["update", "W", path], { "PATCH /workflows/W": { body: WORKFLOW } });
  expect(changed).toMatchObject({ code: 0, stdout: "Workflow successfully updated: w1 W\n" });
  const check = { "POST /workflows/check": { body: { name: "W", steps: 2 } } };
  for (const args of [
    ["create", path],
    ["update", "W", path],
  ]) {
    expect(await ask([...args, "--dry-run"], check)).toMatchObject({
      ...{ code: 0, stdout: 'the workflow "W" is right, with 2 steps\n' },
    });
  }
});

it("xqbus workflow list and show tell of workflows", async () => {
  const list = await ask(["list"], { "GET /workflows": { body: { items: [WORKFLOW] } } });
  expect(list.stdout).toMatch(/^Id  Name  Steps  Updated\nw1  W     2      \S/);
  const answers = { "GET /workflows/W": { body: WORKFLOW } };
  expect((await ask(["show", "W"], answers)).stdout).toMatch(
    /Step  Action  After  When  On failure\na     A {20}fail\nb {13}a {12}continue\n$/,
  );
  expect((await ask(["show", "W", "--mermaid"], answers)).stdout).toBe(PICTURE);
});

it("xqbus workflow start sends rows", async () => {
  const answers = { "GET /workflows/W": { body: WORKFLOW }, "POST /dpe/v3/workflows/w1/start": { body: { id: "r1" } } };
  const started = await ask(["start", "W"], answers, '[{"event_id":1}]');
  expect(started).toMatchObject({ code: 0, stdout: "Workflow started: run r1\n" });
  expect(started.api.seen.at(-1)).toMatchObject({ body: [{ event_id: 1 }] });
  expect(await ask(["start", "W"], answers, "rows")).toMatchObject({
    ...{ code: 1, stderr: "xqbus: standard input is not JSON; expected a list of rows\n" },
  });
});

it("xqbus workflow runs tells where runs are", async () => {
  const list = await ask(["runs", "--of", "W"], { "GET /workflows/W/runs": { body: { items: [RUN] } } });
  expect(list.stdout).toMatch(/^Run  State   Started +Error\nr1   failed  .* step "a": no\n$/);
  const one = { "GET /workflow-runs/r1": { body: RUN } };
  expect((await ask(["runs", "r1"], one)).stdout).toMatch(
    /State: +failed\n[^]*Step  Status   Run  Attempts  Error\na     failed   r2   3         no\nb     blocked       0\n$/,
  );
  expect((await ask(["runs", "r1", "--mermaid"], one)).stdout).toBe("flowchart TD\n");
});

it("xqbus workflow cancel, retry and delete say what became of it", async () => {
  for (const verb of ["cancel", "retry"]) {
    const changed = await ask([verb, "r1"], { [`POST /runs/r1/${verb}`]: { body: { id: "r1", state: "queued" } } });
    expect(changed).toMatchObject({ code: 0, stdout: "run r1 is queued\n" });
  }
  const deleted = { body: { name: "W", triggers: 1, followers: 2 } };
  expect(await ask(["delete", "W", "--dry-run"], { "DELETE /workflows/W": deleted })).toMatchObject({
    ...{ code: 0, stdout: 'would delete the workflow "W" and 1 trigger, and 2 triggers of others that it starts\n' },
  });
  expect(await ask(["delete", "W"], { "DELETE /workflows/W": deleted })).toMatchObject({
    ...{ code: 0, stdout: 'deleted the workflow "W" and 1 trigger, and 2 triggers of others that it starts\n' },
  });
});
