import { beforeEach, describe, expect, it } from "vitest";
import type { Listener } from "../../../src/listener/index.ts";
import { DaemonDeadLetters, type DeadLetters } from "../../../src/server/dead-letters/index.ts";
import { CLIENT_POLL, daemonPart, nodeLeave, until, type Part } from "../../listener/set-up.ts";
import { answerOf, apis, fakeDeadLetters, LETTER, type RunningApi } from "./harness.ts";

const { start } = apis();

let api: RunningApi;
let part: Part;
let listener: Listener;

/** One listener of NodeLeave, one of everything; each has a dead letter of NodeLeave and, the latter, of ClientPoll. */
beforeEach(async () => {
  part = await daemonPart();
  const { catalog } = part.options;
  const deadLetters = new DaemonDeadLetters({ catalog, listeners: part.listeners, broker: undefined });
  api = await start({}, { catalog, listeners: part.listeners, deadLetters });
  listener = await part.create({ name: "leave" });
});

type Ask = (what: string, body?: object) => Promise<{ readonly status: number; readonly body: unknown }>;

async function keyWith(...scopes: readonly string[]): Promise<Ask> {
  const authorization = `Bearer ${await api.token(...scopes)}`;
  return async (what, body) => {
    const [method = "", path = ""] = what.split(" ");
    if (method === "GET" || method === "DELETE")
      return answerOf(await api.call(path, { method, headers: { authorization } }));
    const headers = { authorization, "content-type": "application/json" };
    return answerOf(await api.call(path, { method, headers, body: JSON.stringify(body ?? {}) }));
  };
}

function itemsOf({ body }: { readonly body: unknown }): readonly Readonly<Record<string, unknown>>[] {
  return (body as { readonly items: readonly Readonly<Record<string, unknown>>[] }).items;
}

async function allDead(): Promise<void> {
  part.receivers.answers.set("a", () => {
    throw new Error("away");
  });
  await part.create({ name: "all", eventTypes: ["*"], retry: "1x" });
  await part.listeners.update(listener.id, { retry: "1x" });
  await part.send(nodeLeave("one"), CLIENT_POLL);
  await until(async () => {
    await part.pass(1000);
    expect(await part.records({ state: "dead" })).toHaveLength(3);
  });
}

const INPUT = { notifier: "fake", config: { to: "a" } };

describe("a key that may write listeners of some event types", () => {
  it.each([
    ["listener:write:NodeLeave", { eventTypes: ["NodeLeave"] }, 201, ""],
    ["listener:write:#", { eventTypes: ["NodeLeave", "ClientPoll"] }, 201, ""],
    ["listener:write:repo.sync.*", { eventTypes: ["repo.sync.start", "RepoSyncFinish"] }, 201, ""],
    ["listener:write", { eventTypes: ["*"] }, 201, ""],
    ["listener:write:NodeLeave", { eventTypes: ["NodeLeave", "ClientPoll"] }, 403, "listener:write:ClientPoll"],
    ["listener:write:RepoSyncStart", { eventTypes: ["RepoSyncStart"] }, 403, "listener:write:repo.sync.start"],
    ["listener:write:repo.publish.*", { eventTypes: ["RepoSyncStart"] }, 403, "listener:write:repo.sync.start"],
    ["listener:write:*", { eventTypes: ["*"] }, 403, "listener:write"],
    ["listener:write:#", { eventTypes: ["*"] }, 403, "listener:write"],
    ["listener:write:NodeLeave", {}, 403, "listener:write"],
    ["listener:write:NodeLeave", { routingKey: "org.clacks.event.NodeLeave" }, 403, "listener:write"],
    ["listener:write:NodeLeave", { xquery: "//e:NodeLeave" }, 403, "listener:write"],
  ])("with %s makes one of %j: %i", async (scope, wanted, status, refused) => {
    const ask = await keyWith(scope);
    const answer = await ask("POST /listeners", { ...INPUT, ...wanted });
    expect(answer.status).toBe(status);
    if (status === 403) {
      const { detail } = answer.body as { readonly detail: string };
      expect(detail.split(",")[0]).toBe(`the API key has no scope ${refused}`);
    }
    expect(part.listeners.list()).toHaveLength(status === 201 ? 2 : 1);
  });

  it("changes these, and gives them no other types", async () => {
    const ask = await keyWith("listener:write:NodeLeave");
    const path = `/listeners/${listener.id}`;
    expect((await ask(`PATCH ${path}`, { name: "x" })).status).toBe(200);
    for (const eventTypes of [["ClientPoll"], ["*"], ["NodeLeave", "ClientPoll"]]) {
      expect((await ask(`PATCH ${path}`, { eventTypes })).status).toBe(403);
    }
    expect(part.listeners.get(listener.id)).toMatchObject({ name: "x", eventTypes: ["NodeLeave"] });
    for (const verb of ["pause", "resume", "test"]) expect((await ask(`POST ${path}/${verb}`)).status).toBe(200);
    expect((await ask(`DELETE ${path}`)).status).toBe(200);
  });

  it.each([
    ["does not know of others", ["listener:write:ClientPoll"], 404],
    ["may not change others that it sees", ["listener:write:ClientPoll", "listener:read"], 403],
    ["may not change others that it sees by type", ["listener:write:ClientPoll", "listener:read:NodeLeave"], 403],
  ])("%s", async (_how, scopes, status) => {
    const ask = await keyWith(...scopes);
    const path = `/listeners/${listener.id}`;
    expect((await ask(`PATCH ${path}`, { config: { to: "mine" } })).status).toBe(status);
    expect((await ask(`DELETE ${path}`)).status).toBe(status);
    for (const verb of ["pause", "resume", "test"]) expect((await ask(`POST ${path}/${verb}`)).status).toBe(status);
    expect(part.listeners.get(listener.id)).toEqual(listener);
    expect(part.receivers.told).toEqual([]);
  });

  it("cannot get hold of a listener that somebody else is giving more types", async () => {
    const ask = await keyWith("listener:write:NodeLeave");
    const [, { status }] = await Promise.all([
      part.listeners.update(listener.id, { eventTypes: ["*"] }),
      ask(`PATCH /listeners/${listener.id}`, { config: { to: "mine" } }),
    ]);
    expect([403, 404]).toContain(status);
    const update = part.listeners.update(listener.id, { eventTypes: ["*"] });
    const late = part.listeners.update(
      listener.id,
      { config: { to: "mine" } },
      {
        assertTypes: (eventTypes) => {
          if (eventTypes.includes("*")) throw new Error("not yours");
        },
      },
    );
    await expect(late).rejects.toThrow("not yours");
    expect((await update).config).toEqual({ to: "a" });
  });
});

