import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTags, parseTags, type TagLine } from "../../../src/event/index.ts";

const line = (labels: readonly string[], tags: Readonly<Record<string, string>> = {}): TagLine => ({
  labels,
  tags: Object.entries(tags).map(([name, value]) => ({ name, value })),
});

const FULL = "QUJD".repeat(19);

describe("a tag string", () => {
  it.each<[string, string, readonly TagLine[]]>([
    [
      "of the seed",
      "customer_pending state:created guid:5a1b2969-7f7f-46b0-a0f8-4060f5f8ca5b\nstatus:new guid:1fdcd5cd",
      [
        line(["customer_pending"], { state: "created", guid: "5a1b2969-7f7f-46b0-a0f8-4060f5f8ca5b" }),
        line([], { status: "new", guid: "1fdcd5cd" }),
      ],
    ],
    ["without anything", "", []],
    [
      "with blank lines and line ends of Windows",
      "\r\n a \t b \r\n\r\nc:d\r\n",
      [line(["a", "b"]), line([], { c: "d" })],
    ],
    ["with colons in the value", "url:http://a:1/b", [line([], { url: "http://a:1/b" })]],
    ["with an empty value", "a: b", [line(["b"], { a: "" })]],
    ["with a colon in front", ":a b", [line([":a", "b"])]],
    [
      "with words in quotes",
      '"two words" "a:b" "n m":"v \\"w\\"\\n\\u0041"',
      [line(["two words", "a:b"], { "n m": 'v "w"\nA' })],
    ],
    ["with quotes that do not end", '"a b:"c d"e', [line(['"a', 'd"e'], { b: '"c' })]],
    ["with base64 of one line", `mail:QUJD\nnew`, [line([], { mail: "QUJD" }), line(["new"])]],
    [
      "with base64 of several lines",
      `mail:${FULL}\n${FULL}\nQUI=\nstate:new`,
      [line([], { mail: `${FULL}\n${FULL}\nQUI=` }), line([], { state: "new" })],
    ],
    [
      "with a full line of base64 and a tag after it",
      `mail:${FULL}\nstate:new`,
      [line([], { mail: FULL }), line([], { state: "new" })],
    ],
    ["with base64 that does not end its line", `mail:${FULL} x\nQUJD`, [line(["x"], { mail: FULL }), line(["QUJD"])]],
  ])("%s is read", (_, text, lines) => {
    expect(parseTags(text)).toEqual(lines);
  });

  it("is bounded", () => {
    expect(() => parseTags("abc", { maxLength: 2 })).toThrow(
      "the tag string has 3 characters, more than 2 (option maxLength)",
    );
    expect(() => parseTags("a\nb:c d", { maxItems: 2 })).toThrow("more than 2 labels and tags (option maxItems)");
  });

  it("of any lines is read as these lines", () => {
    const base64 = fc.uint8Array({ maxLength: 200 }).map((bytes) =>
      (
        Buffer.from(bytes)
          .toString("base64")
          .match(/.{1,76}/g) ?? []
      ).join("\n"),
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string({ unit: fc.constantFrom(...'ab:"\\ \t\r\n=') }),
      base64,
      fc.constant(FULL),
    );
    const lines = fc.array(
      fc
        .record(
          {
            labels: fc.array(text, { maxLength: 3 }),
            tags: fc.array(fc.record({ name: text, value: text }, { noNullPrototype: true }), { maxLength: 3 }),
          },
          { noNullPrototype: true },
        )
        .filter(({ labels, tags }) => labels.length + tags.length > 0),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(lines, (given) => {
        expect(parseTags(formatTags(given))).toEqual(given);
      }),
    );
  });

  it("of any text is read, and what was read is written so that it is read again", () => {
    const text = fc.string({ unit: fc.constantFrom(...'ab:"\\ \t\r\n=') });
    fc.assert(
      fc.property(text, (given) => {
        expect(parseTags(formatTags(parseTags(given)))).toEqual(parseTags(given));
      }),
    );
  });

  it("keeps base64 with line breaks as it is", () => {
    const value = `${FULL}\nQUI=`;
    expect(formatTags([line(["mail"], { body: value }), line(["x"])])).toBe(`mail body:${value}\nx`);
  });
});
