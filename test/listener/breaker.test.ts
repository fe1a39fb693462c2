import { expect, it } from "vitest";
import { Breaker } from "../../src/listener/breaker.ts";
import type { Listener } from "../../src/listener/index.ts";
import { daemonPart, nodeLeave, until, type Part } from "./set-up.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

async function brokenPart(more: Parameters<typeof daemonPart>[0] = {}): Promise<{ part: Part; listener: Listener }> {
  const part = await daemonPart({ breakerFailures: 3, ...more });
  const listener = await part.create({ concurrency: 1, retry: "forever schedule 1s jitter 0" });
  part.receivers.answers.set("a", () => {
    throw new Error("connection refused");
  });
  await part.send(nodeLeave("1"), nodeLeave("2"), nodeLeave("3"), nodeLeave("4"), nodeLeave("5"));
  await until(() => expect(part.listeners.get(listener.id).state).toBe("broken"));
  return { part, listener };
}

it("failures in a row break a listener: nothing is tried but a probe, ever more rarely", async () => {
  const { part, listener } = await brokenPart();
  expect(part.listeners.get(listener.id)).toMatchObject({ state: "broken", stateReason: "connection refused" });
  expect(part.receivers.told).toHaveLength(3);
  await part.pass(MINUTE - 1);
  expect(part.receivers.told).toHaveLength(3);
  for (const [after, probes] of [
    [1, 1],
    [2 * MINUTE - 1, 1],
    [1, 2],
    [4 * MINUTE, 3],
    [8 * MINUTE, 4],
    [15 * MINUTE, 5],
    [15 * MINUTE, 6],
  ] as const) {
    await part.pass(after);
    // The next probe is set when the answer to this one is known.
    await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ failedAttempts: 3 + probes }));
    expect(part.receivers.told).toHaveLength(3 + probes);
  }
  const attemptsOf = async () => (await part.records()).flatMap((record) => record.attempts);
  await until(async () => expect(await attemptsOf()).toHaveLength(9));
  expect(part.listeners.get(listener.id).counts).toMatchObject({ waiting: 5, failedAttempts: 9 });
});

it("a probe that succeeds lets everything through that waits", async () => {
  const { part, listener } = await brokenPart();
  part.receivers.answers.clear();
  await part.pass(MINUTE);
  await until(() => expect(part.listeners.get(listener.id)).toMatchObject({ state: "active", stateReason: undefined }));
  await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ waiting: 0, delivered: 5 }));
});

it("a broken listener is broken after a restart, too", async () => {
  const { part, listener } = await brokenPart();
  await part.reopen();
  expect(part.listeners.get(listener.id)).toMatchObject({ state: "broken", stateReason: "connection refused" });
  await part.pass(MINUTE - 1);
  expect(part.receivers.told).toHaveLength(3);
  await part.pass(1);
  expect(part.receivers.told).toHaveLength(4);
});

it("one that is broken for too long disables itself and says so in an event; resuming it delivers what waits", async () => {
  const { part, listener } = await brokenPart({ disableAfterMs: DAY, breakerMaxProbeMs: DAY });
  const other = await part.create({ config: { to: "b" }, eventTypes: ["listener.disabled"] });
  await part.pass(3 * DAY);
  expect(part.listeners.get(listener.id)).toMatchObject({ state: "disabled", stateReason: "connection refused" });
  await until(() => expect(part.receivers.told.some((each) => each.listener === other.id)).toBe(true));
  const told = part.receivers.told.find((each) => each.listener === other.id);
  expect(told).toMatchObject({ type: "listener.disabled" });
  expect(told?.event.content).toEqual({
    ...{ Id: listener.id, Notifier: "fake", BrokenSince: "2026-01-01T00:00:00.000Z" },
    ...{ Waiting: "5", Reason: "connection refused" },
  });
  const before = part.receivers.told.length;
  await part.reopen();
  expect(part.listeners.get(listener.id).state).toBe("disabled");
  await part.send(nodeLeave("6"));
  await part.pass(DAY);
  expect(part.receivers.told).toHaveLength(before);
  part.receivers.answers.clear();
  expect(await part.listeners.resume(listener.id)).toMatchObject({ state: "active" });
  await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ waiting: 0, delivered: 6 }));
});

it("successes in between keep a listener whole", async () => {
  const part = await daemonPart({ breakerFailures: 2 });
  const listener = await part.create({ concurrency: 1, retry: "1x" });
  let calls = 0;
  part.receivers.answers.set("a", () => {
    if (calls++ % 2 === 0) throw new Error("every other one");
    return {};
  });
  await part.send(...Array.from({ length: 10 }, (_, n) => nodeLeave(`${n}`)));
  await until(() => expect(part.listeners.get(listener.id).counts).toMatchObject({ delivered: 5, deadLettered: 5 }));
  expect(part.listeners.get(listener.id).state).toBe("active");
});

it("what fails while the breaker is open, and is no probe, changes nothing", () => {
  const breaker = new Breaker({ failures: 2, probeMs: 10, maxProbeMs: 30 });
  expect(breaker.failed(false, 100)).toBeUndefined();
  expect(breaker.failed(false, 100)).toEqual({ since: 100, probeAt: 110, probeMs: 10 });
  expect(breaker.failed(false, 105)).toBeUndefined();
  expect(breaker.failed(true, 112)).toEqual({ since: 100, probeAt: 132, probeMs: 20 });
  expect(breaker.failed(true, 140)).toEqual({ since: 100, probeAt: 170, probeMs: 30 });
  expect([breaker.succeeded(), breaker.open, breaker.succeeded()]).toEqual([true, undefined, false]);
});