describe("a key that may see some event types", () => {
  it("sees listeners of these only, and of all types only without a limit", async () => {
    const all = await part.create({ name: "all", eventTypes: ["*"] });
    const poll = await part.create({ name: "poll", eventTypes: ["ClientPoll"] });
    const two = await part.create({ name: "two", eventTypes: ["NodeLeave", "ClientPoll"] });
    const rows: readonly (readonly [scope: string, names: readonly string[]])[] = [
      ["listener:read:NodeLeave", ["leave"]],
      ["listener:read:ClientPoll", ["poll"]],
      ["listener:read:#", ["leave", "poll", "two"]],
      ["listener:read", ["leave", "all", "poll", "two"]],
    ];
    for (const [scope, names] of rows) {
      const ask = await keyWith(scope);
      expect(itemsOf(await ask("GET /listeners")).map(({ name }) => name)).toEqual(names);
      for (const { id, name } of [listener, all, poll, two]) {
        const { status, body } = await ask(`GET /listeners/${id}`);
        expect(status).toBe(names.includes(name ?? "") ? 200 : 404);
        if (status === 404) expect(body).toMatchObject({ detail: `"${id}" is not the id of a listener` });
      }
    }
  });

  it("sees deliveries and traces of these only, and lets only these be tried again", async () => {
    await allDead();
    const [poll] = (await part.records()).filter(({ eventType }) => eventType === "ClientPoll");
    const { id = "", eventId = "", listener: of = "" } = poll ?? {};
    const ask = await keyWith("delivery:read:NodeLeave", "delivery:write:NodeLeave");
    for (const path of [
      "/deliveries",
      `/listeners/${of}/deliveries`,
      "/deliveries?limit=1",
      "/deliveries?state=dead",
    ]) {
      const types = itemsOf(await ask(`GET ${path}`)).map(({ eventType }) => eventType);
      expect(new Set(types)).toEqual(new Set(["NodeLeave"]));
    }
    expect(itemsOf(await ask("GET /deliveries"))).toHaveLength(2);
    const unknown = await ask(`GET /deliveries/${"0".repeat(24)}`);
    expect(await ask(`GET /deliveries/${id}`)).toMatchObject({
      status: 404,
      body: { code: "xqbus:unknown-name", detail: `"${id}" is not the id of a delivery` },
    });
    expect(unknown.status).toBe(404);
    expect((await ask(`POST /deliveries/${id}/retry`)).status).toBe(404);
    expect(
      (await (await keyWith("delivery:read", "delivery:write:NodeLeave"))(`POST /deliveries/${id}/retry`)).status,
    ).toBe(403);
    expect(await ask(`GET /events/${eventId}/trace`)).toMatchObject({ status: 404 });
    const [leave] = (await part.records()).filter(({ eventType }) => eventType === "NodeLeave");
    expect((await ask(`GET /events/${leave?.eventId}/trace`)).status).toBe(200);
    expect((await ask(`GET /deliveries/${leave?.id}`)).status).toBe(200);
    expect((await ask(`POST /deliveries/${leave?.id}/retry`)).status).toBe(200);
    const pattern = await keyWith("delivery:read:*");
    expect(itemsOf(await pattern("GET /deliveries"))).toHaveLength(3);
  });

  it("sees dead letters of these only, and redrives and deletes only these", async () => {
    await allDead();
    const [poll] = (await part.records()).filter(({ eventType }) => eventType === "ClientPoll");
    const id = `listener-${poll?.id}`;
    const ask = await keyWith("dead-letter:read:NodeLeave", "dead-letter:write:NodeLeave");
    const shown = itemsOf(await ask("GET /dead-letters"));
    expect(shown.map(({ eventType }) => eventType)).toEqual(["NodeLeave", "NodeLeave"]);
    const groups = itemsOf(await ask("GET /dead-letters/groups"));
    expect(new Set(groups.map(({ eventType }) => eventType))).toEqual(new Set(["NodeLeave"]));
    expect(itemsOf(await ask("GET /dead-letters?eventType=ClientPoll"))).toEqual([]);
    for (const raw of ["", "?raw=true"]) {
      expect(await ask(`GET /dead-letters/${id}${raw}`)).toMatchObject({ status: 404 });
      expect((await ask(`GET /dead-letters/${String(shown[0]?.["id"])}${raw}`)).status).toBe(200);
    }
    for (const verb of ["redrive", "delete"]) {
      expect(await ask(`POST /dead-letters/${verb}`, { ids: [id] })).toMatchObject({
        status: 200,
        body: { matched: 0, changed: 0, refused: [{ id, code: "xqbus:unknown-name" }] },
      });
    }
    expect((await ask("POST /dead-letters/delete")).body).toMatchObject({ matched: 2, changed: 2 });
    expect((await part.records({ state: "dead" })).map((each) => each.eventType)).toEqual(["ClientPoll"]);
  });

  it("does not see a dead letter unmasked that it may only read", async () => {
    await allDead();
    const [poll] = (await part.records()).filter(({ eventType }) => eventType === "ClientPoll");
    const ask = await keyWith("dead-letter:read", "dead-letter:write:NodeLeave");
    expect((await ask(`GET /dead-letters/listener-${poll?.id}`)).status).toBe(200);
    expect(await ask(`GET /dead-letters/listener-${poll?.id}?raw=true`)).toMatchObject({
      status: 403,
      body: { detail: "the API key has no scope dead-letter:write:ClientPoll" },
    });
  });
});

