import { expect, it } from "vitest";
import type { LivingMember } from "../../src/cluster/member.ts";
import { preferredMember } from "../../src/cluster/preferred-member.ts";
import { PreferredNames } from "../../src/cluster/preferred-names.ts";

function member(id: string, ...groups: readonly string[]): LivingMember {
  return { id, groups, slot: 0, startedAt: 0, release: "1.0.0" };
}

it("which names a member is preferred for is decided once, until members or their groups change", () => {
  let decided = 0;
  const names = new PreferredNames((name, members) => {
    decided++;
    return preferredMember(name, members);
  });
  const all = Array.from({ length: 100 }, (_, at) => `listener:${at}`);
  const mine = (): readonly string[] => all.filter((name) => names.has(name));
  const [a, b] = [member("a", "listener"), member("b", "listener")];

  for (const members of [
    [a, b],
    [b, a],
    [{ ...a }, { ...b, slot: 7 }],
  ]) {
    names.among("a", members);
    expect(mine()).toEqual(all.filter((name) => preferredMember(name, ["a", "b"]) === "a"));
  }
  expect(decided).toBe(100);
  names.forget("listener:0");
  mine();
  expect(decided).toBe(101);

  names.among("a", [a]);
  expect(mine()).toEqual(all);
  expect(decided).toBe(201);
  names.among("a", [a, member("b", "producer")]);
  expect(mine()).toEqual(all);
  names.among("a", [a, b]);
  expect(mine().length).toBeLessThan(100);
  expect(decided).toBe(401);
  names.among("b", [a, b]);
  expect(mine()).toEqual(all.filter((name) => preferredMember(name, ["a", "b"]) === "b"));
});
