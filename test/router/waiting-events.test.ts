import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { encodeMessage } from "../../src/amqp/encode-message.ts";
import { Backlog } from "../../src/router/backlog.ts";
import { openRouterDatabase, type RouterDatabase, type WaitingEvent } from "../../src/router/index.ts";
import { WaitingEvents } from "../../src/router/waiting-events.ts";
import { DATABASE_PRODUCTS, type RunningProduct } from "../helpers/databases.ts";
import { describeWith } from "../helpers/requirements.ts";

function messageOf(messageId: string, size = 10): Buffer {
  return Buffer.from(
    encodeMessage({
      ...{ bytes: Buffer.alloc(size, "x"), messageId, subject: "org.clacks.event.NodeLeave" },
      ...{ creationTime: new Date(0), durable: true },
    }),
  );
}

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `events that wait in ${product.name}`, () => {
    let running: RunningProduct;
    let database: RouterDatabase;
    let backlog: Backlog;
    let waiting: WaitingEvents;

    beforeAll(async () => {
      running = await product.start();
    }, 60_000);
    afterAll(() => running.stop());
    beforeEach(async () => {
      database = await openRouterDatabase(running.newUrl());
      backlog = new Backlog(database);
      waiting = new WaitingEvents(database);
    });
    afterEach(() => database.close());

    const idsOf = (items: readonly WaitingEvent[]): readonly (string | undefined)[] =>
      items.map(({ messageId }) => messageId);

    it("are told one by one with what is known of them, whatever they hold", async () => {
      const begun = Date.now();
      await backlog.add("a", messageOf("small"), "the queue is full");
      await backlog.add("b", messageOf("of another route"), "the queue is full");
      await backlog.add("a", messageOf("large", 3_000_000), "too large");
      await backlog.add("a", messageOf("i".repeat(1000)), "no rights", true);
      await backlog.add("a", Buffer.from("no message"), "no rights");
      const { items, next } = await waiting.page("a");
      const known = { subject: "org.clacks.event.NodeLeave", isUndecided: false };
      expect(items).toMatchObject([
        { ...known, messageId: "small", bytes: messageOf("small").length, reason: "the queue is full" },
        { ...known, messageId: "large", bytes: messageOf("large", 3_000_000).length, reason: "too large" },
        { ...known, messageId: "i".repeat(256), isUndecided: true },
        { bytes: 10, reason: "no rights", isUndecided: false },
      ]);
      expect(items[3]).not.toHaveProperty("messageId");
      for (const { since } of items) expect(since).toBeGreaterThanOrEqual(begun);
      expect(next).toBeUndefined();
    });

    it("are told in pages, the oldest first", async () => {
      for (let at = 0; at < 5; at++) await backlog.add("a", messageOf(`m${at}`), "");
      const first = await waiting.page("a", { limit: 2 });
      expect(idsOf(first.items)).toEqual(["m0", "m1"]);
      const second = await waiting.page("a", { limit: 2, after: first.next });
      expect(idsOf(second.items)).toEqual(["m2", "m3"]);
      expect(await waiting.page("a", { limit: 2, after: second.next })).toMatchObject({ items: [{ messageId: "m4" }] });
      expect((await waiting.page("a", { limit: 5 })).next).toBeUndefined();
      expect(await waiting.page("none")).toEqual({ items: [] });
      for (let at = 5; at < 101; at++) await backlog.add("a", messageOf(`m${at}`), "");
      expect((await waiting.page("a")).items).toHaveLength(100);
    });

    it("are discarded one by one, those of their route only; a dry run changes nothing", async () => {
      for (const id of ["m0", "m1", "m2"]) await backlog.add("a", messageOf(id), "why");
      const { items } = await waiting.page("a");
      const { id } = items[1]!;
      expect(await waiting.discard("a", id, { dryRun: true })).toEqual({ route: "a", ...items[1] });
      expect((await waiting.page("a")).items).toEqual(items);
      await expect(waiting.discard("b", id, { dryRun: false })).rejects.toMatchObject({
        code: "xqbus:unknown-name",
        message: `no event ${id} waits for the route "b"`,
      });
      expect(await waiting.discard("a", id, { dryRun: false })).toEqual({ route: "a", ...items[1] });
      expect(idsOf((await waiting.page("a")).items)).toEqual(["m0", "m2"]);
      for (const dryRun of [true, false]) {
        await expect(waiting.discard("a", id, { dryRun })).rejects.toMatchObject({ code: "xqbus:unknown-name" });
      }
    });
  });
}
