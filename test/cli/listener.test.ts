import { describe, expect, it } from "vitest";
import type { Listener } from "../../src/listener/index.ts";
import { FakeApi, problem, type FakeAnswer } from "./fake-api.ts";
import { linesOf, run, type Outcome, type Surroundings } from "./harness.ts";

const ID = "5081a42ce19a00ea4300000e";

function listener(change: Partial<Listener> = {}): Listener {
  return {
    ...{ id: ID, name: undefined, notifier: "http", config: {}, eventTypes: ["repo.sync.start"], xquery: undefined },
    ...{ shown: [["URL", "http://example.org"]], routingKey: undefined, retry: "12x", rate: undefined },
    ...{ concurrency: 4, timeoutMs: 30_000, maxWaiting: 100, state: "active", stateReason: undefined },
    ...{ createdAt: 0, updatedAt: 0 },
    counts: { matched: 3, delivered: 2, failedAttempts: 1, deadLettered: 0, waiting: 1, filterErrors: 0 },
    ...change,
  };
}

/** Runs a command against an API with these answers. */
async function ask(
  args: readonly string[],
  answers: Readonly<Record<string, FakeAnswer>>,
  surroundings: Surroundings = {},
): Promise<Outcome & { readonly api: FakeApi }> {
  await using api = await FakeApi.start(answers);
  const outcome = await run([...args, "--http", api.url], surroundings);
  return { ...outcome, api };
}

describe("listener create", () => {
  const created = { "POST /listeners": { status: 201, body: listener() } };

  it("makes a listener with what its options say, and says so as Pulp's command did", async () => {
    const { code, stdout, api } = await ask(
      [
        ...["listener", "http", "create", "--event-type=repo.sync.start", "--event-type", "repo.sync.finish"],
        ...["--url=http://example.org", "--format=xml", "--user=me", "--mask", "--headers=A: 1", "--headers=B: 2"],
        ...["--xquery", "//a", "--routing-key", "repo.*", "--name=sync", "--retry=3x", "--rate=5/min"],
        ...["--concurrency=2", "--attempt-timeout=1.5", "--max-waiting=7", "--body-timeout-ms=100"],
      ],
      created,
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Event listener successfully created\n" });
    expect(api.seen).toEqual([
      {
        line: "POST /listeners",
        authorization: undefined,
        body: {
          notifier: "http",
          config: {
            ...{ url: "http://example.org", format: "xml", user: "me", mask: true, headers: ["A: 1", "B: 2"] },
            bodyTimeoutMs: 100,
          },
          eventTypes: ["repo.sync.start", "repo.sync.finish"],
          ...{ xquery: "//a", routingKey: "repo.*", name: "sync", retry: "3x", rate: "5/min", concurrency: 2 },
          ...{ timeoutMs: 1500, maxWaiting: 7 },
        },
      },
    ]);
  });

  it("gives the listener as JSON", async () => {
    const args = ["listener", "http", "create", "--event-type=*", "--url=http://example.org", "--json"];
    const { stdout } = await ask(args, created);
    expect(JSON.parse(stdout)).toMatchObject({ id: ID });
  });

  it("reads a secret from standard input", async () => {
    const args = ["listener", "http", "create", "--event-type=*", "--url=http://a", "--user=me", "--password=-"];
    const { api } = await ask(args, created, { stdin: "s3cret\n" });
    expect(api.seen[0]?.body).toMatchObject({ config: { user: "me", password: "s3cret" } });
  });

  it.each([
    [["--url=http://a"], "required option --event-type not specified"],
    [["--event-type=*"], "required option --url not specified"],
    [[], "required option --event-type, --url not specified"],
    [
      ["--event-type=*", "--url=http://a", "--format=yaml"],
      "Allowed choices are json, xml, cloudevents, cloudevents-binary",
    ],
    [["--event-type=*", "--url=http://a", "--connect-timeout-ms=x"], "It must be a number"],
    [["--event-type=*", "--url=http://a", "--concurrency=0"], "It must be a whole number above 0"],
  ])("with %j is a wrong command line", async (args, message) => {
    const { code, stderr, api } = await ask(["listener", "http", "create", ...args], created);
    expect({ code, lines: linesOf(stderr).length }).toEqual({ code: 2, lines: 1 });
    expect(stderr).toContain(message);
    expect(api.seen).toEqual([]);
  });

  it("needs no event type where a filter or a pattern chooses", async () => {
    for (const choice of ["--xquery=//a", "--routing-key=a.#"]) {
      expect((await ask(["listener", "http", "create", "--url=http://a", choice], created)).code).toBe(0);
    }
  });

  it("tells on one line what the daemon says against it", async () => {
    const message = '"repo.sync.strat" is not an event type of this catalog (did you mean "repo.sync.start"?)';
    const answers = { "POST /listeners": problem(400, "xqbus:unknown-name", message) };
    const args = ["listener", "http", "create", "--event-type=repo.sync.strat", "--url=http://a"];
    expect(await ask(args, answers)).toMatchObject({ code: 1, stdout: "", stderr: `xqbus: ${message}\n` });
    const { stderr } = await ask([...args, "--json"], answers);
    expect(JSON.parse(stderr)).toEqual({ error: { code: "xqbus:unknown-name", message } });
  });

  it("has help with the event types and what is required", async () => {
    const { code, stdout } = await run(["listener", "http", "create", "--help"]);
    const text = stdout.replace(/\s+/g, " ");
    expect(code).toBe(0);
    for (const part of [
      "create a listener",
      '(required) one of "AsteriskNotification"',
      '"repo.sync.finish", "repo.sync.start"',
      'May be specified multiple times. To match all types, use value "*"',
      "--url <text> (required)",
    ]) {
      expect(text).toContain(part);
    }
  });
});

describe("listener update", () => {
  it("changes what is given and nothing else", async () => {
    const { code, stdout, api } = await ask(["listener", "http", "update", ID, "--no-mask", "--rate=1/min"], {
      [`GET /listeners/${ID}`]: { body: listener() },
      [`PATCH /listeners/${ID}`]: { body: listener() },
    });
    expect({ code, stdout }).toEqual({ code: 0, stdout: "Event listener successfully updated\n" });
    expect(api.seen[1]).toMatchObject({
      line: `PATCH /listeners/${ID}`,
      body: { config: { mask: false }, rate: "1/min" },
    });
  });

  it("of a listener of another type names the right command", async () => {
    const answers = { [`GET /listeners/${ID}`]: { body: listener({ notifier: "email" }) } };
    const { code, stderr } = await ask(["listener", "http", "update", ID, "--rate=1/min"], answers);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `xqbus: the listener ${ID} is of type email; use xqbus listener email update\n`,
    });
  });

  it("without anything to change is a wrong command line", async () => {
    const { code, stderr } = await ask(["listener", "http", "update", ID], {});
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "xqbus: nothing to update was given; see xqbus listener http update --help\n",
    });
  });
});

