import { expect, it } from "vitest";
import { Ledger } from "./ledger.ts";

function ledger(): Ledger {
  const all = new Ledger([
    { name: "one", keys: ["a"], isOrdered: false },
    { name: "both", keys: ["a", "b"], isOrdered: true },
  ]);
  for (const [key, number] of [
    ["a", 0],
    ["a", 1],
    ["b", 0],
  ] as const) {
    all.send(key, number);
    if (key === "a") all.ack(key, number);
  }
  return all;
}

it("knows what is lost, said twice, foreign and out of order", () => {
  const history = ledger();
  history.receive("one", "a:0", "a", 0);
  history.receive("one", "a:0", "a", 0);
  history.receive("one", "b:0", "b", 0);
  history.receive("both", "a:1", "a", 1);
  history.receive("both", "a:0", "a", 0);
  history.receive("both", "b:7", "b", 7);
  history.receive("both", "another", "b", 0);
  expect(history.report()).toEqual({
    ...{ acked: 2, unanswered: 1, expected: 4, lost: ["one a:1"], duplicates: 1 },
    foreign: ["one b:0 as b:0", "both b:7 as b:7", "both b:0 as another"],
    disordered: ["both a:0 behind 1"],
  });
  expect(history.missing(["both"])).toEqual([]);
});

it("takes an event without an answer that comes all the same", () => {
  const history = ledger();
  history.receive("both", "b:0", "b", 0);
  expect(history.report()).toMatchObject({ foreign: [], duplicates: 0 });
});
