import { expect, it } from "vitest";
import { NotifyError } from "../../src/listener/index.ts";
import { daemonPart, nodeLeave, NS, until, type Part } from "./set-up.ts";
import { changeableCatalog } from "./changeable-catalog.ts";

const SECRET_THING = `<xs:element name="Name" type="xs:string"/>
  <xs:element name="Password" type="xs:string"><xs:annotation><xs:appinfo><x:sensitive/></xs:appinfo></xs:annotation></xs:element>`;

const refuse = (failure?: ConstructorParameters<typeof NotifyError>[2]) => (): never => {
  throw new NotifyError("xqbus:notify-failed", "the receiver answered 503", {
    status: 503,
    excerpt: "busy",
    ...failure,
  });
};

async function states(part: Part): Promise<readonly string[]> {
  return (await part.records()).map(({ state, attempts }) => `${state} ${attempts.length}`);
}

it("a failed attempt is tried again when the retry policy says so, and not before", async () => {
  const part = await daemonPart();
  const listener = await part.create({ retry: "3x schedule 10s,1h jitter 0" });
  part.receivers.answers.set("a", refuse());
  await part.send(nodeLeave("one"));
  await until(async () => expect(await states(part)).toEqual(["waiting 1"]));
  const [record] = await part.records();
  expect(record?.nextAttemptAt).toBe(part.clock.now() + 10_000);
  await part.pass(9_999);
  expect(part.receivers.told).toHaveLength(1);
  await part.pass(1);
  await until(async () => expect(await states(part)).toEqual(["waiting 2"]));
  await part.pass(60 * 60_000);
  await until(async () => expect(await states(part)).toEqual(["dead 3"]));
  const [dead] = await part.records({ state: "dead", listener: listener.id, reason: "attempts" });
  expect(dead).toMatchObject({ reason: "attempts", error: "the receiver answered 503", nextAttemptAt: undefined });
  expect(
    dead?.attempts.map(({ number, outcome, status, excerpt, code }) => [number, outcome, status, excerpt, code]),
  ).toEqual([
    [1, "failed", 503, "busy", "xqbus:notify-failed"],
    [2, "failed", 503, "busy", "xqbus:notify-failed"],
    [3, "failed", 503, "busy", "xqbus:notify-failed"],
  ]);
  expect(part.receivers.told.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  expect(new Set(part.receivers.told.map(({ id, delivery }) => `${id} ${delivery}`)).size).toBe(1);
  expect(part.listeners.get(listener.id).counts).toMatchObject({ failedAttempts: 3, deadLettered: 1, waiting: 0 });
  expect(part.logs.filter(({ level }) => level === "warn").map(({ message }) => message)).toEqual([
    "a dead letter (attempts): the receiver answered 503",
  ]);
});

it("what the daemon cannot do now is tried until it can, beyond the attempts and the age of the policy", async () => {
  const part = await daemonPart();
  await part.create({ retry: "2x schedule 1s max-age 2s" });
  part.receivers.answers.set("a", refuse({ isEndless: true, retryAfterMs: 5000 }));
  await part.send(nodeLeave("one"));
  for (let count = 1; count <= 4; count++) {
    await until(async () => expect(await states(part)).toEqual([`waiting ${count}`]));
    await part.pass(5000);
  }
  await until(async () => expect(await states(part)).toEqual(["waiting 5"]));
  part.receivers.answers.delete("a");
  await part.pass(5000);
  await until(async () => expect(await states(part)).toEqual(["delivered 6"]));
});

it("the schedule of retries survives restarts, attempts that failed before count", async () => {
  const part = await daemonPart();
  await part.create({ retry: "3x schedule 1h jitter 0" });
  part.receivers.answers.set("a", refuse());
  await part.send(nodeLeave("one"));
  await until(async () => expect(await states(part)).toEqual(["waiting 1"]));
  for (const expected of ["waiting 2", "dead 3"]) {
    await part.reopen();
    await part.pass(60 * 60_000 - 1);
    expect(await states(part)).not.toEqual([expected]);
    await part.pass(1);
    await until(async () => expect(await states(part)).toEqual([expected]));
  }
});

it("a receiver's word on the next attempt counts, and a permanent refusal is a dead letter at once", async () => {
  const part = await daemonPart();
  await part.create();
  part.receivers.answers.set("a", refuse({ retryAfterMs: 123_456 }));
  await part.send(nodeLeave("one"));
  await until(async () => expect(await states(part)).toEqual(["waiting 1"]));
  expect((await part.records())[0]?.nextAttemptAt).toBe(part.clock.now() + 123_456);
  part.receivers.answers.set("a", refuse({ isPermanent: true, status: 410 }));
  await part.pass(123_456);
  await until(async () => expect(await states(part)).toEqual(["dead 2"]));
  expect((await part.records())[0]).toMatchObject({ reason: "permanent", error: "the receiver answered 503" });
});

it("an attempt that hangs is over in time", async () => {
  const part = await daemonPart();
  await part.create({ timeoutMs: 2000, retry: "1x" });
  part.receivers.answers.set("a", () => new Promise(() => undefined));
  await part.send(nodeLeave("one"));
  await until(() => expect(part.receivers.told).toHaveLength(1));
  await part.pass(10_000);
  await until(async () => expect(await states(part)).toEqual(["dead 1"]));
  expect((await part.records())[0]?.attempts).toMatchObject([{ outcome: "timed-out", code: "xqbus:timeout" }]);
});

it("rows that are due far away have one alarm for all of them", async () => {
  const part = await daemonPart({ breakerFailures: 1000 });
  await part.create({ retry: "3x schedule 1d,2d jitter 0" });
  part.receivers.answers.set("a", refuse());
  const before = part.clock.pending;
  await part.send(...Array.from({ length: 30 }, (_, n) => nodeLeave(`n${n}`)));
  await until(async () => expect(new Set(await states(part))).toEqual(new Set(["waiting 1"])));
  expect(part.clock.pending - before).toBeLessThanOrEqual(2);
});

it("what the receiver says is kept in part, on one line and without the values of sensitive fields", async () => {
  const part = await daemonPart({ catalog: (await changeableCatalog({ SecretThing: SECRET_THING })).catalog });
  await part.create({ eventTypes: ["SecretThing"] });
  const answer = "no\nsuch pass-phrase " + "x".repeat(5000);
  part.receivers.answers.set("a", refuse({ excerpt: answer, isPermanent: true }));
  await part.send(
    `<Event xmlns="${NS}"><SecretThing><Name>n</Name><Password>pass-phrase</Password></SecretThing></Event>`,
  );
  await until(async () => expect(await states(part)).toEqual(["dead 1"]));
  const excerpt = (await part.records())[0]?.attempts[0]?.excerpt ?? "";
  expect(excerpt.startsWith("no such *** xxx")).toBe(true);
  expect(excerpt).toHaveLength(1025);
});