describe("listener list", () => {
  const body = {
    items: [
      listener({
        ...{ notifier: "email", id: "a".repeat(24) },
        shown: [
          ["Addresses", "a@example.org, b@example.org"],
          ["Subject", "pulp notification"],
        ],
      }),
      listener({
        ...{ eventTypes: [], name: "all\u001b[2J", xquery: "//a\n[b]", routingKey: "a.#", rate: "5/min" },
        ...{ state: "broken", stateReason: "5 failures in a row" },
      }),
    ],
  };

  it("looks as Pulp's, with more lines only for what Pulp did not have", async () => {
    const { code, stdout } = await ask(["listener", "list"], { "GET /listeners": { body } });
    expect(code).toBe(0);
    expect(linesOf(stdout)).toEqual([
      "Event Types:       repo.sync.start",
      `Id:                ${"a".repeat(24)}`,
      "Notifier Config:",
      "  Addresses: a@example.org, b@example.org",
      "  Subject:   pulp notification",
      "Notifier Type Id:  email",
      "",
      "Event Types:       *",
      `Id:                ${ID}`,
      "Notifier Config:",
      "  URL: http://example.org",
      "Notifier Type Id:  http",
      "Name:              all\\u{1b}[2J",
      "XQuery:            //a; [b]",
      "Routing Key:       a.#",
      "Rate:              5/min",
      "State:             broken (5 failures in a row)",
    ]);
  });

  it("prints nothing where there is none, and everything as JSON", async () => {
    expect(await ask(["listener", "list"], { "GET /listeners": { body: { items: [] } } })).toMatchObject({
      ...{ code: 0, stdout: "" },
    });
    const { stdout } = await ask(["listener", "list", "--json"], { "GET /listeners": { body } });
    expect(JSON.parse(stdout)).toHaveLength(2);
  });
});

