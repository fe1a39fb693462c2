import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { XqbusError } from "../../../src/errors.ts";
import type { DeliveryRecord, Listener, ListenerInput, Listeners } from "../../../src/listener/index.ts";
import { loadCatalog, type Catalog } from "../../../src/schema/index.ts";
import { ApiClient } from "../../../src/server/api-client/index.ts";
import type { DeadLetter, DeadLetters } from "../../../src/server/dead-letters/dead-letter.ts";
import { startHttp, type HttpOptions, type HttpServer } from "../../../src/server/http/index.ts";
import type { DaemonParts } from "../../../src/server/parts.ts";
import { createTestBus, type TestBus } from "../../../src/testing/index.ts";

/** An API that runs on a bus of its own. */
export interface RunningApi extends HttpServer {
  readonly bus: TestBus;
  readonly parts: DaemonParts;
  /** With the first key; without authentication with none. */
  readonly client: ApiClient;
  /** A token of the first key, or of one with these scopes. */
  token(...scopes: readonly string[]): Promise<string>;
  /** Calls a path, with a token of the first key unless there is another authorization. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

/** Starts APIs for the tests of one file and stops them behind each test. */
export function apis(): {
  readonly start: (options?: HttpOptions, parts?: Partial<DaemonParts>) => Promise<RunningApi>;
} {
  let catalog: Catalog;
  const running: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    catalog = await loadCatalog();
  });
  afterEach(async () => {
    for (const stop of running.splice(0).toReversed()) await stop();
  });
  afterAll(() => catalog.close());
  return {
    start: async (options = {}, given = {}) => {
      const bus = createTestBus({ catalog: given.catalog ?? catalog });
      running.push(() => bus.close());
      const parts: DaemonParts = {
        catalog,
        publisher: await bus.publisher(),
        listeners: fakeListeners(),
        deadLetters: fakeDeadLetters(),
        broker: bus.broker,
        url: bus.url,
        folder: undefined,
        health: async () => ({ status: "ok", checks: [{ name: "broker", status: "ok", detail: "embedded" }] }),
        ...given,
      };
      const server = await startHttp(parts, { port: 0, ...options });
      running.push(() => server.close());
      return apiOf(server, bus, parts);
    },
  };
}

