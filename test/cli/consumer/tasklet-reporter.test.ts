import { describe, expect, it, vi } from "vitest";
import { recordOfRun, recordOfUnwanted } from "../../../src/cli/consumer/record-of-run.ts";
import { TaskletReporter } from "../../../src/cli/consumer/tasklet-reporter.ts";
import { XqbusError } from "../../../src/errors.ts";
import type { TaskletRecord, TaskletReport } from "../../../src/server/index.ts";

const record = (attempt: number): TaskletRecord => ({
  ...{ consumer: "crm.leads", tasklet: "a.mjs", eventId: "e", eventType: "TagEvent", eventKey: "crm.lead" },
  ...{ attempt, outcome: "succeeded", startedAt: 1, endedAt: 2 },
});
const attempts = ({ records }: TaskletReport): readonly number[] => records.map(({ attempt }) => attempt);

describe("a reporter of tasklets", () => {
  it("tells what came, in reports of bounded size, and the rest when it is closed", async () => {
    const reports: TaskletReport[] = [];
    const reporter = new TaskletReporter({
      send: async (report) => void reports.push(report),
      onProblem: () => expect.unreachable(),
      intervalMs: 5,
    });
    for (let at = 1; at <= 700; at++) reporter.add(record(at));
    await vi.waitUntil(() => reports.length === 2, { timeout: 30_000 });
    reporter.add(record(701));
    await reporter.close();
    expect(reports.map(({ records }) => records.length)).toEqual([500, 200, 1]);
    expect(reports.flatMap(attempts)).toEqual(Array.from({ length: 701 }, (_, at) => at + 1));
    expect(reports.every(({ dropped }) => dropped === undefined)).toBe(true);
  });

  it("keeps the latest while nobody takes them, tells how many are gone, and why once", async () => {
    const reports: TaskletReport[] = [];
    const problems: string[] = [];
    let isAway = true;
    let asked = 0;
    const reporter = new TaskletReporter({
      send: async (report) => {
        asked++;
        if (isAway) throw new Error("away");
        reports.push(report);
      },
      onProblem: ({ message }) => void problems.push(message),
      ...{ intervalMs: 1, retryMs: 1, maxWaiting: 3 },
    });
    for (let at = 1; at <= 5; at++) reporter.add(record(at));
    await vi.waitUntil(() => asked >= 3, { timeout: 30_000 });
    isAway = false;
    await vi.waitUntil(() => reports.length === 1, { timeout: 30_000 });
    await reporter.close();
    expect(reports.map((report) => [attempts(report), report.dropped])).toEqual([[[3, 4, 5], 2]]);
    expect(problems).toEqual(["away"]);
  });

  it("counts what is dropped while a report is under way", async () => {
    const reports: TaskletReport[] = [];
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const reporter = new TaskletReporter({
      send: async (report) => {
        reports.push(report);
        await gate;
      },
      onProblem: () => undefined,
      ...{ intervalMs: 1, maxWaiting: 2 },
    });
    reporter.add(record(1));
    await vi.waitUntil(() => reports.length === 1, { timeout: 30_000 });
    for (let at = 2; at <= 5; at++) reporter.add(record(at));
    go();
    await vi.waitUntil(() => reports.length === 2, { timeout: 30_000 });
    await reporter.close();
    // 1 was told, and 2 and 3 are gone.
    expect(reports.map((report) => [attempts(report), report.dropped])).toEqual([
      [[1], undefined],
      [[4, 5], 2],
    ]);
  });

  it("says what is lost when it is closed and nobody answers", async () => {
    const problems: string[] = [];
    const reporter = new TaskletReporter({
      send: (_, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("late")))),
      onProblem: ({ message }) => void problems.push(message),
      intervalMs: 1,
    });
    reporter.add(record(1));
    await reporter.close();
    expect(problems).toEqual(["late", "1 records of tasklets are lost"]);
  });
});

describe("a record of a tasklet", () => {
  const folder = { folder: "/apps/crm/impl/events/leads", name: "crm.leads" };
  const event = { eventKey: "crm.lead", eventId: "e", eventType: "TagEvent", attempt: 2 };

  it("has the module in its folder, and an error of bounded length", () => {
    const error = new XqbusError("xqbus:code-failed", "x".repeat(5000));
    const run = {
      ...event,
      module: `${folder.folder}/a.mjs`,
      outcome: "failed",
      startedAt: 1,
      endedAt: 5,
      error,
    } as const;
    expect(recordOfRun(folder, run)).toEqual({
      ...{ ...event, consumer: "crm.leads", tasklet: "a.mjs", outcome: "failed", startedAt: 1, endedAt: 5 },
      error: { code: "xqbus:code-failed", message: "x".repeat(2000) },
    });
  });

  it("is there for an event that no tasklet wanted, and has no id that is too long", () => {
    expect(recordOfUnwanted(folder, { ...event, ran: ["/a"] })).toBeUndefined();
    expect(recordOfUnwanted(folder, { ...event, eventId: "x".repeat(257), ran: [] })).toEqual({
      ...{ eventKey: "crm.lead", eventType: "TagEvent", attempt: 2, consumer: "crm.leads", outcome: "unwanted" },
      ...{ startedAt: expect.any(Number) as number, endedAt: expect.any(Number) as number },
    });
  });
});
