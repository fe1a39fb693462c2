import { describe, expect, it } from "vitest";
import { FakeApi, problem, type FakeAnswer } from "./fake-api.ts";
import { linesOf, run, type Outcome, type Surroundings } from "./harness.ts";

const AT = Date.UTC(2026, 10, 21, 12);

/** Runs a command against an API with these answers. */
async function ask(
  args: readonly string[],
  answers: Readonly<Record<string, FakeAnswer>>,
  surroundings: Surroundings = {},
): Promise<Outcome & { readonly api: FakeApi }> {
  await using api = await FakeApi.start(answers);
  const outcome = await run(args, { ...surroundings, env: { XQBUS_HTTP: api.url, ...surroundings.env } });
  return { ...outcome, api };
}

describe("A command that talks to a daemon", () => {
  const answers = { "GET /listeners": { body: { items: [] } } };

  it("finds it by --http before XQBUS_HTTP", async () => {
    await using api = await FakeApi.start(answers);
    const outcome = await run(["listener", "list", "--http", api.url], { env: { XQBUS_HTTP: "http://127.0.0.1:1" } });
    expect(outcome).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(api.seen.map(({ line }) => line)).toEqual(["GET /listeners"]);
  });

  it("says where nothing answers", async () => {
    const { code, stderr } = await run(["listener", "list"], { env: { XQBUS_HTTP: "http://127.0.0.1:1" } });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^xqbus: nothing answers at http:\/\/127\.0\.0\.1:1 \(.*\); is the daemon running, with its HTTP API\?\n$/,
    );
  });

  it.each<[string, readonly string[], Surroundings]>([
    ["variables", [], { env: { XQBUS_API_KEY: "xk_1", XQBUS_API_SECRET: "s" } }],
    ["an option and a variable", ["--api-key=xk_1"], { env: { XQBUS_API_KEY: "xk_2", XQBUS_API_SECRET: "s" } }],
    ["an option and standard input", ["--api-key=xk_1"], { stdin: "s\n" }],
  ])("logs in with key and secret from %s", async (_where, args, surroundings) => {
    const token = { body: { access_token: "t", token_type: "Bearer", expires_in: 900 } };
    const { code, api } = await ask(["listener", "list", ...args], { ...answers, "POST /token": token }, surroundings);
    expect(code).toBe(0);
    expect(api.seen).toMatchObject([{ body: { id: "xk_1", secret: "s" } }, { authorization: "Bearer t" }]);
  });

  it("wants the key that a secret belongs to", async () => {
    const { code, stderr, api } = await ask(["listener", "list"], answers, { env: { XQBUS_API_SECRET: "hidden" } });
    expect({ code, seen: api.seen }).toEqual({ code: 1, seen: [] });
    expect(stderr).toBe(
      "xqbus: XQBUS_API_SECRET is set, and no key that it belongs to; give --api-key or set XQBUS_API_KEY\n",
    );
  });

  it.each([
    ["an empty variable and no standard input", { XQBUS_API_KEY: "xk_1", XQBUS_API_SECRET: "" }, ""],
    ["no variable and an empty line", { XQBUS_API_KEY: "xk_1" }, "\n"],
  ])("wants the secret of a key: %s", async (_what, env, stdin) => {
    const { code, stderr, api } = await ask(["listener", "list"], answers, { env, stdin });
    expect({ code, seen: api.seen }).toEqual({ code: 1, seen: [] });
    expect(stderr).toBe(
      "xqbus: there is no secret of the API key xk_1: XQBUS_API_SECRET is not set or empty, and so is standard input\n",
    );
  });

  it("says how to log in where no key was given", async () => {
    const refusal = problem(401, "xqbus:authentication-failed", "a token is needed; get one with POST /token");
    expect(await ask(["listener", "list"], { "GET /listeners": refusal })).toMatchObject({
      stderr:
        "xqbus: the daemon wants a key: give --api-key or XQBUS_API_KEY, and XQBUS_API_SECRET (the first ones are in first-login.json of its folder)\n",
    });
  });

  it("tells what the API refuses, on one line", async () => {
    const refusal = problem(403, "xqbus:not-permitted", "the key has no scope listener:read");
    expect(await ask(["listener", "list"], { "GET /listeners": refusal })).toMatchObject({
      ...{ code: 1, stdout: "", stderr: "xqbus: the key has no scope listener:read\n" },
    });
  });
});

