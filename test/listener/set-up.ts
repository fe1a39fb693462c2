import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, vi } from "vitest";
import { illegalOption } from "../../src/assert-option.ts";
import {
  openListeners,
  type DeliveryQuery,
  type DeliveryRecord,
  type Listener,
  type ListenerInput,
  type ListenerLogRecord,
  type ListenersOptions,
  type Notification,
  type NotifierSettings,
  type NotifierType,
  type NotifyResult,
  type RunningListeners,
} from "../../src/listener/index.ts";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { VirtualClock } from "../../src/testing/virtual-clock.ts";
import { createTestBus, type TestBus } from "../../src/testing/index.ts";

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** Is called after the test, those that were given last first. */
export function afterTest(cleanUp: () => unknown): void {
  cleanUps.push(cleanUp);
}

export const NS = "http://www.gonicus.de/Events";
export const SETTINGS: NotifierSettings = { messaging: {}, network: { allow: [] }, commands: [] };

export function nodeLeave(id: string): string {
  return `<Event xmlns="${NS}"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`;
}

export const CLIENT_POLL: string = `<Event xmlns="${NS}"><ClientPoll/></Event>`;

export async function until(claim: () => unknown): Promise<void> {
  await vi.waitFor(claim, { timeout: 20_000, interval: 5 });
}

/** A virtual clock that tells how many alarms are set. */
export class CountingClock extends VirtualClock {
  pending = 0;

  override at(time: number, callback: () => void): () => void {
    this.pending++;
    let isOver = false;
    const end = (): void => {
      if (!isOver) this.pending--;
      isOver = true;
    };
    const cancel = super.at(time, () => {
      end();
      callback();
    });
    return () => {
      end();
      cancel();
    };
  }
}

/** What a receiver does with one notification. */
export type Answer = (notification: Notification, signal: AbortSignal) => NotifyResult | Promise<NotifyResult>;

/** Receivers by the field `to` of their listeners, and what they were told. */
export class Receivers {
  readonly told: Notification[] = [];
  readonly answers: Map<string, Answer> = new Map();
  /** Why notifiers of such a listener cannot be opened. */
  readonly unopenable: Map<string, string> = new Map();
  /** The configurations of all that were opened. */
  readonly opened: unknown[] = [];
  closed = 0;

  /** The notifier type `fake`. */
  readonly type: NotifierType = {
    id: "fake",
    summary: "Tells a test.",
    fields: [
      { name: "to", kind: "text", isRequired: true, help: "who is told" },
      { name: "password", kind: "text", isSecret: true, help: "a secret" },
      { name: "size", kind: "number", help: "a number" },
      { name: "tags", kind: "texts", help: "some texts" },
      { name: "isLoud", kind: "boolean", help: "a claim" },
      { name: "form", kind: "choice", choices: ["xml", "json"], help: "a choice" },
    ],
    check: (config) => {
      if (config["to"] === "nobody") throw illegalOption("the field to must be somebody");
      return config;
    },
    show: (config) => [["To", (config as { readonly to: string }).to]],
    open: async (config) => {
      const { to } = config as { readonly to: string };
      const problem = this.unopenable.get(to);
      if (problem !== undefined) throw illegalOption(problem);
      this.opened.push(config);
      return {
        notify: async (notification, signal) => {
          this.told.push(notification);
          return (this.answers.get(to) ?? (() => ({ status: 200 })))(notification, signal);
        },
        close: async () => {
          this.closed++;
        },
      };
    },
  };

  /** The `Id` fields of what a listener was told, in order. */
  idsOf(listener: Pick<Listener, "id">): readonly string[] {
    return this.told.filter((each) => each.listener === listener.id).map(({ event }) => event.get("Id") ?? "");
  }
}

let shipped: Promise<Catalog> | undefined;

export function shippedCatalog(): Promise<Catalog> {
  return (shipped ??= loadCatalog());
}

export interface Part {
  readonly bus: TestBus;
  readonly clock: CountingClock;
  readonly folder: string;
  readonly receivers: Receivers;
  readonly logs: ListenerLogRecord[];
  /** The listeners that are open now. */
  listeners: RunningListeners;
  readonly options: ListenersOptions;
  create(input?: Partial<ListenerInput>): Promise<Listener>;
  send(...events: readonly string[]): Promise<void>;
  /** Closes the listeners and opens their file again. */
  reopen(options?: Partial<ListenersOptions>): Promise<void>;
  records(query?: DeliveryQuery): Promise<readonly DeliveryRecord[]>;
  /** Lets time pass, from one alarm to the next, with what they lead to. */
  pass(ms: number): Promise<void>;
}

/** The listeners of a daemon on a bus of their own, whose time the test lets pass. */
export async function daemonPart(more: Partial<ListenersOptions> = {}): Promise<Part> {
  const catalog = more.catalog ?? (await shippedCatalog());
  const bus = createTestBus({ catalog });
  const clock = new CountingClock(Date.UTC(2026, 0, 1));
  const folder = mkdtempSync(join(tmpdir(), "xqbus-listeners-"));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  afterTest(() => bus.close());
  const receivers = new Receivers();
  const logs: ListenerLogRecord[] = [];
  const options: ListenersOptions = {
    ...{ url: bus.url, catalog, folder, settings: SETTINGS, clock, random: () => 0.5 },
    notifierTypes: [receivers.type],
    publish: (event) => bus.send(event),
    onLog: (record) => logs.push(record),
    ...more,
  };
  const part: Part = {
    ...{ bus, clock, folder, receivers, logs, options },
    listeners: await openListeners(options),
    create: ({ config, ...input } = {}) =>
      part.listeners.create({ notifier: "fake", eventTypes: ["NodeLeave"], ...input, config: { to: "a", ...config } }),
    send: async (...events) => {
      for (const event of events) await bus.send(event);
    },
    reopen: async (changed = {}) => {
      await part.listeners.stop();
      part.listeners = await openListeners({ ...options, ...changed });
      await part.listeners.start();
    },
    records: (query = {}) => part.listeners.deliveries(query),
    pass: async (ms) => {
      const end = clock.now() + ms;
      await settled(part);
      while (clock.ringNext(end)) await settled(part);
      clock.advance(end - clock.now());
    },
  };
  afterTest(() => part.listeners.stop());
  await part.listeners.start();
  return part;
}

/** Some round trips to the storage thread: what was asked before is done, and what follows from it. */
async function settled({ listeners }: Part): Promise<void> {
  for (let turn = 0; turn < 6; turn++) await listeners.oldestWaiting();
}
