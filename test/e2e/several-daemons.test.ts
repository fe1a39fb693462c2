import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { startBroker } from "../../src/broker/index.ts";
import { Event } from "../../src/event/index.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { describeWith } from "../helpers/requirements.ts";
import { DaemonProcess } from "./daemon-process.ts";

const modules = mkdtempSync(join(tmpdir(), "xqbus-e2e-modules-"));
const root = mkdtempSync(join(tmpdir(), "xqbus-e2e-several-"));
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
afterAll(() => {
  for (const folder of [root, modules]) rmSync(folder, { recursive: true });
});

const PATIENT = { timeout: 50_000, interval: 50 };
const NS = "http://www.gonicus.de/Events";
const nodeLeave = (id: string): Event =>
  Event.parse(`<Event xmlns="${NS}"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`);
const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, index) => `n${String(from + index).padStart(3, "0")}`);

/** One of several daemons with the same broker and database. */
function newDaemon(broker: string, database: string): Promise<DaemonProcess> {
  const daemon = new DaemonProcess({
    ...{ folder: mkdtempSync(join(root, "daemon-")), broker, database },
    toml: `[archive]\nenabled = true\n[action]\nfolder = ${JSON.stringify(modules)}\nlease = "2s"\n[cluster]\nheartbeat = "200ms"\ngone_after = "2s"\n`,
  });
  cleanUps.push(() => daemon.end("SIGKILL"));
  return daemon.start();
}

async function processesOf(daemon: DaemonProcess): Promise<string | undefined> {
  return (await daemon.check("cluster"))?.detail;
}

describeWith([POSTGRES], "several daemons in front of one broker", () => {
  it("share listeners, archive and durable consumers, and one that is killed is followed by the others", async () => {
    const postgres = await TestPostgres.start();
    cleanUps.push(() => postgres[Symbol.dispose]());
    const broker = await startBroker({ users: { ada: "pa55" } });
    cleanUps.push(() => broker.close());
    const url = broker.url("ada", "org.clacks");
    const database = postgres.newDatabase("bus");
    const daemons = await Promise.all(Array.from({ length: 3 }, () => newDaemon(url, database)));
    const [first, second, third] = daemons as unknown as readonly [DaemonProcess, DaemonProcess, DaemonProcess];
    await vi.waitFor(async () => expect(await processesOf(first)).toMatch(/^3 processes; /), PATIENT);

    const told: string[] = [];
    const receiver = createServer((request, response) => {
      let text = "";
      request.on("data", (data: Buffer) => (text += data.toString()));
      request.on("end", () => {
        told.push(/n\d{3}/.exec(text)?.[0] ?? text.slice(0, 100));
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
    cleanUps.push(() => receiver.close());
    const to = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const listener = await second.ask<{ readonly id?: string }>("/listeners", {
      ...{ notifier: "http", eventTypes: ["NodeLeave"], retry: "forever schedule 100ms" },
      config: { url: to },
    });
    expect(listener.id).toMatch(/^[0-9a-f]{24}$/);
    for (const daemon of daemons) {
      const { items } = await daemon.ask<{ items: readonly { id: string }[] }>("/listeners");
      expect(items.map(({ id }) => id)).toEqual([listener.id]);
    }
    const got: string[] = [];
    const consumer = await AMQPEventConsumer.open(url, {
      ...{ durable: "orders", router: "required", routerTimeoutMs: 10_000 },
      xquery: `//e:NodeLeave[not(e:Id = "n001")]`,
      callback: (event) => void got.push(event.get("Id") ?? ""),
    });
    cleanUps.push(() => consumer.close());

    await using publisher = await EventPublisher.open(url);
    const send = async (from: number, until: number): Promise<void> => {
      for (const id of ids(from, until)) await publisher.sendEvent(nodeLeave(id));
    };
    await send(0, 40);
    await first.end("SIGKILL");
    await send(40, 80);
    await vi.waitFor(async () => expect(await processesOf(second)).toMatch(/^2 processes; /), PATIENT);
    expect(await third.end("SIGTERM")).toBe(0);
    await send(80, 100);
    await vi.waitFor(() => expect([...new Set(told)].sort()).toEqual(ids(0, 100)), PATIENT);
    await vi.waitFor(
      () => expect([...new Set(got)].sort()).toEqual(ids(0, 100).filter((id) => id !== "n001")),
      PATIENT,
    );
    const { items: members } = await second.ask<{ items: readonly { leases: number; isThis: boolean }[] }>("/members");
    expect(members).toHaveLength(1);
    expect(members[0]).toMatchObject({ isThis: true, slot: expect.any(Number) as number });
    expect(members[0]?.leases).toBeGreaterThan(0);
    expect(await processesOf(second)).toMatch(/^1 process; this one does \d+ things for all$/);
    await vi.waitFor(async () => {
      const { events } = await second.ask<{ readonly events: number }>("/archive/stats");
      expect(events).toBe(100);
    }, PATIENT);
  });

  it("start a workflow at each of its times once, and each of its steps, whichever of them is killed", async () => {
    writeFileSync(
      join(modules, "m.js"),
      `import { appendFileSync } from "node:fs";
       export const work = (event, { idempotencyKey, attempt }) =>
         appendFileSync(import.meta.dirname + "/lines", idempotencyKey + " " + attempt + "\\n");`,
    );
    const postgres = await TestPostgres.start();
    cleanUps.push(() => postgres[Symbol.dispose]());
    const broker = await startBroker({ users: { ada: "pa55" } });
    cleanUps.push(() => broker.close());
    const [url, database] = [broker.url("ada", "org.clacks"), postgres.newDatabase("bus")];
    const [first, second] = [await newDaemon(url, database), await newDaemon(url, database)];
    await second.ask("/actions", { name: "work", module: "m.js", function: "work", retry: "3x" });
    const definition = { name: "tick", steps: { one: { action: "work" }, two: { action: "work", after: "one" } } };
    const { id } = await second.ask<{ readonly id: string }>("/workflows", { definition });
    await second.ask(`/actions/${id}/triggers`, { kind: "schedule", cron: "* * * * * *" });
    const succeeded = async (): Promise<readonly { readonly id: string; readonly key: string }[]> => {
      const query = `/runs?subject=${id}&state=succeeded&limit=1000`;
      return (await second.ask<{ readonly items: readonly { id: string; key: string }[] }>(query)).items;
    };
    await vi.waitFor(async () => expect((await succeeded()).length).toBeGreaterThan(2), PATIENT);
    await first.end("SIGKILL");
    const before = (await succeeded()).length;
    await vi.waitFor(async () => expect((await succeeded()).length).toBeGreaterThan(before + 3), PATIENT);
    const runs = await succeeded();
    const lines = readFileSync(join(modules, "lines"), "utf8").trim().split("\n");
    // What was begun by the one that was killed is another attempt; no attempt is made twice.
    expect(new Set(lines).size).toBe(lines.length);
    for (const run of runs) {
      expect(run.key).toMatch(/^schedule:/);
      for (const step of ["one", "two"]) {
        expect(
          lines.some((line) => line.startsWith(`${run.id}/${step} `)),
          `${run.key} ${step}`,
        ).toBe(true);
      }
    }
    expect(new Set(runs.map(({ key }) => key)).size).toBe(runs.length);
  });
});