describe("dlq", () => {
  const letter = {
    ...{ id: "queue-1", subscription: "org.clacks invoices", kind: "subscription", eventId: "m1", subject: "a" },
    ...{
      eventType: "PhoneStatus",
      reason: "rejected",
      error: "no\ncustomer",
      attempts: 2,
      at: AT,
      redrives: 1,
      bytes: 9,
    },
  };

  it("list has what was asked for", async () => {
    const args = ["dlq", "list", "--subscription=invoices", "--reason=rejected", "--event-type=PhoneStatus"];
    const { stdout, stderr, api } = await ask([...args, "--xquery=//a", "--after=queue-0", "--limit=1"], {
      "GET /dead-letters": { body: { items: [letter] } },
    });
    expect(linesOf(stdout)).toEqual([
      "ID       TIME                  SUBSCRIPTION         EVENT TYPE   REASON    ATTEMPTS  REDRIVES  ERROR",
      "queue-1  2026-11-21 12:00:00Z  org.clacks invoices  PhoneStatus  rejected  2         1         no; customer",
    ]);
    expect(stderr).toBe("there may be more: --after queue-1\n");
    expect([...new URL(`http://x${api.seen[0]?.line.slice(4) ?? ""}`).searchParams]).toEqual([
      ["subscription", "invoices"],
      ["reason", "rejected"],
      ["eventType", "PhoneStatus"],
      ["xquery", "//a"],
      ["limit", "1"],
      ["after", "queue-0"],
    ]);
  });

  it("group counts", async () => {
    const group = { ...letter, count: 12, oldest: AT, latest: AT, example: "queue-1", error: "no customer <n>" };
    const { stdout } = await ask(["dlq", "group"], { "GET /dead-letters/groups": { body: { items: [group] } } });
    expect(linesOf(stdout)[1]).toBe(
      "12     org.clacks invoices  rejected  PhoneStatus  2026-11-21 12:00:00Z  queue-1      no customer <n>",
    );
  });

  it("show has the document", async () => {
    const body = { ...letter, document: "<a>\u0007</a>", encoding: "utf8" };
    const { stdout } = await ask(["dlq", "show", "queue-1"], { "GET /dead-letters/queue-1": { body } });
    expect(stdout).toContain("Subscription: org.clacks invoices (subscription)\n");
    expect(stdout).toMatch(/\n\n<a>\\u\{7\}<\/a>\n$/);
    const json = await ask(["dlq", "show", "queue-1", "--json"], { "GET /dead-letters/queue-1": { body } });
    expect(JSON.parse(json.stdout)).toMatchObject({ id: "queue-1", document: "<a>\u0007</a>" });
  });

  it.each(["redrive", "delete"] as const)("%s sends what was said and counts", async (verb) => {
    const refused = [{ id: "queue-3", code: "xqbus:invalid-event", message: "the event is not valid" }];
    const answers = {
      [`POST /dead-letters/${verb}`]: { body: { matched: 3, changed: 2, refused } },
    };
    const dry = await ask(["dlq", verb, "queue-1", "queue-2", "queue-3", "--dry-run"], answers);
    expect(dry).toMatchObject({ code: 1, stdout: `would ${verb} 2 of 3 dead letters\n` });
    expect(dry.api.seen[0]?.body).toEqual({ ids: ["queue-1", "queue-2", "queue-3"], dryRun: true });
    const real = await ask(["dlq", verb, "--reason=rejected", "--xquery=//a"], answers);
    expect(real).toMatchObject({
      ...{ code: 1, stdout: `${verb === "redrive" ? "redriven" : "deleted"} 2 of 3 dead letters\n` },
      stderr: "xqbus: queue-3: the event is not valid\n",
    });
    expect(real.api.seen[0]?.body).toEqual({ reason: "rejected", xquery: "//a", dryRun: false });
    const json = await ask(["dlq", verb, "--all", "--json"], answers);
    expect(JSON.parse(json.stdout)).toEqual({ dryRun: false, matched: 3, changed: 2, refused });
    expect(json.api.seen[0]?.body).toEqual({ dryRun: false });
  });

  it.each([
    ["redrive", [], "say which: ids, --subscription, --reason, --event-id, --event-type, --xquery or --all"],
    ["delete", [], "say which: ids, --subscription, --reason, --event-id, --event-type, --xquery or --all"],
    ["delete", ["--all", "--reason=a"], "--all means all dead letters, and cannot be limited"],
  ])("%s %j is a wrong command line", async (verb, args, message) => {
    const { code, stderr, api } = await ask(["dlq", verb, ...args], {});
    expect({ code, stderr, seen: api.seen }).toEqual({
      ...{ code: 2, seen: [] },
      stderr: `xqbus: ${message}; see xqbus dlq ${verb} --help\n`,
    });
  });
});

