import fc from "fast-check";
import { expect, it } from "vitest";
import { NotifyError, type DeliveryRecord } from "../../src/listener/index.ts";
import { daemonPart, nodeLeave, until, type Part } from "./set-up.ts";

interface Operation {
  readonly kind: "send" | "pass" | "reopen" | "retry" | "pause" | "resume" | "answer";
  /** Whose, and which one, where it matters. */
  readonly listener: number;
  readonly answer: number;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.oneof(
    { weight: 6, arbitrary: fc.constant("send" as const) },
    { weight: 2, arbitrary: fc.constant("pass" as const) },
    { weight: 3, arbitrary: fc.constantFrom("pause" as const, "resume" as const, "answer" as const) },
    { weight: 2, arbitrary: fc.constantFrom("reopen" as const, "retry" as const) },
  ),
  listener: fc.nat(1),
  answer: fc.nat(2),
});

const ANSWERS = [
  () => ({}),
  (): never => {
    throw new Error("away");
  },
  (): never => {
    throw new NotifyError("xqbus:notify-failed", "gone", { isPermanent: true });
  },
];

/** Everything that is asked for by now has happened. */
async function quiet(part: Part): Promise<void> {
  await until(async () => {
    const now = part.clock.now();
    const due = (await part.records({ state: "waiting", limit: 1000 })).filter(
      ({ nextAttemptAt }) => nextAttemptAt !== undefined && nextAttemptAt <= now,
    );
    expect(due).toEqual([]);
  });
}

it(
  "whatever happens, each event is exactly one of waiting, delivered and dead for each listener",
  { timeout: 240_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 25 }), async (operations) => {
        const part = await daemonPart({ breakerFailures: 4, breakerProbeMs: 20_000 });
        const listeners = [
          await part.create({ config: { to: "0" }, retry: "3x schedule 10s jitter 0" }),
          await part.create({ config: { to: "1" }, retry: "forever schedule 5s jitter 0", concurrency: 1 }),
        ];
        let sent = 0;
        for (const each of operations) {
          if (each.kind === "send") await part.send(nodeLeave(`${++sent}`));
          else if (each.kind === "pass") await part.pass(15_000);
          else if (each.kind === "reopen") await part.reopen();
          else if (each.kind === "retry") {
            const [record] = await part.records({ state: "dead" });
            if (record !== undefined) await part.listeners.retry(record.id);
          } else if (each.kind === "answer") {
            part.receivers.answers.set(`${each.listener}`, ANSWERS[each.answer] ?? (() => ({})));
          } else if (each.kind === "pause" || each.kind === "resume") {
            await part.listeners[each.kind](listeners[each.listener]?.id ?? "");
          }
        }
        await until(async () => expect(await part.records({ limit: 1000 })).toHaveLength(2 * sent));
        await quiet(part);
        const records = await part.records({ limit: 1000 });
        for (const { id } of listeners) {
          const own = records.filter((record) => record.listener === id);
          expect(new Set(own.map(({ eventId }) => eventId)).size).toBe(sent);
          await until(() => expect(part.listeners.get(id).counts.waiting).toBe(countOf(own, "waiting")));
        }
        for (const record of records) expectConsistent(record);

        // In the end everything gets through.
        part.receivers.answers.clear();
        for (const { id } of listeners) await part.listeners.resume(id);
        await part.pass(60 * 60_000);
        await quiet(part);
        const after = await part.records({ limit: 1000 });
        expect(countOf(after, "waiting")).toBe(0);
        expect(countOf(after, "delivered") + countOf(after, "dead")).toBe(2 * sent);
        const told = new Set(part.receivers.told.map(({ delivery }) => delivery));
        for (const { id, state } of after) if (state === "delivered") expect(told.has(id)).toBe(true);
        await part.listeners.stop();
        await part.bus.close();
      }),
      { numRuns: 12 },
    );
  },
);

function countOf(records: readonly DeliveryRecord[], state: string): number {
  return records.filter((record) => record.state === state).length;
}

/** The attempts of a delivery tell how it came to its state. */
function expectConsistent({ state, attempts, reason, redrives }: DeliveryRecord): void {
  expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
  const last = attempts.filter(({ outcome }) => outcome !== "aborted").at(-1)?.outcome;
  if (state === "delivered") expect(last).toBe("delivered");
  if (state === "dead") expect([last, reason === "attempts" || reason === "permanent"]).toEqual(["failed", true]);
  if (state === "waiting" && redrives === 0) expect(last === undefined || last === "failed").toBe(true);
}
