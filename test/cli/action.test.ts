import { expect, it } from "vitest";
import { askApi as ask, type FakeAnswer } from "./fake-api.ts";

const ID = "5eaf0db7f6f51d5255974217";
const ACTION = {
  ...{ id: ID, name: "Event handle", module: "xqbus:event_handle", function: "event_handle" },
  ...{ timeoutMs: 300_000, retry: "5x", createdAt: 0, updatedAt: 0 },
};
const RUN = {
  ...{ id: "r1", kind: "action", name: "Event handle", state: "failed", key: "r1", trigger: { kind: "http" } },
  ...{ attempts: 1, createdAt: 0, endedAt: 1000, error: { code: "E", message: "no rows" } },
  attemptList: [
    { number: 1, startedAt: 0, outcome: "failed", error: { code: "E", message: "no rows" } },
    { number: 9, startedAt: 0, outcome: "failed", error: { code: "E", message: "no rows" } },
  ],
  logs: [{ attempt: 1, at: 0, level: "info", text: "Start\u001b[31m" }],
};
const TRIGGER = { id: "t1", kind: "schedule", text: "at 0 6 * * * (UTC)", nextAt: 0 };

const ANSWERS: Readonly<Record<string, FakeAnswer>> = {
  "POST /actions": { body: ACTION },
  "GET /actions": { body: { items: [ACTION] } },
  "GET /actions/Event%20handle": { body: ACTION },
  "PATCH /actions/Event%20handle": { body: ACTION },
  "DELETE /actions/Event%20handle": { body: { triggers: 2, followers: 1, workflows: ["W", "V"] } },
  "GET /actions/Event%20handle/triggers": { body: { items: [TRIGGER] } },
  "POST /actions/Event%20handle/triggers": { body: TRIGGER },
  "DELETE /actions/Event%20handle/triggers/t1": { body: {} },
  [`POST /dpe/v3/actions/${ID}/start`]: { body: { id: "r1" } },
  "GET /runs": { body: { items: [RUN] } },
  "GET /runs/r1": { body: RUN },
  "GET /runs/r1/logs": ({ line }) =>
    line.includes("after=1.1")
      ? { body: { items: [{ attempt: 1, at: 0, level: "info", text: "End" }] } }
      : { body: { items: RUN.logs, next: "1.1" } },
  "POST /runs/r1/cancel": { body: { ...RUN, state: "cancelled" } },
  "POST /runs/r1/retry": { body: { ...RUN, state: "queued" } },
};

const NAME = "Event handle";

const COMMANDS: readonly (readonly [args: readonly string[], stdout: RegExp, body?: unknown])[] = [
  [
    ["action", "create", "--name", NAME, "--module", "xqbus:event_handle", "--function", "event_handle"],
    /^Action successfully created: 5eaf0db7f6f51d5255974217 Event handle\n$/,
    { name: NAME, module: "xqbus:event_handle", function: "event_handle" },
  ],
  [
    ["action", "update", NAME, "--run-timeout", "30s", "--concurrency", "2"],
    /^Action successfully updated/,
    { timeoutMs: 30_000, concurrency: 2 },
  ],
  [["action", "list"], /^Id +Name +Module +Function\n5eaf\w+ +Event handle +xqbus:event_handle +event_handle\n$/],
  [["action", "show", NAME], /Time-out: +300000 ms\n[^]*Trigger: +at 0 6 \* \* \* \(UTC\) \(t1\)\n$/],
  [["action", "update", NAME, "--concurrency", "all"], /^Action successfully updated/, { concurrency: null }],
  [
    ["action", "delete", NAME, "--dry-run"],
    /^would delete the action "Event handle" and 2 triggers, and 1 trigger of others that it starts\nsteps of it in 2 workflows would fail then: W, V\n$/,
  ],
  [
    ["action", "delete", NAME],
    /^deleted the action "Event handle" and 2 triggers,.*\nsteps of it in 2 workflows fail from now on: W, V\n$/,
  ],
  [
    ["action", "trigger", "add", NAME, "--cron", "0 6 * * *", "--catch-up", "none"],
    /^Trigger successfully added: t1 at 0 6/,
    { kind: "schedule", cron: "0 6 * * *", catchUp: "none" },
  ],
  [
    ["action", "trigger", "add", NAME, "--event-type", "A", "--event-type", "B", "--xquery", "//x"],
    /^Trigger successfully added/,
    { kind: "event", eventTypes: ["A", "B"], xquery: "//x" },
  ],
  [
    ["action", "trigger", "add", NAME, "--after", "X", "--on", "end"],
    /added/,
    { kind: "action", after: "X", on: "end" },
  ],
  [["action", "trigger", "list", NAME], /^Id +Kind +Next +What\nt1 +schedule +1970-\S+ \S+ +at 0 6/],
  [["action", "trigger", "remove", NAME, "t1"], /^removed the trigger t1\n$/],
  [["run", "list", "--of", NAME, "--event-id", "m1"], /r1 +Event handle/],
  [["run", "list", "--state", "failed"], /^Run +Of +State [^]*r1 +Event handle +failed +1 +1970-\S+ \S+ +no rows\n$/],
  [
    ["run", "show", "r1"],
    /Error: +no rows\n[^]*Attempt +Began +Outcome +Error\n1 +1970-\S+ \S+ +failed +no rows\n… +attempts 2 to 8 are left out\n9 +1970-\S+ \S+ +failed +no rows\n$/,
  ],
  [["run", "logs", "r1"], /^1970-\S+ \S+ info +Start(?!\u001b)[^\n]+\n1970-\S+ \S+ info +End\n$/],
  [["run", "cancel", "r1"], /^run r1 is cancelled\n$/],
  [["run", "retry", "r1"], /^run r1 is queued\n$/],
];

it.each(COMMANDS.map((row) => [row[0], row] as const))("xqbus %j", async (args, [, stdout, body]) => {
  const outcome = await ask(args, ANSWERS);
  expect(outcome).toMatchObject({ code: 0, stderr: "" });
  expect(outcome.stdout).toMatch(stdout);
  if (body !== undefined) expect(outcome.api.seen.at(-1)?.body).toEqual(body);
  const json = await ask([...args, "--json"], ANSWERS);
  expect(json).toMatchObject({ code: 0, stderr: "" });
  expect(() => JSON.parse(json.stdout) as unknown).not.toThrow();
});

it("xqbus action start gives rows to an action, and says which run it is", async () => {
  const { code, stdout, api } = await ask(["action", "start", NAME], ANSWERS, '[{"event_id": 1}]');
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Action started: run r1\n" });
  expect(api.seen.at(-1)?.body).toEqual([{ event_id: 1 }]);
});

it("xqbus action start needs no rows, as in a cron table, where standard input is empty", async () => {
  const { code, api } = await ask(["action", "start", NAME], ANSWERS, "");
  expect({ code, body: api.seen.at(-1)?.body }).toEqual({ code: 0, body: null });
  expect((await ask(["action", "start", NAME, "-"], ANSWERS, "")).stderr).toBe(
    "xqbus: standard input is not JSON; expected a list of rows\n",
  );
});

it.each([
  [["action", "start", NAME], "{", /^xqbus: standard input is not JSON; expected a list of rows\n$/],
  [["action", "trigger", "add", NAME], "", /a trigger is a schedule, another action, or events: expected --cron, or/],
  [["action", "trigger", "add", NAME, "--cron", "* * * * *", "--after", "x"], "", /a trigger is a schedule, another/],
])("xqbus %j is refused with what would be right", async (args, stdin, message) => {
  const { code, stdout, stderr } = await ask(args, ANSWERS, stdin);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(message);
});
