import { expect, it } from "vitest";
import { DaemonDeadLetters } from "../../../src/server/dead-letters/index.ts";
import { CLIENT_POLL, daemonPart, nodeLeave, until } from "../../listener/set-up.ts";

it("dead letters of real listeners are listed with the oldest first, redriven and deleted", async () => {
  const part = await daemonPart();
  const listener = await part.create({ retry: "2x schedule 1s", eventTypes: ["*"] });
  const other = await part.create({ retry: "2x schedule 1s", config: { to: "b" } });
  const refuse = (): never => {
    throw new Error("away since 12");
  };
  for (const to of ["a", "b"]) part.receivers.answers.set(to, refuse);
  await part.send(nodeLeave("one"), CLIENT_POLL, nodeLeave("two"));
  await part.pass(10_000);
  const dead = new DaemonDeadLetters({ catalog: part.options.catalog, listeners: part.listeners, broker: undefined });
  await until(async () => expect(await dead.list()).toHaveLength(5));
  const list = await dead.list();
  expect(list.map(({ id }) => id)).toEqual(list.map(({ id }) => id).sort());
  expect(list.filter(({ subscription }) => subscription === listener.id).map(({ eventType }) => eventType)).toEqual([
    ...["NodeLeave", "ClientPoll", "NodeLeave"],
  ]);
  expect(await dead.list({ limit: 2, ...(list[1] === undefined ? {} : { after: list[1].id }) })).toEqual(
    list.slice(2, 4),
  );
  expect(await dead.groups()).toMatchObject([
    { count: 2, subscription: listener.id, eventType: "NodeLeave", error: "away since <n>" },
    { count: 2, subscription: other.id },
    { count: 1, eventType: "ClientPoll" },
  ]);
  const first = await dead.show(list[0]?.id ?? "");
  expect(Buffer.from(first.document).toString()).toBe(nodeLeave("one"));

  part.receivers.answers.clear();
  const query = { subscription: listener.id, xquery: '//e:Id = "two"' };
  expect(await dead.redrive(query, { dryRun: true })).toEqual({ matched: 1, changed: 1, refused: [] });
  expect(await dead.redrive(query)).toEqual({ matched: 1, changed: 1, refused: [] });
  await part.pass(10_000);
  await until(() => expect(part.receivers.idsOf(listener).filter((id) => id === "two").length).toBeGreaterThan(1));
  expect(part.receivers.idsOf(other).filter((id) => id === "two")).toHaveLength(
    part.receivers.idsOf(other).filter((id) => id === "one").length,
  );
  expect(await dead.delete({ eventType: "NodeLeave" })).toEqual({ matched: 3, changed: 3, refused: [] });
  expect(await dead.list()).toMatchObject([{ eventType: "ClientPoll" }]);
});
