import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { EventPublisher } from "../../src/amqp/index.ts";
import { Archive, ArchiveService } from "../../src/archive/index.ts";
import { startBroker } from "../../src/broker/index.ts";
import { loadCatalog } from "../../src/schema/index.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";

const SCRIPT = join(import.meta.dirname, "archive-runner.ts");
const WAIT = { timeout: 60_000, interval: 50 };

/** @returns the signal that killed it */
async function runUntilDead(...args: readonly string[]): Promise<unknown> {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [, signal] = (await once(child, "exit")) as [number | null, string | null];
  return signal;
}

function leave(id: string): string {
  return `<Event xmlns="http://www.gonicus.de/Events"><NodeLeave><Id>${id}</Id></NodeLeave></Event>`;
}

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `an archive in ${product.name} whose process is killed`, () => {
    let products: RunningProduct;
    beforeAll(async () => void (products = await product.start()), 60_000);
    afterAll(() => products.stop());

    it("has each event once, when it died after they were committed and before they were accepted", async () => {
      const database = products.newUrl();
      await using broker = await startBroker({ port: 0 });
      using catalog = await loadCatalog();
      const url = broker.url(undefined, "org.clacks");
      const service = new ArchiveService({
        ...{ url, connect: {}, catalog, folder: ".", database, subscription: "archive", retention: {} },
        onError: ({ message }) => expect.fail(message),
      });
      // The subscription is there before the first event.
      await service.start();
      await service.close(5000);
      await using publisher = await EventPublisher.open(url, { catalog });
      for (const [round, died] of [1, 7, 20].entries()) {
        await Promise.all(Array.from({ length: 20 }, (_, at) => publisher.sendEvent(leave(`n${round}-${at}`))));
        expect(await runUntilDead(database, url, `${died}`)).toBe("SIGKILL");
      }
      await publisher.sendEvent(leave("last"), { messageId: "last" });
      const after = new ArchiveService({
        ...{ url, connect: {}, catalog, folder: ".", database, subscription: "archive", retention: {} },
        onError: ({ message }) => expect.fail(message),
      });
      await after.start();
      await vi.waitFor(async () => expect(await (await after.archive()).get("last")).toHaveLength(1), WAIT);
      await vi.waitFor(() => expect(after.health.waiting).toBe(0), WAIT);
      const ids: (string | undefined)[] = [];
      for await (const { document } of (await after.archive()).query()) {
        ids.push(/<Id>(.*)<\/Id>/.exec(Buffer.from(document).toString())?.[1]);
      }
      const sent = [0, 1, 2].flatMap((round) => Array.from({ length: 20 }, (_, at) => `n${round}-${at}`));
      expect(ids.sort()).toEqual([...sent, "last"].sort());
      await after.close(5000);
    }, 180_000);

    it("makes its tables at the next start, when it died while it made them", async () => {
      const database = products.newUrl();
      expect(await runUntilDead(database, "migration")).toBe("SIGKILL");
      await using archive = await Archive.open(database);
      expect(await archive.stats()).toMatchObject({ events: 0 });
    }, 60_000);
  });
}
