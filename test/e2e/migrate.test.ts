import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { AMQPEventConsumer, EventPublisher } from "../../src/amqp/index.ts";
import { PRODUCTS, PRODUCT_NEEDS } from "../brokers/products.ts";
import { POSTGRES, TestPostgres } from "../helpers/postgres.ts";
import { describeWith } from "../helpers/requirements.ts";
import { leave } from "../server/migration/old-daemon.ts";
import { Command, run } from "./command.ts";

const root = mkdtempSync(join(tmpdir(), "xqbus-e2e-migrate-"));
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
afterAll(() => rmSync(root, { recursive: true }));

const PATIENT = { timeout: 60_000, interval: 100 };
const EVENTS = 300;
const USERS = ["--user", "ada:pa55"];

/** A daemon as a process; with `url`, of the bus, and `http`. */
class Serve {
  readonly #command: Command;

  constructor(args: readonly string[]) {
    this.#command = new Command(["serve", "--json", ...args]);
    cleanUps.push(() => this.end("SIGKILL"));
  }

  async started(): Promise<{ readonly url: string; readonly http: string }> {
    await this.#command.prints("stdout", "\n");
    const { url, http } = JSON.parse(this.#command.stdout) as { readonly url: string; readonly http: string };
    return { url: url.replace("***", "pa55"), http };
  }

  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    this.#command.signal(signal);
    return (await this.#command.ended).code;
  }
}

for (const product of ["artemis", "qpid-broker-j"] as const) {
  describeWith([POSTGRES, ...PRODUCT_NEEDS[product]], `xqbus migrate to ${product}`, () => {
    it("takes over what an embedded broker has, also when it is killed once", async () => {
      const folder = mkdtempSync(join(root, "bus-"));
      const data = join(folder, "data");
      const old = new Serve(["--port", "0", "--http", "0", "--http-auth", "none", "--data", data, ...USERS]);
      const { url, http } = await old.started();
      const durable = { durable: "calls", xquery: `//e:NodeLeave[starts-with(e:Id, "m")]` } as const;
      await (await AMQPEventConsumer.open(url, { ...durable, callback: () => undefined })).close();
      const made = await fetch(`${http}/listeners`, {
        ...{ method: "POST", headers: { "content-type": "application/json" } },
        body: JSON.stringify({
          notifier: "http",
          eventTypes: ["PhoneStatus"],
          config: { url: "http://receiver.example/" },
        }),
      });
      const { id: listener } = (await made.json()) as { readonly id: string };
      expect(listener).toMatch(/^[0-9a-f]{24}$/);
      const publisher = await EventPublisher.open(url);
      const ids = Array.from({ length: EVENTS }, (_, at) => `m${at}`);
      await Promise.all(ids.map((messageId) => publisher.sendEvent(leave(messageId), { messageId })));
      await publisher.close();

      const postgres = await TestPostgres.start();
      cleanUps.push(() => postgres[Symbol.dispose]());
      const broker = await PRODUCTS[product]();
      cleanUps.push(() => broker.stop());
      const config = join(folder, "cluster.toml");
      writeFileSync(
        config,
        `[broker]\nurl = "${broker.url}"\n[storage]\nfolder = "./new"\nurl = "${postgres.newDatabase("bus")}"\n` +
          `[http]\nport = 0\nauth = "none"\n[agent]\nenabled = false\n`,
      );
      const migrate = ["migrate", "--from", data, "--config", config];
      const early = await run(migrate);
      expect(early).toMatchObject({ code: 1, stderr: expect.stringMatching(/is used by process \d+/) as string });
      expect(await old.end("SIGTERM")).toBe(0);
      const dry = await run([...migrate, "--dry-run"]);
      expect(dry.stdout).toContain(`org.clacks.sub.calls: ${EVENTS} to copy\n`);

      const killed = new Command(migrate);
      await vi.waitFor(() => expect(existsSync(join(data, "migration.json"))).toBe(true), PATIENT);
      killed.signal("SIGKILL");
      await killed.ended;
      const { code, stdout, stderr } = await run([...migrate, "--json"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const { queues, routes } = JSON.parse(stdout) as {
        readonly queues: readonly { readonly to: string; readonly copied: number; readonly before: number }[];
        readonly routes: readonly { readonly name: string }[];
      };
      const calls = queues.find(({ to }) => to === "org.clacks.sub.calls");
      expect((calls?.copied ?? 0) + (calls?.before ?? 0)).toBe(EVENTS);
      expect(routes.map(({ name }) => name)).toEqual(["calls"]);
      expect(await run(["serve", "--port", "0", "--data", data])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining("would deliver it again") as string,
      });

      const next = await new Serve(["--config", config]).started();
      const got: string[] = [];
      const consumer = await AMQPEventConsumer.open(broker.url, {
        ...{ ...durable, router: "required", routerTimeoutMs: 30_000, timeoutMs: 30_000 },
        callback: (_, { properties }) => void got.push(properties.messageId ?? ""),
      });
      cleanUps.push(() => consumer.close());
      await vi.waitFor(() => expect([...new Set(got)].toSorted()).toEqual(ids.toSorted()), PATIENT);
      const { items } = (await (await fetch(`${next.http}/listeners`)).json()) as {
        readonly items: readonly { readonly id: string }[];
      };
      expect(items.map(({ id }) => id)).toEqual([listener]);
    }, 300_000);
  });
}