describe("trace", () => {
  const attempt = { number: 1, startedAt: AT + 4, endedAt: AT + 124, outcome: "failed", status: 503, message: "no" };
  const delivery = {
    ...{ id: "d1", listener: "l1", eventId: "m1", eventType: "PhoneStatus", subject: "a.b", acceptedAt: AT },
    ...{ matchedAt: AT + 3, redrives: 0, attempts: [attempt] },
  };
  const letter = {
    ...{ id: "queue-7", subscription: "org.clacks invoices", kind: "subscription", eventId: "m1", subject: "a.b" },
    ...{ eventType: "PhoneStatus", reason: "rejected", error: "no customer", attempts: 1, at: AT + 50, redrives: 0 },
    bytes: 99,
  };
  const body = {
    ...{ eventId: "m1", eventType: "PhoneStatus", subject: "a.b", acceptedAt: AT, traceparent: "00-1-2-01", bytes: 99 },
    deliveries: [
      { ...delivery, state: "waiting", nextAttemptAt: AT + 5124 },
      { ...delivery, listener: "l2", state: "dead", reason: "attempts", redrives: 2 },
      {
        ...{ ...delivery, listener: "l3", state: "delivered", matchedAt: AT + 2 },
        attempts: [
          { ...attempt, endedAt: AT + 7, outcome: "delivered", status: 200, message: undefined, excerpt: "ok" },
        ],
      },
      { ...delivery, listener: "l4", state: "deleted", attempts: [] },
    ],
    deadLetters: [letter],
    archived: [{ number: 12, archivedAt: AT + 5 }],
  };
  const answers = { "GET /events/m1/trace": { body } };

  it("prints what happened in the order of time, across subscriptions", async () => {
    const { code, stdout } = await ask(["trace", "m1"], answers);
    expect(code).toBe(0);
    expect(linesOf(stdout)).toEqual([
      "PhoneStatus m1",
      "a.b, 99 bytes, trace 00-1-2-01",
      "   0 ms  accepted at 2026-11-21 12:00:00Z",
      "  +2 ms  l3  matched",
      "  +3 ms  l1  matched",
      "  +3 ms  l2  matched",
      "  +3 ms  l4  matched",
      "  +3 ms  l4  dead letter, deleted",
      "  +5 ms  archive  archived as #12",
      "  +7 ms  l3  attempt 1 delivered: status 200, ok (took 3 ms)",
      " +50 ms  subscription org.clacks invoices  dead letter queue-7: rejected after 1 attempt, no customer",
      "+124 ms  l1  attempt 1 failed: status 503, no (took 120 ms)",
      "+124 ms  l2  attempt 1 failed: status 503, no (took 120 ms)",
      "+124 ms  l2  dead letter: attempts, redriven 2 times",
      " +5.1 s  l1  next attempt",
    ]);
  });

  it("has the runs that the event has started, with their steps", async () => {
    const failed = {
      number: 1,
      startedAt: AT + 21,
      endedAt: AT + 30,
      outcome: "failed",
      error: { code: "E", message: "no" },
    };
    const runs = [
      { id: "r1", kind: "workflow", name: "Orders", state: "failed", createdAt: AT + 10, endedAt: AT + 31 },
      {
        id: "r2",
        kind: "action",
        name: "echo",
        step: "first",
        parent: "r1",
        state: "failed",
        createdAt: AT + 20,
        endedAt: AT + 30,
      },
      { id: "r3", kind: "action", name: "Keep", state: "running", createdAt: AT + 40 },
    ];
    const attempts = [
      [{ number: 1, startedAt: AT + 15, endedAt: AT + 16, outcome: "begun" }],
      [failed],
      [{ number: 1, startedAt: AT + 41 }],
    ];
    const only = {
      eventId: "m1",
      bytes: 0,
      deliveries: [],
      deadLetters: [],
      runs: runs.map((run, at) => ({ ...run, attempts: attempts[at] })),
    };
    const { stdout } = await ask(["trace", "m1"], { "GET /events/m1/trace": { body: only } });
    expect(linesOf(stdout)).toEqual([
      "event m1",
      "0 bytes",
      "  0 ms  first known at 2026-11-21 12:00:00Z",
      " +0 ms  workflow Orders  run r1 recorded",
      " +6 ms  workflow Orders  attempt 1 begun",
      "+10 ms  step first  run r2 recorded",
      "+20 ms  step first  attempt 1 failed: no",
      "+21 ms  workflow Orders  run r1 failed",
      "+30 ms  action Keep  run r3 recorded",
      "+31 ms  action Keep  attempt 1 running",
      "        no listener wanted it",
    ]);
  });

  it("begins with what the broker knows of an event that no listener wanted", async () => {
    const only = { eventId: "m1", bytes: 2, deliveries: [], deadLetters: [{ ...letter, redrives: 2 }], archived: [] };
    const { stdout } = await ask(["trace", "m1"], { "GET /events/m1/trace": { body: only } });
    expect(linesOf(stdout)).toEqual([
      "no event m1",
      "2 bytes",
      " 0 ms  first known at 2026-11-21 12:00:00Z",
      "+0 ms  subscription org.clacks invoices  dead letter queue-7: rejected after 1 attempt, no customer, redriven 2 times",
      "       no listener wanted it",
    ]);
  });

  it("has colours on a terminal only, and not with NO_COLOR", async () => {
    const coloured = await ask(["trace", "m1"], answers, { terminal: true });
    expect(coloured.stdout).toContain("\u001b[31m");
    const plain = await ask(["trace", "m1"], answers, { terminal: true, env: { NO_COLOR: "1" } });
    expect(plain.stdout).not.toContain("\u001b");
  });

  it("gives everything as JSON, and an error for an unknown id", async () => {
    expect(JSON.parse((await ask(["trace", "m1", "--json"], answers)).stdout)).toEqual(
      JSON.parse(JSON.stringify(body)),
    );
    const missing = problem(404, "xqbus:unknown-name", 'no listener was told of the event "m1"');
    expect(await ask(["trace", "m1"], { "GET /events/m1/trace": missing })).toMatchObject({
      ...{ code: 1, stderr: 'xqbus: no listener was told of the event "m1"\n' },
    });
  });

  it("delivery show has the attempts of one of them", async () => {
    const { stdout } = await ask(["delivery", "show", "d1"], { "GET /deliveries/d1": { body: body.deliveries[1] } });
    expect(linesOf(stdout)).toEqual(
      expect.arrayContaining([
        "State:      dead (attempts)",
        "Redrives:   2",
        "  1: 2026-11-21 12:00:00Z  failed: status 503, no (took 120 ms)",
      ]),
    );
  });
});

