import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPostgresRows, type RowStorage } from "../../../src/database/index.ts";
import { severalRows } from "../../../src/database/rows/postgres-statement.ts";
import { severalUpdates } from "../../../src/database/rows/several-updates.ts";
import { POSTGRES, TestPostgres } from "../../helpers/postgres.ts";
import { describeWith } from "../../helpers/requirements.ts";

const UPDATE = "UPDATE item SET name = ?, next = ?, body = ?\n  WHERE number = ? AND state = 0";

describe("many updates by number", () => {
  it("are one statement, as long as no number comes twice and the parameters are not too many", () => {
    const row = (name: string, number: number) => [name, null, null, number];
    const texts = severalUpdates(UPDATE, [row("a", 1), row("b", 2), row("c", 1), row("d", 3), row("e", 4)], 8);
    expect(texts?.map(([, parameters]) => parameters.filter((each) => typeof each === "string"))).toEqual([
      ["a", "b"],
      ["c", "d"],
      ["e"],
    ]);
    expect(texts?.[0]?.[0].replaceAll(/\s+/g, " ")).toBe(
      "UPDATE item SET name = given.c1, next = NULL, body = NULL FROM (VALUES(?::text,?::text,?::text,?::bigint),(?::text,?::text,?::text,?::bigint)) " +
        "AS given(c1,c2,c3,c4) WHERE number = given.c4 AND state = 0",
    );
  });

  it("stay what they are in every other form", () => {
    const rows = [
      [1, 2],
      [3, 4],
    ];
    for (const text of [
      "DELETE FROM item WHERE number = ?",
      "UPDATE item SET state = ? WHERE id = ?",
      "UPDATE item SET state = ? WHERE number = ? AND state = ?",
    ]) {
      expect(severalUpdates(text, rows, 100)).toBeUndefined();
    }
    expect(severalUpdates("UPDATE item SET state = ? WHERE number = ?", rows.slice(1), 100)).toBeUndefined();
  });
});

describe("many deletes by number", () => {
  it("are one statement with one parameter", () => {
    const text = "DELETE FROM item WHERE number = ? AND state <> 0";
    expect([...severalRows(text, [[1], [2], [3]])]).toEqual([
      ["DELETE FROM item WHERE number IN (SELECT CAST(value AS BIGINT) FROM json_each(?)) AND state <> 0", ["[1,2,3]"]],
    ]);
    expect([...severalRows(text, [[1]])]).toEqual([[text, [1]]]);
    expect([...severalRows("DELETE FROM item WHERE name = ?", [["a"], ["b"]])]).toHaveLength(2);
    expect([
      ...severalRows("DELETE FROM item WHERE number = ? AND state = ?", [
        [1, 2],
        [3, 4],
      ]),
    ]).toHaveLength(2);
  });
});

describeWith([POSTGRES], "many updates by number in PostgreSQL", () => {
  let postgres: TestPostgres;
  let rows: RowStorage;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
    rows = await openPostgresRows(postgres.newDatabase("rows"), {
      schema: "several",
      scripts: [
        "CREATE TABLE item(number INTEGER PRIMARY KEY, state INTEGER NOT NULL, name TEXT, next INTEGER, body BLOB)",
      ],
      onError: () => undefined,
    });
  });
  afterAll(async () => {
    await rows.close();
    postgres[Symbol.dispose]();
  });

  it("change each row as it says, the last word wins, and what does not fit the condition stays", async () => {
    const numbers = [1, 2, 3, 4];
    await rows.write([
      {
        sql: "INSERT INTO item(number, state) VALUES(?,?)",
        rows: numbers.map((number) => [number, number === 4 ? 1 : 0]),
      },
      {
        sql: UPDATE,
        rows: [
          ["a", 10, null, 1],
          ["b", null, Buffer.from("x"), 2],
          ["c", 30, null, 1],
          ["d", 40, null, 4],
          [null, 50, null, 3],
        ],
      },
    ]);
    const found = await rows.read("SELECT number, name, next, body FROM item ORDER BY number");
    expect(found).toEqual([
      { number: 1, name: "c", next: 30, body: null },
      { number: 2, name: "b", next: null, body: Buffer.from("x") },
      { number: 3, name: null, next: 50, body: null },
      { number: 4, name: null, next: null, body: null },
    ]);
  });
});
