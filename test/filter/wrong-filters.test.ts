import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import { Event } from "../../src/event/index.ts";
import { compileFilter, EVERY_EVENT, FilterError } from "../../src/filter/index.ts";
import { parseXml, type XmlDocument } from "../../src/xml/index.ts";
import { errorOf } from "./error-of.ts";

const EVENT = parseXml(
  '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><Status>busy</Status></PhoneStatus></Event>',
);

describe("a filter that is wrong is refused when it is compiled, and the message says what would be right", () => {
  const rows: readonly [query: string, message: string, language?: "xpath"][] = [
    ["1 +", "XPST0003 at line 1, column 4: found the end of the filter; expected an expression"],
    ["1 +", "XPST0003 at line 1, column 4: found the end of the filter; expected an expression", "xpath"],
    ["'unterminated", "XPST0003 at line 1, column 1: the string that begins with ' is not closed"],
    [
      "let $x := 1",
      'XPST0003 at line 1, column 12: found the end of the filter; expected "return" or another clause (for, let, where, order by …)',
    ],
    ["1 +\n  \t* * ]", 'XPST0003 at line 2, column 8: found "]"; expected an expression'],
    ["1 +\r\n\t* * ]", 'XPST0003 at line 2, column 6: found "]"; expected an expression'],
    ["1 +\r* * ]", 'XPST0003 at line 2, column 5: found "]"; expected an expression'],
    [
      "//a eq 'x' and\r\n\r\n//b = é]",
      'XPST0003 at line 3, column 8: found "]"; expected an operator or the end of the filter',
      "xpath",
    ],
    ["/a\r\n/b[", "XPST0003 at line 2, column 4: found the end of the filter; expected an expression"],
    ["/a/b[]", 'XPST0003 at line 1, column 6: found "]"; expected an expression'],
    ["count(", "XPST0003 at line 1, column 7: found the end of the filter; expected an expression"],
    [
      "let $e := ./e:Event retrun $e",
      'XPST0003 at line 1, column 21: found "retrun"; expected "return" or another clause (for, let, where, order by …)',
    ],
    ["declare namespace f='u' 1", 'XPST0003 at line 1, column 25: found "1"; expected ";" behind the declaration'],
    ["'a' = busy'", 'XPST0003 at line 1, column 11: found "\'"; expected an operator or the end of the filter'],
    [
      "if (1) then 2",
      'XPST0003 at line 1, column 14: found the end of the filter; expected "else" (write else () for nothing)',
    ],
    ["try {1}", 'XPST0003 at line 1, column 8: found the end of the filter; expected "catch" behind a try'],
    [
      "'&foo;'",
      'XPST0003 at line 1, column 1: "&" begins a reference such as &lt; &gt; &amp; &quot; &apos; or &#233;; write &amp; for the character itself',
    ],
    [
      "declare namespace f='u'; 1",
      'XPST0003 at line 1, column 9: found "namespace"; expected an operator or the end of the filter; this is XQuery, and the filter\'s language is XPath',
      "xpath",
    ],
    [
      "for $x in a where 1 return $x",
      'XPST0003 at line 1, column 13: found "where"; expected "return"; this is XQuery, and the filter\'s language is XPath',
      "xpath",
    ],
    [
      "let $e := ./f:Event return $e",
      'XPST0081 at line 1, column 13: the prefix "f" is not declared; begin the query with: declare namespace f = "…";',
    ],
    [
      "/q:Event",
      'XPST0081 at line 1, column 2: the prefix "q" is not declared; XPath cannot declare one; write Q{namespace}name, or use XQuery',
      "xpath",
    ],
    ["for $x in\r\n  $y return 1", "XPST0008 at line 2, column 3: the variable $y is not declared"],
    ["countt(1)", "XPST0017 at line 1, column 1: there is no function countt() (did you mean count()?)"],
    ["1,\r\n\tcount(1, 2)", "XPST0017 at line 2, column 2: count() takes 1 argument; found 2"],
    [
      "fn:string-lenght('a')",
      "XPST0017 at line 1, column 1: there is no function string-lenght() (did you mean string-length()?)",
    ],
    ["xs:itneger('1')", "XPST0017 at line 1, column 1: there is no function xs:itneger() (did you mean xs:integer()?)"],
    ["e:PhoneStatus(1)", "XPST0017 at line 1, column 1: there is no function PhoneStatus()"],
    ["local:f()", "XPST0017 at line 1, column 1: there is no function local:f()"],
    [
      "doc('file:///etc/passwd')",
      "xqbus:unsupported-query at line 1, column 1: fn:doc() is not supported; a filter reads nothing but the event; no files, network, environment or modules",
    ],
    [
      "import module namespace a='u' at 'http://localhost/'; 1",
      "xqbus:unsupported-query at line 1, column 1: import module is not supported; declare the functions in the query itself",
    ],
    [
      "fontoxpath:evaluate('1', map{})",
      'XPST0081 at line 1, column 1: the prefix "fontoxpath" is not declared; begin the query with: declare namespace fontoxpath = "…";',
    ],
    [
      "function-lookup(xs:QName('fontoxpath:evaluate'), 2)",
      "xqbus:unsupported-query at line 1, column 1: fn:function-lookup() is not supported; call the function by its name",
    ],
    [
      "delete node /*",
      'XPST0003 at line 1, column 8: found "node"; expected an expression that selects; a filter cannot change anything',
    ],
    [
      "insert node <a/> into /*",
      'XPST0003 at line 1, column 8: found "node"; expected an expression that selects; a filter cannot change anything',
    ],
    [
      "replace value of node /* with 'a'",
      'XPST0003 at line 1, column 9: found "value"; expected an expression that selects; a filter cannot change anything',
    ],
    [
      "declare function local:f() external; 1",
      "xqbus:unsupported-query at line 1, column 1: an external function is not supported; declare its body",
    ],
    [
      "validate {/*}",
      "xqbus:unsupported-query at line 1, column 1: validate is not supported; the document was validated before; leave it out",
    ],
    [
      "module namespace a='u';",
      "xqbus:unsupported-query at line 1, column 1: a library module is not supported; write a query with a body",
    ],
    ["//schema-element(e:a)", 'XPST0008 at line 1, column 3: no schema is imported that declares "a"'],
    ["xquery version '9'; 1", 'XQST0031 at line 1, column 1: the version of XQuery is "9"; expected "3.1"'],
    [
      "serialize(.)",
      "xqbus:unsupported-query at line 1, column 1: fn:serialize() is not supported; a filter decides and selects; write texts where its result is used",
    ],
    [
      "namespace::*",
      "xqbus:unsupported-query at line 1, column 1: the namespace axis is not supported; use in-scope-prefixes() and namespace-uri-for-prefix()",
    ],
    ["1 = 2 = 3", "XPST0003 at line 1, column 7: comparisons cannot be chained; join two of them with and"],
    [
      "/a/ancestr::b",
      'XPST0003 at line 1, column 4: "ancestr" is not an axis; expected one of child, descendant, attribute, self, descendant-or-self, following-sibling, following, parent, ancestor, preceding-sibling, preceding, ancestor-or-self',
    ],
    ["xs:strng('a')", "XPST0017 at line 1, column 1: there is no function xs:strng() (did you mean xs:string()?)"],
    ["1 cast as xs:intger", 'XQST0052 at line 1, column 11: "xs:intger" is not an atomic type'],
    ["<a></b>", "XQST0118 at line 1, column 4: </b> closes <a>; expected </a>"],
    [
      "<a",
      'XPST0003 at line 1, column 3: found the end of the filter; expected ">", "/>" or white space and an attribute',
    ],
    ["<a b='{1'/>", 'XPST0003 at line 1, column 9: found "\'"; expected "}"'],
    ["a + ", "XPST0003 at line 1, column 5: found the end of the filter; expected an expression"],
    ["a ! b c", 'XPST0003 at line 1, column 7: found "c"; expected an operator or the end of the filter'],
    [
      "for $x in 1",
      'XPST0003 at line 1, column 12: found the end of the filter; expected "return" or another clause (for, let, where, order by …)',
    ],
    [
      "some $x in 1",
      'XPST0003 at line 1, column 13: found the end of the filter; expected "satisfies" and the condition',
    ],
    ["'a", "XPST0003 at line 1, column 1: the string that begins with ' is not closed"],
    ["(".repeat(3000), "xqbus:limit-exceeded at line 1, column 151: expressions are nested more than 300 deep"],
  ];
  it.each(rows)("%j: %s", (query, message, language = undefined) => {
    const error = errorOf(() => compileFilter(query, language === undefined ? {} : { language }));
    expect(error).toBeInstanceOf(FilterError);
    const { phase, query: named, line, column } = error as FilterError;
    const place = / at line (\d+), column (\d+): /.exec(message);
    expect({ message: error.message, code: error.code, phase, query: named, line, column }).toEqual({
      message,
      code: message.split(/ at |: /, 1)[0],
      phase: "static",
      query,
      line: place === null ? undefined : Number(place[1]),
      column: place === null ? undefined : Number(place[2]),
    });
  });

  const excerpts: readonly [query: string, excerpt: string][] = [
    ["1 +\n\t//a[. = ]", "\t//a[. = ]\n\t        ^"],
    ["1 +\r\n  ]\r\n", "  ]\n  ^"],
    ["1 +", "1 +\n   ^"],
    ["1 = 2 = 3", "1 = 2 = 3\n      ^"],
  ];
  it.each(excerpts)("the line of %j is shown with a caret below the place", (query, excerpt) => {
    expect((errorOf(() => compileFilter(query)) as FilterError).excerpt).toBe(excerpt);
  });

  const unusable: readonly [text: unknown, options: object, code: string, message: string][] = [
    [null, {}, "xqbus:illegal-argument", "a filter is a text, not null"],
    [5, {}, "xqbus:illegal-argument", "a filter is a text, not number"],
    [
      ".",
      { language: "sql" },
      "xqbus:illegal-argument",
      'the language of a filter is "xquery", "xpath" or "xpath1", not "sql"',
    ],
    [
      ".",
      { language: "toString" },
      "xqbus:illegal-argument",
      'the language of a filter is "xquery", "xpath" or "xpath1", not "toString"',
    ],
  ];
  it.each(unusable)("%j with %j: %s", (text, options, code, message) => {
    const error = errorOf(() => compileFilter(text as string, options));
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
  });

  const noDocuments: readonly [document: unknown, what: string][] = [
    [Event.parse("<Event><A/></Event>"), "an Event; give its tree: event.document"],
    ["<Event><A/></Event>", "a text; parse it first: parseXml(…)"],
    [new Uint8Array(), "bytes; parse it first: parseXml(…)"],
    [EVENT.documentElement, "object; give event.document, or what parseXml(…) returns"],
    [undefined, "undefined; give event.document, or what parseXml(…) returns"],
    [null, "null; give event.document, or what parseXml(…) returns"],
  ];
  it.each(noDocuments)("refuses to be evaluated on what is no document (%#): %s", (document, what) => {
    const expected = {
      code: "xqbus:illegal-argument",
      message: `a filter is evaluated on a document, not on ${what}`,
    };
    for (const filter of [compileFilter("/a"), EVERY_EVENT]) {
      for (const use of ["matches", "evaluate"] as const) {
        const { code, message } = errorOf(() => filter[use](document as XmlDocument));
        expect({ code, message }).toEqual(expected);
      }
    }
  });

  it("whatever the text is, only errors of ours come out", () => {
    const pieces = fc.constantFrom(
      ..."()[]{}<>/@.*,;:=!$'\"|&`#-+?^ \n\u0000\ud800é",
      ...[
        "declare ",
        "namespace ",
        "e",
        "let $x := ",
        " return ",
        "for $x in ",
        "if ",
        "(:",
        ":)",
        "Q{",
        "</",
        "/>",
        "<!--",
      ],
      ...[
        "1",
        "e:a",
        "count(",
        "ancestor::",
        "'a'",
        "$x",
        "map{",
        "function(",
        " eq ",
        "<a>{",
        "}</a>",
        "copy ",
        " modify ",
      ],
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces, { maxLength: 12 }).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(text, fc.constantFrom("xquery" as const, "xpath" as const), (query, language) => {
        try {
          const filter = compileFilter(query, { language });
          filter.evaluate(EVENT);
          filter.matches(EVENT);
        } catch (error) {
          expect(error).toBeInstanceOf(XqbusError);
          expect((error as XqbusError).message).not.toMatch(/[\r\n]/);
        }
      }),
      { numRuns: 600 },
    );
  });
});