describe("api-key and audit", () => {
  const key = { id: "xk_1", name: "deploy", scopes: ["listener:read", "admin"], createdAt: AT };

  it("create prints key and secret in the form of the variables", async () => {
    const { stdout, api } = await ask(["api-key", "create", "deploy", "--scope=listener:read", "--scope", "admin"], {
      "POST /api-keys": { status: 201, body: { ...key, secret: "s3" } },
    });
    expect(stdout).toBe("XQBUS_API_KEY=xk_1\nXQBUS_API_SECRET=s3\n");
    expect(api.seen[0]?.body).toEqual({ name: "deploy", scopes: ["listener:read", "admin"] });
  });

  it("list and delete", async () => {
    const answers = { "GET /api-keys": { body: { items: [key] } }, "DELETE /api-keys/xk_1": { status: 204 } };
    for (const noun of ["api-key", "apikey"]) {
      expect(linesOf((await ask([noun, "list"], answers)).stdout)[1]).toBe(
        "xk_1  deploy  2026-11-21 12:00:00Z  listener:read admin",
      );
    }
    const dry = await ask(["api-key", "delete", "xk_1", "--dry-run"], answers);
    expect(dry.stdout).toBe("would delete 1 API key, xk_1\n");
    expect(dry.api.seen.map(({ line }) => line)).toEqual(["GET /api-keys"]);
    expect((await ask(["api-key", "delete", "xk_1"], answers)).stdout).toBe("deleted 1 API key, xk_1\n");
    expect(await ask(["api-key", "delete", "xk_2", "--dry-run"], answers)).toMatchObject({
      ...{ code: 1, stderr: 'xqbus: there is no API key "xk_2"\n' },
    });
  });

  it("audit list has who did what", async () => {
    const entry = {
      id: 7,
      at: AT,
      who: "xk_1",
      action: "listener.create",
      target: "l1",
      outcome: "done",
      details: { a: 1 },
    };
    const { stdout, api } = await ask(["audit", "list", "--who=xk_1", "--limit=5"], {
      "GET /audit": { body: { items: [entry] } },
    });
    expect(linesOf(stdout)[1]).toBe('7   2026-11-21 12:00:00Z  xk_1  listener.create  l1      done     {"a":1}');
    expect(api.seen[0]?.line).toBe("GET /audit?who=xk_1&limit=5");
  });
});

