import { expect, it, describe } from "vitest";
import fc from "fast-check";
import { PackedRows, packWrites } from "../../src/storage/packed-write.ts";
import { ROWS_AT_ONCE, severalRows } from "../../src/storage/several-rows.ts";

const cell = fc.oneof(fc.integer(), fc.string(), fc.constant(null));
/** Rows with two binary columns among the others, as an insert has them. */
const rows = fc.array(fc.tuple(cell, fc.uint8Array(), cell, fc.uint8Array()), { maxLength: 50 });

describe("rows on their way to the storage thread", () => {
  it("come out as they went in, however many are taken at a time", () => {
    fc.assert(
      fc.property(fc.array(rows, { maxLength: 4 }), fc.integer({ min: 1, max: ROWS_AT_ONCE }), (statements, group) => {
        const packed = packWrites(statements.map((all, at) => ({ sql: String(at), rows: all })));
        const unpacked = PackedRows.of(packed ?? expect.fail("cannot be packed")).map((taken) => {
          const parameters = [];
          while (taken.left > 0) parameters.push(...taken.take(Math.min(group, taken.left)));
          return { sql: taken.sql, parameters };
        });
        expect(unpacked).toEqual(statements.map((all, at) => ({ sql: String(at), parameters: all.flat() })));
      }),
    );
  });

  it.each([
    ["with text in a binary column", [[new Uint8Array(1)], ["text"]]],
    ["with bytes in a column of text", [["text"], [new Uint8Array(1)]]],
    ["of different lengths", [[1, 2], [1]]],
  ])("%s are not packed", (_, mixed) => {
    expect(packWrites([{ sql: "", rows: mixed }])).toBeUndefined();
  });
});

describe("an insert of one row", () => {
  it("becomes one of several rows", () => {
    expect(severalRows("INSERT INTO line(id, text) VALUES(?, ?)")).toBe(
      `INSERT INTO line(id, text) VALUES${Array(ROWS_AT_ONCE).fill("(?, ?)").join(",")}`,
    );
  });

  it.each([
    "UPDATE line SET text = ? WHERE id = ?",
    "INSERT INTO line(id, text) VALUES(?, ?) ON CONFLICT DO NOTHING",
    "INSERT INTO line(id, text) VALUES(?, 'x')",
    "INSERT INTO line(id) SELECT id FROM line WHERE id = ?",
    "WITH r(id) AS (VALUES(?)) DELETE FROM line",
  ])("is left alone where it says more: %s", (sql) => {
    expect(severalRows(sql)).toBeUndefined();
  });
});