describe("a filter that fails on a document says why", () => {
  const rows: readonly [query: string, message: string][] = [
    [
      "declare variable $x as xs:string external; $x",
      "XPDY0002 at line 1, column 44: the external variable $x has no value; a type such as xs:string? or a default makes it optional",
    ],
    ["matches('a','(')", 'FORX0002 at line 1, column 1: the regular expression "(": a "(" is not closed'],
    ["//e:Status > 3", 'FORG0001 at line 1, column 12: "busy" is not an xs:double'],
    ["xs:integer(//e:Status)", 'FORG0001 at line 1, column 1: "busy" is not an xs:integer'],
    [
      "(1, 2)",
      "FORG0006 at line 1, column 2: a sequence of several items that begins with a value (xs:integer) is neither true nor false; test it with exists(), or compare it",
    ],
    [
      "xs:date('2020-01-01')",
      "FORG0006 at line 1, column 1: a value of type xs:date is neither true nor false; compare it",
    ],
    ["error()", "FOER0000 at line 1, column 1: the query raised an error"],
    ["error((), 'no\n\n  phone')", "FOER0000 at line 1, column 1: no phone"],
    ["error(xs:QName('e:no-phone'), 'why')", "Q{http://www.gonicus.de/Events}no-phone at line 1, column 1: why"],
    ["replace('a', '(', 'b')", 'FORX0002 at line 1, column 1: the regular expression "(": a "(" is not closed'],
    ["codepoints-to-string(1)", "FOCH0001 at line 1, column 1: 1 is not the code point of a character of XML"],
    [
      "declare function local:f($n) { local:f($n + 1) + 1 }; local:f(1)",
      "XPDY0130 at line 1, column 48: the evaluation needs more than 500 function calls inside one another (option maxDepth)",
    ],
    ["1 + 'a'", "XPTY0004 at line 1, column 3: xs:integer + xs:string is not defined"],
    ["1 div 0", "FOAR0001 at line 1, column 3: division by zero"],
    ["//e:Status + 1", 'FORG0001 at line 1, column 12: "busy" is not an xs:double'],
    [
      "(1 to 1000000000)[last()]",
      "XPDY0130 at line 1, column 18: the evaluation needs more than 16000000 cells of memory (option maxCells)",
    ],
    ["1 eq 'a'", "XPTY0004 at line 1, column 3: xs:integer and xs:string cannot be compared with eq"],
    ["string((1,2))", "XPTY0004 at line 1, column 9: argument 1 of string() is 2 items; expected item()?"],
    ["name(1)", "XPTY0004 at line 1, column 6: argument 1 of name() is a value of type xs:integer; expected node()?"],
    ["sum(('a','b'))", "FORG0006 at line 1, column 1: sum() takes numbers, or durations of one kind"],
  ];
  it.each(rows)("%s: %s", (query, message) => {
    const error = errorOf(() => compileFilter(query).matches(EVENT));
    const { phase, query: named } = error as FilterError;
    expect({ message: error.message, phase, named }).toEqual({ message, phase: "dynamic", named: query });
  });

  it("and shortens a value of the event that is long", () => {
    const long = parseXml(`<a>${"x".repeat(10_000)}</a>`);
    expect(errorOf(() => compileFilter("xs:integer(/a)").matches(long)).message).toMatch(
      /^FORG0001 at line 1, column 1: "x{60}…" is not an xs:integer$/,
    );
  });

  it("is not evaluated when it is compiled", () => {
    expect(() => compileFilter("error()")).not.toThrow();
    expect(() => compileFilter("declare function local:f($x as element()) { $x }; local:f(/e:Event)")).not.toThrow();
  });
});
