import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { startHttp } from "../../../src/server/http/index.ts";
import { ApiClient } from "../../../src/server/api-client/index.ts";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";
import { ANY_TEXT, answerOf, apis } from "./harness.ts";

const { start } = apis();

const NOBODY = { headers: { authorization: "" } };

function problem(status: number, code: string, title: string, detail: string): object {
  const body = { type: `urn:xqbus:error:${code}`, code, title, status, detail };
  return { status, type: "application/problem+json; charset=utf-8", body };
}

const LOGIN = (detail: string): object => problem(401, "xqbus:authentication-failed", "Unauthorized", detail);

describe("a caller", () => {
  it("gets a token for key and secret: by Basic, as JSON, and in the form of OAuth 2.0", async () => {
    const api = await start({ tokenMs: 60_000 });
    const { id, secret } = api.firstKey!;
    const basic = { authorization: `Basic ${btoa(`${id}:${secret}`)}` };
    const form = "application/x-www-form-urlencoded";
    const requests: readonly RequestInit[] = [
      { headers: basic },
      { headers: { authorization: "", "content-type": "application/json" }, body: JSON.stringify({ id, secret }) },
      { headers: { ...basic, "content-type": form }, body: "grant_type=client_credentials&scope=admin" },
      {
        headers: { authorization: "", "content-type": form },
        body: `grant_type=client_credentials&client_id=${id}&client_secret=${secret}`,
      },
    ];
    for (const init of requests) {
      const { status, body } = await answerOf(await api.call("/token", { method: "POST", ...init }));
      expect({ status, body }).toEqual({
        status: 200,
        body: { access_token: ANY_TEXT, token_type: "Bearer", expires_in: 60, scope: "admin" },
      });
      const { access_token: token } = body as { access_token: string };
      expect((await api.call("/listeners", { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    }
  });

  it("gets a token whose scopes are words, also where one has the name of an action", async () => {
    const api = await start();
    const { id, secret } = await api.client.apiKeys.create("shop", ["action:start:Event handle", "listener:read"]);
    const headers = { authorization: `Basic ${btoa(`${id}:${secret}`)}` };
    const { body } = await answerOf(await api.call("/token", { method: "POST", headers }));
    expect(body).toMatchObject({ scope: "action:start:Event%20handle listener:read" });
  });

  it("is told to log in, with what to use", async () => {
    const api = await start();
    const { id } = api.firstKey!;
    const wrong = (text: string): RequestInit => ({
      method: "POST",
      headers: { authorization: `Basic ${btoa(text)}` },
    });
    for (const init of [wrong(`${id}:wrong`), wrong("xk_nobody:wrong")]) {
      const response = await api.call("/token", init);
      expect(response.headers.get("www-authenticate")).toBe('Basic realm="xqbus", charset="UTF-8"');
      expect(await answerOf(response)).toEqual(LOGIN("there is no API key with this id and secret"));
    }
    expect(await answerOf(await api.call("/token", { method: "POST", ...NOBODY }))).toEqual(
      LOGIN("an API key is needed: its id and its secret"),
    );
    const response = await api.call("/listeners", NOBODY);
    expect(response.headers.get("www-authenticate")).toBe('Bearer realm="xqbus"');
    expect(await answerOf(response)).toEqual(LOGIN("a token is needed; get one with POST /token"));
  });

  it("is refused with a token that is old, of others, or not signed by the daemon", async () => {
    const now = Math.floor(Date.now() / 1000);
    const make = (key: Uint8Array, claims: Record<string, unknown>, alg = "HS256"): Promise<string> =>
      new SignJWT({ iss: "xqbus", aud: "xqbus-api", exp: now + 60, jti: "1", ...claims })
        .setProtectedHeader({ alg })
        .sign(key);
    const api = await start();
    const { id } = api.firstKey!;
    const stranger = new Uint8Array(64);
    const unsigned = [{ alg: "none" }, { sub: id, iss: "xqbus", aud: "xqbus-api", exp: now + 60, jti: "1" }];
    const none = `${unsigned.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;
    const foreign = "the token is not one of this daemon; get one with POST /token";
    const rows: readonly (readonly [token: string, detail: string])[] = [
      [await make(stranger, { sub: id }), foreign],
      [await make(stranger, { sub: id }, "HS512"), foreign],
      [none, foreign],
      ["x.y.z", foreign],
      ["x y", "the header Authorization is not understood; expected Bearer and a token"],
    ];
    for (const [token, detail] of rows) {
      const answer = await answerOf(await api.call("/listeners", { headers: { authorization: `Bearer ${token}` } }));
      expect(answer).toEqual(LOGIN(detail));
    }
  });

  it("needs another token when its own is too old", async () => {
    let now = Date.now();
    const api = await start({ tokenMs: 60_000, now: () => now });
    const headers = { authorization: `Bearer ${await api.token()}` };
    expect(await api.client.listeners.list()).toEqual([]);
    now += 59_000;
    expect((await api.call("/listeners", { headers })).status).toBe(200);
    now += 3_000;
    expect(await answerOf(await api.call("/listeners", { headers }))).toEqual(
      LOGIN("the token has expired; get another one with POST /token"),
    );
    // The client fetches one by itself.
    expect(await api.client.listeners.list()).toEqual([]);
  });

  it("is refused at once when its key is deleted", async () => {
    const api = await start();
    const key = await api.client.apiKeys.create("short-lived", ["listener:read"]);
    const client = new ApiClient(api.url, { key });
    expect(await client.listeners.list()).toEqual([]);
    await api.client.apiKeys.delete(key.id);
    await expect(client.listeners.list()).rejects.toMatchObject({
      code: "xqbus:authentication-failed",
      status: 401,
      message: "there is no API key with this id and secret",
    });
    expect((await api.client.apiKeys.list()).map(({ name }) => name)).toEqual(["first key"]);
  });

  it.each([
    ["listener:read", "GET /listeners", "POST /listeners"],
    ["listener:write", "POST /listeners", "GET /listeners"],
    ["delivery:read", "GET /deliveries", "POST /deliveries/d1/retry"],
    ["delivery:write", "POST /deliveries/d1/retry", "GET /deliveries"],
    ["dead-letter:read", "GET /dead-letters", "POST /dead-letters/delete"],
    ["dead-letter:write", "POST /dead-letters/delete", "GET /dead-letters"],
    ["event-type:read", "GET /event-types", "GET /listeners"],
    ["metrics:read", "GET /metrics", "GET /broker"],
    ["broker:read", "GET /broker", "POST /broker/queues/purge"],
    ["broker:write", "POST /broker/queues/purge", "GET /broker"],
    ["event:publish", "POST /events", "GET /events/stream"],
    ["event:publish:repo.*", "POST /events", "GET /events/stream"],
    ["event:consume", "GET /event-types/x/sample-of-nothing", "POST /events"],
    ["admin", "GET /audit", undefined],
    ["listener:read", "GET /livez", "GET /audit"],
    ["listener:read", "GET /livez", "POST /api-keys"],
  ])("with scope %s may %s and not %s", async (scope, allowed, refused) => {
    const api = await start();
    const headers = { authorization: `Bearer ${await api.token(scope)}`, "content-type": "application/json" };
    const statusOf = async (what: string): Promise<number> => {
      const [method = "", path = ""] = what.split(" ");
      return (await api.call(path, { method, headers, ...(method === "POST" ? { body: "{}" } : {}) })).status;
    };
    expect([401, 403]).not.toContain(await statusOf(allowed));
    if (refused !== undefined) expect(await statusOf(refused)).toBe(403);
  });

  it("who may not is told which scope it takes", async () => {
    const api = await start();
    const response = await api.call("/audit", {
      headers: { authorization: `Bearer ${await api.token("listener:read")}` },
    });
    expect(response.headers.get("www-authenticate")).toBe(
      'Bearer realm="xqbus", error="insufficient_scope", scope="admin"',
    );
    expect(await answerOf(response)).toEqual(
      problem(403, "xqbus:not-permitted", "Forbidden", "the API key has no scope admin"),
    );
  });
});

describe("an API without authentication", () => {
  it("starts on loopback only", async () => {
    const api = await start({ auth: "none" });
    expect(api.firstKey).toBeUndefined();
    expect(await api.client.listeners.list()).toEqual([]);
    for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.org"]) {
      await expect(startHttp(api.parts, { host, auth: "none" })).rejects.toMatchObject({
        code: "xqbus:illegal-argument",
        message: `option auth is "none", which is allowed on loopback only, but the host is "${host}"; use API keys, or the host 127.0.0.1`,
      });
    }
  });

  it.each([
    [{}, 200],
    [{ host: "localhost:1" }, 200],
    [{ host: "[::1]:1" }, 200],
    [{ host: "rebound.example.org" }, 403],
    [{ host: "127.0.0.1.example.org" }, 403],
    [{ host: "localhost.example.org:80" }, 403],
    [{ host: "localhost:1", origin: "http://localhost:1" }, 200],
    [{ origin: "http://example.org" }, 403],
    [{ origin: "null" }, 403],
    [{ host: "localhost:1", origin: "http://localhost:2" }, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "none" }, 200],
  ])("answers a browser's request with %j with %i", async (headers, expected) => {
    const api = await start({ auth: "none" });
    const status = await new Promise((resolve, reject) => {
      request(`${api.url}/listeners`, { headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status).toBe(expected);
  });
});

describe("the rate", () => {
  it("is limited per key, and says when to try again", async () => {
    const api = await start({ rateLimit: "5/min" });
    const mine = `Bearer ${await api.token("listener:read")}`;
    const statuses: number[] = [];
    for (let index = 0; index < 6; index++) {
      statuses.push((await api.call("/listeners", { headers: { authorization: mine } })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
    const response = await api.call("/listeners", { headers: { authorization: mine } });
    expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await answerOf(response)).body).toMatchObject({ code: "xqbus:too-many-requests", status: 429 });
    // Another key has its own, and liveness is always told.
    expect((await api.call("/listeners")).status).toBe(200);
    for (let index = 0; index < 10; index++) expect((await api.call("/livez", NOBODY)).status).toBe(200);
  });

  it("is limited for those without a key by their address, and for tokens more strictly", async () => {
    const api = await start({ rateLimit: "4/min", tokenRateLimit: "2/min" });
    const guess = async (): Promise<number> =>
      (await api.call("/token", { method: "POST", headers: { authorization: `Basic ${btoa("xk_a:b")}` } })).status;
    expect([await guess(), await guess(), await guess()]).toEqual([401, 401, 429]);
    expect((await api.call("/listeners", NOBODY)).status).toBe(401);
    expect((await api.call("/listeners", NOBODY)).status).toBe(429);
  });

  it("is not limited for tokens where the secret is right, as scripts of many commands need it", async () => {
    let now = 1_800_000_000_000;
    const api = await start({ tokenRateLimit: "2/min", now: () => now });
    const { id, secret } = api.firstKey!;
    const login = async (password: string): Promise<Response> =>
      api.call("/token", { method: "POST", headers: { authorization: `Basic ${btoa(`${id}:${password}`)}` } });
    for (let count = 0; count < 10; count++) expect((await login(secret)).status).toBe(200);
    expect([(await login("guess")).status, (await login("guess")).status]).toEqual([401, 401]);
    const refused = await login(secret);
    expect(refused.headers.get("retry-after")).toBe("60");
    const detail = "more than 2/min wrong logins; try again in 60 s";
    expect(await answerOf(refused)).toEqual(problem(429, "xqbus:too-many-requests", "Too Many Requests", detail));
    now += 60_000;
    expect((await login(secret)).status).toBe(200);
  });
});

describe("the audit log", () => {
  it("has who, what, and what became of it, and no secrets", async () => {
    const api = await start();
    const config = { url: "https://example.org", password: "hunter2" };
    const { id } = await api.client.listeners.create({ name: "one", notifier: "http", config });
    await api.client.listeners.pause(id);
    await api.client.listeners.delete(id, { dryRun: true });
    await api.client.listeners.delete(id);
    await api.client.listeners.delete(id).catch(() => undefined);
    const reader = await api.client.apiKeys.create("reader", ["listener:read"]);
    await new ApiClient(api.url, { key: reader }).listeners.pause(id).catch(() => undefined);
    await api.client.deadLetters.delete({ reason: "attempts" }, { dryRun: true });
    await api.client.deadLetters.delete({ reason: "attempts" });
    await api.client.broker.closeConnection(99).catch(() => undefined);
    const who = api.firstKey!.id;
    const entries = await api.client.audit();
    expect(
      entries
        .map(({ who, action, target, outcome, details }) => ({ who, action, target, outcome, details }))
        .toReversed(),
    ).toEqual([
      {
        who,
        action: "listener.create",
        target: id,
        outcome: "done",
        details: { name: "one", notifier: "http", configFields: ["url", "password"] },
      },
      { who, action: "listener.pause", target: id, outcome: "done", details: {} },
      { who, action: "listener.delete", target: id, outcome: "done", details: { waiting: 1 } },
      { who, action: "listener.delete", target: id, outcome: "xqbus:unknown-name", details: {} },
      {
        who,
        action: "api-key.create",
        target: reader.id,
        outcome: "done",
        details: { name: "reader", scopes: ["listener:read"] },
      },
      { who: reader.id, action: "listener.pause", target: id, outcome: "xqbus:not-permitted", details: {} },
      {
        who,
        action: "dead-letter.delete",
        target: "",
        outcome: "done",
        details: { reason: "attempts", matched: 1, changed: 1, refused: 0 },
      },
      { who, action: "broker.connection.close", target: "99", outcome: "amqp:not-found", details: {} },
    ]);
    expect(JSON.stringify(entries)).not.toMatch(/hunter2/);
    expect(JSON.stringify(entries)).not.toContain(reader.secret);
    expect((await api.client.audit({ action: "listener.delete", limit: 1 })).map(({ outcome }) => outcome)).toEqual([
      "xqbus:unknown-name",
    ]);
    expect((await api.client.audit({ who: reader.id })).length).toBe(1);
  });
});

describeWith([SQLITE], "a daemon with a folder", () => {
  it("makes its first key once, and its tokens outlive a restart", async () => {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-http-"));
    const first = await start({}, { folder });
    expect(first.firstKey).toMatchObject({ name: "first key", scopes: ["admin"] });
    const token = await first.token();
    await first.client.listeners.create({ notifier: "http", config: {} });
    await first.close();
    const second = await start({}, { folder });
    expect(second.firstKey).toBeUndefined();
    const headers = { authorization: `Bearer ${token}` };
    expect((await second.call("/listeners", { headers })).status).toBe(200);
    const audit = (await (await second.call("/audit", { headers })).json()) as { items: { action: string }[] };
    expect(audit.items.map(({ action }) => action)).toEqual(["listener.create"]);
    await second.close();
    rmSync(folder, { recursive: true });
  });
});
