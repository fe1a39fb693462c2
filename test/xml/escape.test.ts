import { describe, expect, it } from "vitest";
import { escapeAttribute, escapeText } from "../../src/xml/index.ts";

describe("a string is escaped:", () => {
  it.each([
    { s: "", text: "", attribute: "" },
    { s: "busy", text: "busy", attribute: "busy" },
    { s: "a<b>c&d", text: "a&lt;b&gt;c&amp;d", attribute: "a&lt;b&gt;c&amp;d" },
    { s: "]]>", text: "]]&gt;", attribute: "]]&gt;" },
    { s: `'"`, text: `'"`, attribute: "&apos;&quot;" },
    { s: "\t\n\r ", text: "\t\n&#13; ", attribute: "&#9;&#10;&#13; " },
    { s: "&amp;", text: "&amp;amp;", attribute: "&amp;amp;" },
    { s: "é😀<\u{10ffff}", text: "é😀&lt;\u{10ffff}", attribute: "é😀&lt;\u{10ffff}" },
  ])("$s", ({ s, text, attribute }) => {
    expect({ text: escapeText(s), attribute: escapeAttribute(s) }).toEqual({ text, attribute });
  });

  it.each([
    { of: "a text", escape: escapeText, what: "the text" },
    { of: "an attribute value", escape: escapeAttribute, what: "the attribute value" },
  ])("but not what $of cannot hold", ({ escape, what }) => {
    expect(() => escape("ab\u001b[1m")).toThrow(
      expect.objectContaining({
        code: "xqbus:illegal-character",
        message: `${what} has U+001B at index 2; XML 1.0 allows TAB, LF, CR and the characters from U+0020 on, without surrogates, U+FFFE and U+FFFF`,
      }),
    );
  });
});