function apiOf(server: HttpServer, bus: TestBus, parts: DaemonParts): RunningApi {
  const { firstKey, url } = server;
  const client = new ApiClient(url, firstKey === undefined ? {} : { key: firstKey });
  const token = async (...scopes: readonly string[]): Promise<string> => {
    const key = scopes.length === 0 ? firstKey : await client.apiKeys.create("test", scopes);
    const response = await fetch(`${url}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${key?.id}:${key?.secret}`)}` },
    });
    return ((await response.json()) as { access_token: string }).access_token;
  };
  let own: Promise<string> | undefined;
  return {
    ...server,
    bus,
    parts,
    client,
    token,
    call: async (path, init = {}) => {
      const headers = new Headers(init.headers);
      if (!headers.has("authorization") && firstKey !== undefined) {
        headers.set("authorization", `Bearer ${await (own ??= token())}`);
      }
      if (headers.get("authorization") === "") headers.delete("authorization");
      return fetch(`${url}${path}`, { ...init, headers });
    },
  };
}

/** Status, media type and body of an answer, to be compared as a whole. */
export async function answerOf(response: Response): Promise<{ status: number; type: string | null; body: unknown }> {
  const body = await response.text();
  const type = response.headers.get("content-type");
  return { status: response.status, type, body: /json/.test(type ?? "") ? JSON.parse(body) : body };
}

const DELIVERY: DeliveryRecord = {
  id: "d1",
  listener: "0".repeat(24),
  eventId: "e1",
  eventType: "PhoneStatus",
  subject: "org.clacks.event.PhoneStatus",
  state: "dead",
  acceptedAt: 1,
  matchedAt: 2,
  attempts: [
    {
      number: 1,
      startedAt: 3,
      endedAt: 4,
      outcome: "failed",
      status: 503,
      excerpt: "no",
      code: "xqbus:notify-failed",
      message: "503",
    },
  ],
  nextAttemptAt: undefined,
  reason: "attempts",
  error: "503",
  redrives: 0,
};

/** Listeners in memory: as the API sees them, and without any event. */
export function fakeListeners(): Listeners {
  const all = new Map<string, Listener>();
  const get = (id: string): Listener => {
    const listener = all.get(id);
    if (listener === undefined) throw new XqbusError("xqbus:unknown-name", `there is no listener "${id}"`);
    return listener;
  };
  const put = (listener: Listener): Listener => {
    all.set(listener.id, listener);
    return listener;
  };
  const delivery = async (id: string): Promise<DeliveryRecord> => {
    if (id === DELIVERY.id) return DELIVERY;
    throw new XqbusError("xqbus:unknown-name", `there is no delivery "${id}"`);
  };
  return {
    list: () => [...all.values()],
    get,
    countsHere: (id) => ({ ...get(id).counts, delivered: 2 }),
    create: async (input) => put(listenerOf(input, String(all.size).padStart(24, "0"))),
    update: async (id, change) => put({ ...get(id), ...(change as Partial<Listener>), updatedAt: 2 }),
    delete: async (id, { dryRun = false } = {}) => {
      const { waiting } = get(id).counts;
      if (!dryRun) all.delete(id);
      return { waiting };
    },
    pause: async (id) => put({ ...get(id), state: "paused" }),
    resume: async (id) => put({ ...get(id), state: "active" }),
    test: async (id, { eventType = "PhoneStatus" } = {}) => {
      get(id);
      return { eventType, outcome: "delivered", status: 200, excerpt: "ok", error: undefined, elapsedMs: 1 };
    },
    deliveries: async ({ listener, state }) =>
      (listener === undefined || listener === DELIVERY.listener) && (state === undefined || state === DELIVERY.state)
        ? [DELIVERY]
        : [],
    delivery,
    eventOf: async () => new Uint8Array(),
    retry: delivery,
    deleteDeadLetters: async (ids) => ids.length,
    trace: async (eventId) =>
      eventId === DELIVERY.eventId
        ? {
            eventId,
            eventType: DELIVERY.eventType,
            subject: DELIVERY.subject,
            acceptedAt: 1,
            traceparent: undefined,
            bytes: 100,
            deliveries: [DELIVERY],
          }
        : undefined,
  };
}

function listenerOf(input: ListenerInput, id: string): Listener {
  if (input.notifier !== "http") {
    throw new XqbusError("xqbus:illegal-argument", `there is no notifier "${input.notifier}"; expected http`);
  }
  return {
    id,
    name: input.name,
    notifier: input.notifier,
    config: { ...input.config, ...("password" in input.config ? { password: "***" } : {}) },
    shown: [["URL", String(input.config["url"])]],
    eventTypes: input.eventTypes ?? ["*"],
    xquery: input.xquery,
    routingKey: input.routingKey,
    retry: input.retry ?? "12x",
    rate: input.rate,
    concurrency: input.concurrency ?? 4,
    timeoutMs: input.timeoutMs ?? 30_000,
    maxWaiting: input.maxWaiting ?? 100_000,
    state: "active",
    stateReason: undefined,
    createdAt: 1,
    updatedAt: 1,
    counts: { matched: 5, delivered: 3, failedAttempts: 2, deadLettered: 1, waiting: 1, filterErrors: 0 },
  };
}

/** The letter of {@link fakeDeadLetters}. */
export const LETTER: DeadLetter = {
  id: "listener-d1",
  subscription: "0".repeat(24),
  kind: "listener",
  eventId: "e1",
  eventType: "PhoneStatus",
  subject: "org.clacks.event.PhoneStatus",
  reason: "attempts",
  error: "503",
  attempts: 3,
  at: 5,
  redrives: 0,
  bytes: 100,
};

/** One dead letter. @param document its document */
export function fakeDeadLetters(document = "<Event/>"): DeadLetters {
  let isThere = true;
  const change: DeadLetters["redrive"] = async ({ ids }, { dryRun = false } = {}) => {
    const matched = isThere && (ids === undefined || ids.includes(LETTER.id)) ? 1 : 0;
    if (!dryRun && matched > 0) isThere = false;
    return { matched, changed: matched, refused: [] };
  };
  return {
    list: async ({ reason } = {}) => (isThere && (reason === undefined || reason === LETTER.reason) ? [LETTER] : []),
    groups: async () => [
      {
        subscription: LETTER.subscription,
        reason: LETTER.reason,
        eventType: LETTER.eventType,
        error: LETTER.error,
        count: 1,
        oldest: 5,
        latest: 5,
        example: LETTER.id,
      },
    ],
    show: async (id) => {
      if (id === LETTER.id) return { ...LETTER, document: Buffer.from(document) };
      throw new XqbusError("xqbus:unknown-name", `there is no dead letter "${id}"`);
    },
    redrive: change,
    delete: change,
  };
}

/** Any text, inside of an object that is compared. */
export const ANY_TEXT: unknown = expect.any(String);

/** A text of this form. */
export function textLike(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}
