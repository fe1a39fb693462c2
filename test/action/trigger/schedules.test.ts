import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cronTimes } from "../../../src/action/trigger/cron-times.ts";
import { Schedules } from "../../../src/action/trigger/schedules.ts";
import { RunQueue } from "../../../src/action/run/index.ts";
import type { CatchUp } from "../../../src/action/index.ts";
import { ActionFolder } from "../../helpers/actions.ts";
import { DATABASE_PRODUCTS } from "../../helpers/databases.ts";
import { describeWith } from "../../helpers/requirements.ts";

const DAY_MS: number = 24 * 60 * 60 * 1000;
const HOUR_MS: number = 60 * 60 * 1000;

describe("the times of a schedule", () => {
  it("between two are those that come after one another, the last ones where there are too many", async () => {
    const crons = ["30 2 * * *", "*/20 * * * *", "15,45 * * * * *", "0 3 * * 1-5", "0 0 1 * *"];
    // Around both changes of the clocks in Europe.
    const days = fc.constantFrom("2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z").map((text) => Date.parse(text));
    const span = fc.integer({ min: 0, max: HOUR_MS });
    const offset = fc.integer({ min: 0, max: 2 * DAY_MS });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...crons), days, offset, span, async (cron, day, after, length) => {
        const times = await cronTimes(cron, "Europe/Paris");
        const [from, to] = [day + after, day + after + length];
        const expected: number[] = [];
        for (let at = times.after(from - 1); at !== undefined && at <= to; at = times.after(at)) expected.push(at);
        expect(times.between(from, to, 1000)).toEqual(expected);
        expect(times.between(from, to, 2)).toEqual(expected.slice(-2));
      }),
      { numRuns: 20 },
    );
  }, 300_000);
});

describe("a schedule whose times have passed while nobody was there", () => {
  const missed = async (catchUp: CatchUp, awayMs: number): Promise<readonly string[]> => {
    const folder = new ActionFolder({ "a.js": "export const a = () => 1;" });
    let isLater = false;
    try {
      const service = await folder.open();
      try {
        const { id } = await service.actions.create({ name: "a", module: "a.js", function: "a" });
        const { nextAt = 0 } = await service.triggers.add(id, { kind: "schedule", cron: "0 * * * *", catchUp });
        const queue = new RunQueue(service.database, { now: () => (isLater ? nextAt + awayMs : nextAt - 1) });
        const problems: unknown[] = [];
        const look = async (): Promise<void> => {
          const schedules = new Schedules({
            ...{ queue, runOf: (subject) => service.findStartable(subject) },
            onProblem: (_message, error) => problems.push(error),
          });
          await schedules.start();
          await schedules.stop();
        };
        await look();
        expect(await service.runs.list({ subject: id })).toEqual([]);
        isLater = true;
        await look();
        expect(problems).toEqual([]);
        const [trigger] = await service.triggers.list(id);
        expect(trigger?.nextAt).toBeGreaterThan(nextAt + awayMs);
        const runs = await service.runs.list({ subject: id, limit: 1000 });
        return runs.map(({ key }) => String((Date.parse(key.slice(-24)) - nextAt) / HOUR_MS)).reverse();
      } finally {
        await service.close({ timeoutMs: 0 });
      }
    } finally {
      folder.remove();
    }
  };

  it("is started for each of them, for the last one, or for none, as it says", async () => {
    expect(await missed("all", 3 * HOUR_MS + 120_000)).toEqual(["0", "1", "2", "3"]);
    expect(await missed("one", 3 * HOUR_MS + 120_000)).toEqual(["3"]);
    expect(await missed("none", 3 * HOUR_MS + 120_000)).toEqual([]);
    expect(await missed("none", 3 * HOUR_MS + 30_000)).toEqual(["3"]);
  });

  it("is started for the last 1,000 at most", async () => {
    const times = await missed("all", 1500 * HOUR_MS);
    expect(times).toHaveLength(1000);
    expect([times[0], times.at(-1)]).toEqual(["501", "1500"]);
  });
});

for (const product of DATABASE_PRODUCTS) {
  describeWith([product.requirement], `a schedule in ${product.name}`, () => {
    it("is looked at as soon as it is made, in PostgreSQL by another process, too", async () => {
      const products = await product.start();
      const folder = new ActionFolder({ "a.js": "export const a = () => 1;" });
      const closers: (() => Promise<void>)[] = [];
      try {
        const url = products.newUrl();
        const here = await folder.open({ url });
        closers.push(() => here.close({ timeoutMs: 0 }));
        const there = product.name === "SQLite" ? here : await folder.open({ url });
        if (there !== here) closers.push(() => there.close({ timeoutMs: 0 }));
        const alarms: number[] = [];
        const schedules = new Schedules({
          queue: new RunQueue(here.database, { now: () => 0 }),
          runOf: (subject) => here.findStartable(subject),
          onProblem: (message) => expect.fail(message),
          // Nothing is looked at because of the time.
          clock: { now: () => 0, at: (time) => (alarms.push(time), () => undefined) },
        });
        await schedules.start();
        closers.push(() => schedules.stop());
        await expect.poll(() => alarms.length, { timeout: 20_000 }).toBe(1);
        const { id } = await there.actions.create({ name: "a", module: "a.js", function: "a" });
        await there.triggers.add(id, { kind: "schedule", cron: "0 * * * *" });
        await expect.poll(() => alarms.length, { timeout: 20_000 }).toBe(2);
      } finally {
        for (const close of closers.reverse()) await close();
        folder.remove();
        products.stop();
      }
    }, 120_000);
  });
}
