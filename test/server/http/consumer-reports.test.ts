import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { TaskletRecords, type TaskletRecord } from "../../../src/server/tasklet-records/index.ts";
import { describeWith, SQLITE } from "../../helpers/requirements.ts";
import { answerOf, apis, type RunningApi } from "./harness.ts";

const RECORD: TaskletRecord = {
  ...{ consumer: "crm.leads", tasklet: "a.mjs", eventId: "e-1", eventType: "PhoneStatus", eventKey: "crm.lead" },
  ...{ attempt: 1, outcome: "succeeded", startedAt: 1000, endedAt: 1250 },
};

describeWith([SQLITE], "what consumers tell", () => {
  const { start } = apis();
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).toReversed()) await close();
  });

  async function startWithRecords(maxRecords = 1000): Promise<RunningApi> {
    const folder = mkdtempSync(join(tmpdir(), "xqbus-reports-"));
    const taskletRecords = await TaskletRecords.open({ folder, keepMs: 1_000_000, maxRecords });
    closing.push(async () => {
      await taskletRecords.close();
      rmSync(folder, { recursive: true });
    });
    return start({}, { taskletRecords });
  }

  it("is in the trace of the event, for those who may see its type, and in the metrics", async () => {
    const api = await startWithRecords();
    const failed = { code: "xqbus:code-failed", message: "no page" };
    const records: readonly TaskletRecord[] = [
      RECORD,
      { ...RECORD, tasklet: "b.mjs", outcome: "failed", startedAt: 1250, endedAt: 1300, error: failed },
      { ...RECORD, tasklet: undefined, consumer: "crm.other", outcome: "unwanted", startedAt: 1400, endedAt: 1400 },
      { ...RECORD, eventId: undefined, attempt: 2 },
    ];
    await api.client.consumers.report({ records, dropped: 3 });
    const timeline = await api.client.events.trace("e-1");
    expect(timeline).toMatchObject({ eventId: "e-1", eventType: "PhoneStatus", subject: "crm.lead", deliveries: [] });
    expect(
      timeline.tasklets?.map(({ consumer, tasklet, outcome, error }) => [consumer, tasklet, outcome, error]),
    ).toEqual([
      ["crm.leads", "a.mjs", "succeeded", undefined],
      ["crm.leads", "b.mjs", "failed", failed],
      ["crm.other", undefined, "unwanted", undefined],
    ]);
    const status = async (scope: string): Promise<number> =>
      (await api.call("/events/e-1/trace", { headers: { authorization: `Bearer ${await api.token(scope)}` } })).status;
    expect([await status("delivery:read:PhoneStatus"), await status("delivery:read:CollectD")]).toEqual([200, 404]);
    const lines = (await (await api.call("/metrics")).text()).split("\n");
    for (const line of [
      'xqbus_tasklet_runs_total{consumer="crm.leads",tasklet="a.mjs",outcome="succeeded"} 2',
      'xqbus_tasklet_runs_total{consumer="crm.leads",tasklet="b.mjs",outcome="failed"} 1',
      'xqbus_tasklet_runs_total{consumer="crm.other",tasklet="",outcome="unwanted"} 1',
      'xqbus_tasklet_duration_seconds_sum{outcome="succeeded"} 0.5',
      "xqbus_tasklet_records_dropped_total 3",
    ]) {
      expect(lines).toContain(line);
    }
  });

  it("has no more series than a bounded number", async () => {
    const api = await startWithRecords(5000);
    for (const part of [0, 1, 2]) {
      const records = Array.from({ length: 500 }, (_, at) => ({ ...RECORD, tasklet: `t${part * 500 + at}` }));
      await api.client.consumers.report({ records });
    }
    const lines = (await (await api.call("/metrics")).text()).split("\n");
    expect(lines.filter((line) => line.startsWith("xqbus_tasklet_runs_total{"))).toHaveLength(1001);
    expect(lines).toContain('xqbus_tasklet_runs_total{consumer="other",tasklet="other",outcome="succeeded"} 500');
  });

  it.each([
    ["too many records", { records: Array.from({ length: 1001 }, () => RECORD) }, 400],
    ["an outcome that is none", { records: [{ ...RECORD, outcome: "great" }] }, 400],
    ["a name that is too long", { records: [{ ...RECORD, consumer: "x".repeat(257) }] }, 400],
    ["a time that is none", { records: [{ ...RECORD, startedAt: -1 }] }, 400],
    ["a member that nobody knows", { records: [{ ...RECORD, colour: "red" }] }, 400],
  ])("is refused with %s", async (_, body, status) => {
    const api = await startWithRecords();
    const headers = { "content-type": "application/json" };
    const answer = await answerOf(
      await api.call("/consumer-reports", { method: "POST", headers, body: JSON.stringify(body) }),
    );
    expect(answer).toMatchObject({ status, body: { code: "xqbus:illegal-argument" } });
  });

  it("needs the scope, and a daemon that keeps it", async () => {
    const api = await startWithRecords();
    const post = async (at: RunningApi, scope: string): Promise<number> => {
      const headers = { "content-type": "application/json", authorization: `Bearer ${await at.token(scope)}` };
      const body = JSON.stringify({ records: [RECORD] });
      return (await at.call("/consumer-reports", { method: "POST", headers, body })).status;
    };
    expect(await post(api, "delivery:write")).toBe(403);
    expect(await post(api, "consumer:report")).toBe(200);
    expect(await post(await start(), "consumer:report")).toBe(404);
  });
});
