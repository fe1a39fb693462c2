import { describe, expect, it } from "vitest";
import { assertXmlCharacters, isName, isNCName, isXmlChar } from "../../src/xml/index.ts";

/** Production [4] of XML 1.0, Fifth Edition, and what [4a] adds. */
const NAME_START =
  /^[:A-Z_a-z\xC0-\xD6\xD8-\xF6\xF8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\u{10000}-\u{EFFFF}]$/u;
const NAME_MORE = /^[-.0-9\xB7\u0300-\u036F\u203F\u2040]$/u;
/** Production [2]. */
const CHAR = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]$/u;

function* codePoints(): Generator<[codePoint: number, character: string]> {
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) yield [codePoint, String.fromCodePoint(codePoint)];
}

function wrong(judge: (codePoint: number, character: string) => boolean): string[] {
  const list: string[] = [];
  for (const [codePoint, character] of codePoints())
    if (!judge(codePoint, character)) list.push(codePoint.toString(16));
  return list.slice(0, 20);
}

describe("of all code points", () => {
  it("those of production Char are allowed", () => {
    expect(wrong((codePoint, character) => isXmlChar(codePoint) === CHAR.test(character))).toEqual([]);
  });

  it("those of production NameStartChar begin a name", () => {
    expect(wrong((_, character) => isName(character) === NAME_START.test(character))).toEqual([]);
  });

  it("those of production NameChar continue a name", () => {
    expect(
      wrong((_, character) => isName(`a${character}`) === (NAME_START.test(character) || NAME_MORE.test(character))),
    ).toEqual([]);
  });

  it("none above U+10FFFF and none below 0 is allowed", () => {
    expect([isXmlChar(0x110000), isXmlChar(-1)]).toEqual([false, false]);
  });
});

describe("a name", () => {
  it.each([
    { name: "Status", isOne: true, withoutColon: true },
    { name: "xs:string", isOne: true, withoutColon: false },
    { name: ":", isOne: true, withoutColon: false },
    { name: "", isOne: false, withoutColon: false },
    { name: "1a", isOne: false, withoutColon: false },
    { name: "-a", isOne: false, withoutColon: false },
    { name: "a b", isOne: false, withoutColon: false },
    { name: "a\n", isOne: false, withoutColon: false },
    { name: "a\ud800", isOne: false, withoutColon: false },
    { name: "é\u{20000}·", isOne: true, withoutColon: true },
  ])("$name", ({ name, isOne, withoutColon }) => {
    expect({ isOne: isName(name), withoutColon: isNCName(name) }).toEqual({ isOne, withoutColon });
  });
});

describe("a string that XML cannot hold is refused:", () => {
  const allowed = "XML 1.0 allows TAB, LF, CR and the characters from U+0020 on, without surrogates, U+FFFE and U+FFFF";

  it.each([
    ["a\u0000", "U+0000 at index 1"],
    ["😀\u000b", "U+000B at index 2"],
    ["\ud800", "the lone surrogate U+D800 at index 0"],
    ["😀\ude00", "the lone surrogate U+DE00 at index 2"],
    ["ab\uffff", "U+FFFF at index 2"],
  ])("%j", (text, found) => {
    expect(() => assertXmlCharacters(text, 'the value of "Status"')).toThrow(
      expect.objectContaining({
        code: "xqbus:illegal-character",
        message: `the value of "Status" has ${found}; ${allowed}`,
      }),
    );
  });

  it("and every other one is not", () => {
    assertXmlCharacters("a\t\n\r \x7f\x85é\u2028\ue000\ufffd😀\u{10ffff}", "it");
    assertXmlCharacters("", "it");
  });
});