describe("The broker of a daemon", () => {
  const queue = {
    ...{
      address: "jobs",
      messages: 3,
      bytes: 30,
      unsettled: 1,
      delayed: 0,
      oldestAgeMs: 90_000,
      received: 5,
      delivered: 2,
    },
    ...{ filterErrors: 0 },
  };

  it("shows its queues and subscriptions", async () => {
    const queues = await ask(["queue", "list"], { "GET /broker/queues": { body: { items: [queue] } } });
    expect(linesOf(queues.stdout)).toEqual([
      "ADDRESS  MESSAGES  BYTES  UNSETTLED  DELAYED  OLDEST   RECEIVED  DELIVERED",
      "jobs     3         30     1          0        1.5 min  5         2",
    ]);
    const subscription = { ...queue, topic: "org.clacks", name: 'subscription "a"', kept: true, consumers: 1 };
    const subscriptions = await ask(["subscription", "list"], {
      "GET /broker/subscriptions": { body: { items: [subscription] } },
    });
    expect(linesOf(subscriptions.stdout)[1]).toMatch(/^org\.clacks {2}3 .* 1 +yes +0 +subscription "a"$/);
  });

  it.each([
    [["purge", "jobs"], "purge", { address: "jobs" }, "purged 3 messages, jobs", "would purge 3 messages, jobs"],
    [
      ["delete", "jobs"],
      "delete",
      { address: "jobs" },
      "deleted the queue with 3 messages, jobs",
      "would delete the queue with 3 messages, jobs",
    ],
    [
      ["move", "jobs", "old", "--max=3"],
      "move",
      { from: "jobs", to: "old", max: 3 },
      "moved 3 messages, jobs to old",
      "would move 3 messages, jobs to old",
    ],
  ])("changes queues: %j", async (args, path, body, done, would) => {
    const answers = { [`POST /broker/queues/${path}`]: { body: { messages: 3 } } };
    const real = await ask(["queue", ...args], answers);
    expect(real).toMatchObject({ code: 0, stdout: `${done}\n` });
    expect(real.api.seen[0]?.body).toEqual({ ...body, dryRun: false });
    const dry = await ask(["queue", ...args, "--dry-run"], answers);
    expect(dry.stdout).toBe(`${would}\n`);
    expect(dry.api.seen[0]?.body).toEqual({ ...body, dryRun: true });
  });

  it("shows its connections and closes one", async () => {
    const links = [{ name: "l", role: "publisher", messages: 1, credit: 1, unsettled: 0 }];
    const connection = { id: 7, user: "admin", containerId: "c", connectedAt: AT, sessions: 1, links, unreadBytes: 0 };
    const answers = {
      "GET /broker/connections": { body: { items: [connection] } },
      "DELETE /broker/connections/7": { status: 204 },
    };
    expect(linesOf((await ask(["connection", "list"], answers)).stdout)[1]).toBe(
      "7   admin  c          2026-11-21 12:00:00Z  1      publisher of any address",
    );
    expect((await ask(["connection", "close", "7"], answers)).stdout).toBe("closed 1 connection\n");
    expect((await ask(["connection", "close", "7", "--dry-run"], answers)).stdout).toBe("would close 1 connection\n");
    expect((await ask(["connection", "close", "8", "--dry-run"], answers)).stdout).toBe("would close 0 connections\n");
    expect((await ask(["connection", "close", "x"], answers)).code).toBe(2);
  });

  it("shows its counts, and replays what nobody wanted", async () => {
    const body = { isEmbedded: true, counts: { received: 5, unrouted: 1 }, rates: { received: 2.51 } };
    expect((await ask(["broker", "show"], { "GET /broker": { body } })).stdout).toBe(
      "received: 5 (2.5 per second)\nunrouted: 1\n",
    );
    expect((await ask(["broker", "show"], { "GET /broker": { body: { isEmbedded: false } } })).stdout).toContain(
      "another broker",
    );
    const answers = { "POST /broker/topics/replay": { body: { messages: 2 } } };
    expect((await ask(["broker", "replay", "org.clacks"], answers)).stdout).toBe("published 2 messages again\n");
  });
});

describe("Commands of a daemon", () => {
  it("are in the help without being loaded, and load their own help", async () => {
    const { stdout } = await run(["--help"]);
    for (const name of ["listener", "delivery", "trace", "dlq", "broker", "queue", "connection", "api-key", "audit"]) {
      expect(stdout).toMatch(new RegExp(`^  ${name}(?:\\|\\w+)? +[a-z]`, "m"));
    }
    const { stdout: help } = await run(["help", "dlq", "redrive"]);
    expect(help).toContain("Usage: xqbus dlq redrive [options] [ids...]");
  });
});
