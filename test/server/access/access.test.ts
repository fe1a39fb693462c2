import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Cluster, CLUSTER_MIGRATIONS, type ClusterTables } from "../../../src/cluster/index.ts";
import { openDatabase } from "../../../src/database/index.ts";
import { Access, Grants } from "../../../src/server/access/index.ts";
import { POSTGRES, TestPostgres } from "../../helpers/postgres.ts";
import { SQLITE, describeWith } from "../../helpers/requirements.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "xqbus-access-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The same for both places where keys may be kept. */
function suite(place: () => string | undefined): void {
  it("knows a key by its secret only, until it is deleted", async () => {
    await using access = await Access.open(place(), { now: () => 5 });
    const { secret, ...key } = await access.createKey("ci", ["event:publish:repo.*", "listener:read"]);
    expect(key).toEqual({
      id: expect.stringMatching(/^xk_[\w-]{16}$/) as unknown,
      name: "ci",
      scopes: ["event:publish:repo.*", "listener:read"],
      createdAt: 5,
    });
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(access.keys).toEqual([key]);
    expect(access.keyWith(key.id, secret)).toEqual(key);
    expect(access.keyWith(key.id, `${secret}x`)).toBeUndefined();
    expect(access.keyWith(key.id, "")).toBeUndefined();
    expect(access.keyWith("xk_nobody", secret)).toBeUndefined();
    expect(await access.deleteKey(key.id)).toEqual(key);
    expect(access.keyWith(key.id, secret)).toBeUndefined();
    await expect(access.deleteKey(key.id)).rejects.toMatchObject({
      code: "xqbus:unknown-name",
      message: `there is no API key "${key.id}"`,
    });
  });

  it("makes a first key where there is none", async () => {
    await using access = await Access.open(place());
    const first = await access.createFirstKey("first", ["admin"]);
    expect(first).toMatchObject({ name: "first", scopes: ["admin"] });
    expect(await access.createFirstKey("second", ["admin"])).toBeUndefined();
    expect(access.keys).toHaveLength(1);
  });

  it.each([
    ["x", [], "an API key needs 1 to 100 scopes, got 0"],
    ["x", ["root"], /^there is no scope "root"; expected one of action:read, .*, or event:publish:repo\.\*$/],
    ["x", ["constructor"], /^there is no scope "constructor"/],
    ["x", ["event:publish:"], /^there is no scope|^the pattern of scope "event:publish:"/],
    ["x", ["event:consume:a\nb"], /pattern of scope/],
    ["a\nb", ["admin"], 'the name of an API key must be one line of at most 200 characters, got "a\\nb"'],
    ["x", ["action:start: Event handle"], /pattern of scope .* expected an id, a name, or words with dots/],
    ["x", ["listener:write:Event handle"], /pattern of scope .* expected words with dots/],
  ])("refuses a key %j with %j", async (name, scopes, message) => {
    await using access = await Access.open(place());
    await expect(access.createKey(name, scopes)).rejects.toMatchObject({
      code: "xqbus:illegal-argument",
      message: typeof message === "string" ? message : (expect.stringMatching(message) as unknown),
    });
    expect(access.keys).toEqual([]);
  });

  it("lets a scope name an action as people call it", async () => {
    await using access = await Access.open(place());
    const scope = "action:start:Événement à traiter";
    const { scopes } = await access.createKey("shop", [scope]);
    const grants = new Grants(scopes);
    expect([
      grants.allowsType("action:start", "Événement à traiter"),
      grants.allowsType("action:start", "Événement"),
      grants.allowsAll("action:start"),
    ]).toEqual([true, false, false]);
  });

  it("keeps an audit log, the latest first, and not for ever", async () => {
    let now = 0;
    await using access = await Access.open(place(), { now: () => now, keepAuditMs: 10_000, maxAuditEntries: 1200 });
    const note = (target: string, who = "xk_a") =>
      access.record({ who, action: "listener.pause", target, outcome: "done", details: { target } });
    for (; now < 20; now++) await note(String(now), now % 2 === 0 ? "xk_a" : "xk_b");
    const targets = async (query = {}): Promise<readonly string[]> =>
      (await access.audit(query)).map(({ target }) => target);
    expect(await targets({ limit: 3 })).toEqual(["19", "18", "17"]);
    expect(await targets({ limit: 2, who: "xk_a" })).toEqual(["18", "16"]);
    expect(await targets({ limit: 2, before: 4 })).toEqual(["2", "1"]);
    expect(await targets({ target: "7", action: "listener.pause" })).toEqual(["7"]);
    expect(await targets({ action: "listener.delete" })).toEqual([]);
    expect((await access.audit({ target: "7" }))[0]).toEqual({
      id: 8,
      at: 7,
      who: "xk_b",
      action: "listener.pause",
      target: "7",
      outcome: "done",
      details: { target: "7" },
    });
    expect(() => access.audit({ limit: 1001 })).toThrow("limit must be a whole number from 1 to 1000, got 1001");
    await access.record({ who: "x", action: "x", target: "", outcome: "done", details: { long: "x".repeat(2000) } });
    expect((await access.audit({ limit: 1 }))[0]?.details).toEqual({ isCut: true });
    now = 10_015;
    for (let count = 0; count < 1000; count++) await note("later");
    const old = await targets({ limit: 1000, before: 21 });
    expect(old).toEqual(["19", "18", "17", "16", "15"]);
  });
}

