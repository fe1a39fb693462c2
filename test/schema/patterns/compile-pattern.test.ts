import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePattern, plainPattern } from "../../../src/schema/patterns/index.ts";

describe("a compiled pattern", () => {
  it.each([
    { pattern: "", yes: [""], no: ["a"] },
    { pattern: "a|", yes: ["a", ""], no: ["aa"] },
    { pattern: "^a$", yes: ["^a$"], no: ["a"] },
    { pattern: "a.c", yes: ["abc", "a😀c"], no: ["a\nc", "ac", "a\rc"] },
    { pattern: "[a-z-[aeiou]]+", yes: ["xyz"], no: ["xaz", ""] },
    { pattern: "[a-z-[^abc]]", yes: ["a", "c"], no: ["d"] },
    { pattern: "[\\P{L}x]", yes: ["1", "x"], no: ["y"] },
    { pattern: "[-a]|[b-]", yes: ["-", "a", "b"], no: ["c"] },
    { pattern: "\\d{2,3}", yes: ["12", "١٢٣"], no: ["1", "1234"] },
    { pattern: "a{0}b", yes: ["b"], no: ["ab"] },
    { pattern: "(a?){3}", yes: ["", "a", "aaa"], no: ["aaaa"] },
    { pattern: "(a?b?){2,}", yes: ["", "abab", "bbbaa"], no: ["c"] },
    { pattern: "(ab|c){2}", yes: ["abc", "cc"], no: ["ab", "abcc"] },
    { pattern: "\\i\\c*", yes: ["a-1", ":é"], no: ["-a", "1"] },
    { pattern: "\\p{IsGreek}\\p{Lu}\\P{Lu}", yes: ["αΑα"], no: ["aΑα", "ααα"] },
    { pattern: "\\w\\W\\s\\S", yes: ["a. b"], no: ["..  "] },
    { pattern: "[^😀]", yes: ["😁"], no: ["😀", "😁😁"] },
  ])("$pattern matches whole values", ({ pattern, yes, no }) => {
    const { matches } = { matches: (text: string) => compilePattern(pattern).matches(text) };
    expect(yes.filter((text) => !matches(text))).toEqual([]);
    expect(no.filter(matches)).toEqual([]);
  });

  it("agrees with the regular expressions of JavaScript on what both understand", () => {
    const atom = fc.constantFrom("a", "b", "c", "[ab]", "[^a]", ".");
    const { pattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
      piece: fc
        .tuple(
          fc.oneof(
            // Deeper ones can keep JavaScript, which goes back over every way to match, busy for minutes.
            { maxDepth: 2 },
            atom,
            tie("pattern").map((inner) => `(${inner})`),
          ),
          fc.constantFrom("", "", "?", "*", "+", "{2}", "{1,3}", "{2,}", "{0,2}"),
        )
        .map((parts) => parts.join("")),
      pattern: fc
        .array(
          fc.array(tie("piece"), { maxLength: 3 }).map((pieces) => pieces.join("")),
          { minLength: 1, maxLength: 3 },
        )
        .map((branches) => branches.join("|")),
    }));
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "d"), maxLength: 6 });
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 5 }), (source, texts) => {
        const compiled = compilePattern(source);
        const expected = new RegExp(`^(?:${source})$`, "u");
        for (const each of texts) expect(compiled.matches(each), `${source} on ${each}`).toBe(expected.test(each));
      }),
    );
  });

  it("stays the same when libxml2's spelling is used", () => {
    for (const pattern of ["[a-z-[^abc]]{2}", "x|[\\P{L}a]+", "(\\i\\c*)?", "[\\D\\-\\]]", "[a-[a]]"]) {
      const [written, plain] = [compilePattern(pattern), compilePattern(plainPattern(pattern))];
      expect(plainPattern(pattern)).not.toBe(pattern);
      for (const text of ["", "a", "aa", "ab", "dd", "x", "1", "-", "]", "\\", "^", "a-1", "é.", "\t", "😀"]) {
        expect(plain.matches(text), `${pattern} on ${text}`).toBe(written.matches(text));
      }
    }
    expect(plainPattern("[a-z]+\\d")).toBe("[a-z]+\\d");
    expect(plainPattern("[a-[^")).toBe("[a-[^");
  });

  it("goes on when it has met more characters than it remembers", () => {
    const pattern = compilePattern("(.a|.b)*");
    const text = Array.from({ length: 60_000 }, (_, i) => String.fromCodePoint(0x4e00 + (i % 20_000)) + "a").join("");
    expect(pattern.matches(text)).toBe(true);
    expect(pattern.matches(`${text}c`)).toBe(false);
  });
});