it("the trace of an event has the dead letters of queues and subscriptions, to whom they may be shown", async () => {
  await part.send(nodeLeave("one"));
  await until(async () => expect(await part.records({ state: "delivered" })).toHaveLength(1));
  const [{ eventId = "" } = {}] = await part.records();
  const letter = { ...LETTER, id: "queue-1", kind: "subscription", subscription: "org.clacks x" } as const;
  const list: DeadLetters["list"] = async (query, view) => {
    const found = [
      { ...letter, eventId, eventType: "NodeLeave" },
      { ...LETTER, eventId, eventType: "NodeLeave" },
      { ...letter, id: "queue-2", eventId: "only", eventType: undefined },
    ];
    return found.filter((each) => each.eventId === query?.eventId && view?.isSeen?.(each.eventType) !== false);
  };
  const { catalog } = part.options;
  api = await start({}, { catalog, listeners: part.listeners, deadLetters: { ...fakeDeadLetters(), list } });
  const all = await keyWith("delivery:read");
  expect(await all(`GET /events/${eventId}/trace`)).toMatchObject({
    status: 200,
    body: { eventType: "NodeLeave", deliveries: [{ state: "delivered" }], deadLetters: [{ id: "queue-1" }] },
  });
  expect((await all("GET /events/only/trace")).body).toEqual({
    ...{ eventId: "only", subject: letter.subject, bytes: letter.bytes, deliveries: [], archived: [], tasklets: [] },
    deadLetters: [JSON.parse(JSON.stringify({ ...letter, id: "queue-2", eventId: "only", eventType: undefined }))],
  });
  const limited = await keyWith("delivery:read:NodeLeave");
  expect((await limited(`GET /events/${eventId}/trace`)).status).toBe(200);
  expect((await limited("GET /events/only/trace")).status).toBe(404);
  expect((await all("GET /events/none/trace")).status).toBe(404);
});