describe("keys in memory", () => suite(() => undefined));

describeWith([SQLITE], "keys in a folder", () => {
  suite(() => folder);

  it("outlive a restart, with what signs tokens, and nobody else may read the file", async () => {
    const first = await Access.open(folder);
    const { secret, ...key } = await first.createKey("ci", ["admin"]);
    const signingKey = Buffer.from(first.signingKey);
    await first.record({ who: "local", action: "api-key.create", target: key.id, outcome: "done", details: {} });
    expect(statSync(join(folder, "access.db")).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, "access.db-wal")).mode & 0o777).toBe(0o600);
    await expect(Access.open(folder)).rejects.toMatchObject({ code: "xqbus:store-in-use" });
    await first.close();
    await using second = await Access.open(folder);
    expect(second.keys).toEqual([key]);
    expect(second.keyWith(key.id, secret)).toEqual(key);
    expect(Buffer.from(second.signingKey).equals(signingKey)).toBe(true);
    expect((await second.audit()).map(({ target }) => target)).toEqual([key.id]);
    expect(readFileSync(join(folder, "access.db")).includes(secret)).toBe(false);
  });

  it("need a folder that is there", async () => {
    await expect(Access.open(join(folder, "nowhere"))).rejects.toMatchObject({
      code: "xqbus:unreadable",
      message: `${join(folder, "nowhere", "access.db")} cannot be opened or made (ENOENT)`,
    });
  });
});

describe("a pattern of event types", () => {
  it.each([
    ["repo.*", "repo.sync", true],
    ["repo.*", "repo.sync.start", false],
    ["repo.#", "repo.sync.start", true],
    ["repo.#", "repo", true],
    ["#", "PhoneStatus", true],
    ["*", "PhoneStatus", true],
    ["*", "repo.sync", false],
    ["PhoneStatus", "PhoneStatus", true],
    ["PhoneStatus", "PhoneStatusX", false],
    ["Phone*", "PhoneStatus", false],
  ])("%s allows %s: %s", (pattern, type, isAllowed) => {
    const grants = new Grants([`event:publish:${pattern}`]);
    expect(grants.allowsType("event:publish", type)).toBe(isAllowed);
    expect(grants.allowsType("event:consume", type)).toBe(false);
    expect([grants.allows("event:publish"), grants.allows("event:consume"), grants.allows("admin")]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describeWith([POSTGRES], "the keys of several daemons", () => {
  it("are the same for all, as is what signs tokens, and the audit log is one", async () => {
    using postgres = await TestPostgres.start();
    const url = postgres.newDatabase("access");
    const openOne = async () => {
      const database = await openDatabase<ClusterTables>(url, { schema: "c", migrations: CLUSTER_MIGRATIONS });
      const cluster = await Cluster.open({ database, domain: "d", release: "1", heartbeatMs: 50, goneAfterMs: 5000 });
      return { database, cluster, access: await Access.open(undefined, { shared: { url, cluster } }) };
    };
    const [one, other] = [await openOne(), await openOne()];
    // They start at the same time, and find no key.
    const firsts = await Promise.all([one, other].map(({ access }) => access.createFirstKey("first key", ["admin"])));
    const [first, second] = firsts.filter((each) => each !== undefined);
    if (first === undefined) throw new Error("nobody made it");
    expect(second).toBeUndefined();
    for (const { access } of [one, other]) {
      expect(access.keyWith(first.id, first.secret)).toMatchObject({ name: "first key" });
      expect(await access.createFirstKey("another", ["admin"])).toBeUndefined();
    }
    const key = await one.access.createKey("for all", ["admin"]);
    expect(other.access.keyWith(key.id, key.secret)).toMatchObject({ name: "for all" });
    expect(other.access.signingKey).toEqual(one.access.signingKey);
    await one.access.record({ who: "ada", action: "key.create", target: key.id, outcome: "ok", details: {} });
    await other.access.record({ who: "bob", action: "key.use", target: key.id, outcome: "ok", details: {} });
    expect((await one.access.audit()).map(({ who }) => who)).toEqual(["bob", "ada"]);
    expect((await one.access.audit({ who: "ada" })).map(({ action }) => action)).toEqual(["key.create"]);
    await other.access.deleteKey(key.id);
    expect(one.access.keyWith(key.id, key.secret)).toBeUndefined();
    for (const { access, cluster, database } of [one, other]) {
      await access.close();
      await cluster.close();
      await database.close();
    }
  });
});