describe("listener", () => {
  it("delete tells how many deliveries wait, and deletes", async () => {
    const answers = { [`DELETE /listeners/${ID}`]: { body: { waiting: 3 } } };
    const dry = await ask(["listener", "delete", ID, "--dry-run"], answers);
    expect(dry.stdout).toBe("would delete 1 event listener and 3 deliveries that waited\n");
    expect(dry.api.seen[0]?.line).toBe(`DELETE /listeners/${ID}?dryRun=true`);
    const real = await ask(["listener", "delete", ID], answers);
    expect(real).toMatchObject({
      code: 0,
      stdout: "Event listener successfully deleted\n",
      stderr: "with 3 deliveries that waited\n",
    });
    const json = await ask(["listener", "delete", ID, "--json"], answers);
    expect(JSON.parse(json.stdout)).toEqual({ dryRun: false, listeners: 1, waiting: 3 });
  });

  it("show has limits and counts", async () => {
    const { stdout } = await ask(["listener", "show", ID], { [`GET /listeners/${ID}`]: { body: listener() } });
    expect(linesOf(stdout)).toEqual(
      expect.arrayContaining([
        "Retry:             12x",
        "Attempt Timeout:   30 s",
        "Deliveries:",
        "  Delivered:       2",
      ]),
    );
  });

  it.each([
    ["delivered", 0, "delivered in 12 ms, a sample of PhoneStatus: status 200, ok\n"],
    ["failed", 1, "failed in 12 ms, a sample of PhoneStatus: status 200, ok\n"],
  ])("test tells that the sample was %s", async (outcome, code, stdout) => {
    const body = { eventType: "PhoneStatus", outcome, status: 200, excerpt: "ok", elapsedMs: 12.3 };
    const args = ["listener", "test", ID, "--event-type", "PhoneStatus"];
    const result = await ask(args, { [`POST /listeners/${ID}/test`]: { body } });
    expect({ code: result.code, stdout: result.stdout }).toEqual({ code, stdout });
    expect(result.api.seen[0]?.body).toEqual({ eventType: "PhoneStatus" });
  });

  it.each(["pause", "resume"] as const)("%s tells the state", async (verb) => {
    const state = verb === "pause" ? "paused" : "active";
    const { stdout } = await ask(["listener", verb, ID], {
      [`POST /listeners/${ID}/${verb}`]: { body: listener({ state }) },
    });
    expect(stdout).toBe(`the listener is ${state}; 1 deliveries wait\n`);
  });

  it.each([
    [{ outcome: "failed", status: 503, message: "Service Unavailable" }, "Service Unavailable"],
    [{ outcome: "failed", status: 503 }, "status 503"],
    [{ outcome: "timed-out" }, "timed-out"],
  ])("deliveries tell why one waits after %j, and until when", async (attempt, error) => {
    const waiting = {
      ...{ id: "d1", listener: ID, eventId: "m1", eventType: "PhoneStatus", subject: "a", state: "waiting" },
      ...{ acceptedAt: Date.UTC(2026, 10, 21), matchedAt: 0, redrives: 0 },
      ...{ attempts: [{ outcome: "aborted" }, attempt], nextAttemptAt: Date.UTC(2026, 10, 22) },
    };
    const { stdout } = await ask(["listener", "deliveries", ID], {
      [`GET /listeners/${ID}`]: { body: listener() },
      "GET /deliveries": { body: { items: [waiting, { ...waiting, id: "d2", attempts: [] }] } },
    });
    expect(linesOf(stdout)).toEqual([
      expect.stringMatching(/^DELIVERY .* NEXT /),
      expect.stringMatching(new RegExp(`^d1 .* waiting  2 .* 2026-11-22 00:00:00Z .* ${error}$`)),
      expect.stringMatching(/^d2 .* waiting  0 +- +PhoneStatus  m1/),
    ]);
  });

  it("deliveries and retry", async () => {
    const delivery = {
      ...{ id: "d1", listener: ID, eventId: "m1", eventType: "PhoneStatus", subject: "a", state: "dead", redrives: 0 },
      ...{
        acceptedAt: Date.UTC(2026, 10, 21),
        matchedAt: 0,
        attempts: [{}, {}],
        error: "status 503",
        reason: "attempts",
      },
    };
    const list = await ask(["listener", "deliveries", ID, "--state=dead", "--limit=1"], {
      [`GET /listeners/${ID}`]: { body: listener() },
      "GET /deliveries": { body: { items: [delivery] } },
    });
    expect(linesOf(list.stdout)).toEqual([
      "DELIVERY  TIME                  STATE  ATTEMPTS  NEXT  EVENT TYPE   EVENT  ERROR",
      "d1        2026-11-21 00:00:00Z  dead   2         -     PhoneStatus  m1     status 503",
    ]);
    expect(list.stderr).toBe("there may be more: --before d1\n");
    expect(list.api.seen[1]?.line).toBe(`GET /deliveries?listener=${ID}&limit=1&state=dead`);
    const retry = await ask(["listener", "retry", "d1"], { "POST /deliveries/d1/retry": { body: delivery } });
    expect(retry.stdout).toBe(`PhoneStatus m1 will be delivered again to the listener ${ID}\n`);
  });
});
