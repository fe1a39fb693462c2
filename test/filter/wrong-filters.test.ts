import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { XqbusError } from "../../src/errors.ts";
import { compileFilter, FilterError } from "../../src/filter/index.ts";
import { parseXml } from "../../src/xml/index.ts";
import { errorOf } from "./error-of.ts";

const EVENT = parseXml(
  '<Event xmlns="http://www.gonicus.de/Events"><PhoneStatus><Status>busy</Status></PhoneStatus></Event>',
);

describe("a filter that is wrong is refused when it is compiled, and the message says what would be right", () => {
  const notClosed = "or there is no correct expression behind it";
  const noCode = "which run no text as code; a function of your own needs another name";
  const noChange = "a filter cannot change anything: insert, delete, replace, rename and copy … modify are not allowed";
  const rows: readonly [query: string, message: string, language?: "xpath"][] = [
    // Syntax.
    ["1 +", "XPST0003 at line 1, column 4: syntax error: the filter ends too early"],
    ["1 +", "XPST0003 at line 1, column 4: syntax error: the filter ends too early", "xpath"],
    ["'unterminated", "XPST0003 at line 1, column 14: syntax error: the filter ends too early"],
    ["let $x := 1", "XPST0003 at line 1, column 12: syntax error: the filter ends too early; expected return"],
    ["1 +\n  \t* * ]", 'XPST0003 at line 2, column 8: syntax error: unexpected "]"'],
    ["1 +\r\n\t* * ]", 'XPST0003 at line 2, column 6: syntax error: unexpected "]"'],
    ["1 +\r* * ]", 'XPST0003 at line 2, column 5: syntax error: unexpected "]"'],
    ["//a eq 'x' and\r\n\r\n//b = é]", 'XPST0003 at line 3, column 8: syntax error: unexpected "]"', "xpath"],
    ["/a\r\n/b[", `XPST0003 at line 2, column 3: syntax error: the "[" is not closed, ${notClosed}`],
    ["/a/b[]", `XPST0003 at line 1, column 5: syntax error: the "[" is not closed, ${notClosed}`],
    ["count(", `XPST0003 at line 1, column 6: syntax error: the "(" is not closed, ${notClosed}`],
    [
      "let $e := ./e:Event retrun $e",
      'XPST0003 at line 1, column 21: syntax error: unexpected "retrun"; expected return',
    ],
    ["declare namespace f='u' 1", 'XPST0003 at line 1, column 25: syntax error: unexpected "1"; expected ;'],
    ["'a' = busy'", `XPST0003 at line 1, column 11: syntax error: unexpected "'"`],
    [
      "if (1) then 2",
      'XPST0003 at line 1, column 4: syntax error: "if" needs: if (…) then … else …, with an expression in each place',
    ],
    ["try {1} catch * {2}", "XPST0003 at line 1, column 5: syntax error: try and catch are not supported"],
    ["'&foo;'", 'XPST0003 at line 1, column 2: syntax error: unexpected "&"'],
    [
      "declare namespace f='u'; 1",
      "XPST0003: syntax error: this is XQuery, and the filter's language is XPath",
      "xpath",
    ],
    ["'a\u0001'", "XPST0003 at line 1, column 3: syntax error: a filter cannot contain the character U+0001"],
    ["1,\n'\ud800'", "XPST0003 at line 2, column 2: syntax error: a filter cannot contain the character U+D800"],
    // Names.
    [
      "let $e := ./f:Event return $e",
      'XPST0081 at line 1, column 11: the prefix "f" is not declared; begin the query with: declare namespace f = "…";',
    ],
    ["for $x in\r\n  $y return 1", "XPST0008 at line 2, column 3: the variable $y is not declared"],
    [
      "countt(1)",
      "XPST0017 at line 1, column 1: there is no function countt with 1 argument; did you mean count(item()*)?",
    ],
    [
      "1,\r\n\tcount(1, 2)",
      "XPST0017 at line 2, column 2: there is no function count with 2 arguments; did you mean count(item()*)?",
    ],
    [
      "fn:string-lenght('a')",
      "XPST0017 at line 1, column 1: there is no function string-lenght with 1 argument; did you mean string-length(xs:string?)?",
    ],
    [
      "xs:itneger('1')",
      "XPST0017 at line 1, column 1: there is no function xs:itneger with 1 argument; did you mean xs:integer(xs:anyAtomicType?)?",
    ],
    ["e:PhoneStatus(1)", "XPST0017 at line 1, column 1: there is no function e:PhoneStatus with 1 argument"],
    ["local:f()", "XPST0017 at line 1, column 1: there is no function local:f with 0 arguments"],
    // Nothing but the event can be read.
    ...[
      "doc",
      "doc-available",
      "collection",
      "unparsed-text",
      "unparsed-text-lines",
      "json-doc",
      "environment-variable",
    ].map((name): [string, string] => [
      `${name}('file:///etc/passwd')`,
      `XPST0017 at line 1, column 1: there is no function ${name} with 1 argument: a filter reads nothing but the event`,
    ]),
    [
      "import module namespace a='u' at 'http://localhost/'; 1",
      "XQST0051: a filter is one text; modules cannot be imported",
    ],
    // No text becomes code.
    [
      "1,\nfontoxpath:evaluate('1', map{})",
      `XPST0017 at line 2, column 1: there is no function evaluate for filters, ${noCode}`,
    ],
    [
      "declare namespace z='http://fontoxml.com/fontoxpath'; z:evaluate('1', map{})",
      `XPST0017 at line 1, column 55: there is no function evaluate for filters, ${noCode}`,
    ],
    [
      "Q{http://fontoxml.com/fontoxpath}evaluate#2('1', map{})",
      `XPST0017 at line 1, column 1: there is no function evaluate for filters, ${noCode}`,
    ],
    [
      "'1' => fontoxpath:evaluate(map{})",
      `XPST0017 at line 1, column 1: there is no function evaluate for filters, ${noCode}`,
    ],
    [
      "function-lookup(xs:QName('fontoxpath:evaluate'), 2)",
      `XPST0017 at line 1, column 1: there is no function function-lookup for filters, ${noCode}`,
    ],
    // Nothing is changed.
    ["delete node /*", `XUST0001 at line 1, column 1: ${noChange}`],
    ["1,\n insert node <a/> into /*", `XUST0001 at line 2, column 2: ${noChange}`],
    ["replace value of node /* with 'a'", `XUST0001 at line 1, column 1: ${noChange}`],
    ["copy $c := /* modify delete node $c/* return $c", `XUST0001 at line 1, column 1: ${noChange}`],
    // What the engine cannot do, or does wrong without saying so.
    [
      "declare variable $x as xs:string external; $x",
      "xqbus:invalid-query at line 1, column 18: external variables are not supported; give $x its value in the query: declare variable $x := …;",
    ],
    [
      "declare function local:f() external; 1",
      "xqbus:invalid-query: external functions are not supported; declare the function with its body",
    ],
    [
      "for $x allowing empty in () return 1",
      'xqbus:invalid-query at line 1, column 1: "allowing empty" is not supported; test the sequence with empty(…)',
    ],
    ["for $x in 1 group by $x return $x", "xqbus:invalid-query: group by is not supported"],
    ["validate {/*}", "xqbus:invalid-query: validate is not supported"],
    [
      "declare option e:x 'y'; 1",
      "xqbus:invalid-query: of a prolog only the declarations of namespaces, variables and functions are supported",
    ],
    [
      "module namespace a='u';",
      "xqbus:invalid-query: a library module (module namespace …) is no filter; a filter ends with an expression",
    ],
    [
      "//schema-element(e:a)",
      "xqbus:invalid-query: the engine failed on it, it may use something that is not supported (TypeError: Cannot read properties of null (reading '0'))",
    ],
    [
      "declare default element namespace ''; /a",
      "XQST0060: the engine cannot declare an empty default namespace; leave the declaration out",
    ],
    [
      "declare default element namespace 'u'; declare variable $x := 5; $x",
      "XPST0008 at line 1, column 66: the variable $x is not declared; with a default element namespace the declaration must be: declare variable $Q{}x",
    ],
    // Types.
    ["1 + 'a'", "XPTY0004: the operator + cannot take xs:integer and xs:string"],
    ["(".repeat(3000), "xqbus:limit-exceeded: the filter is nested too deeply"],
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
    ["1 + 'a'", ""],
  ];
  it.each(excerpts)("the line of %j is shown with a caret below the place", (query, excerpt) => {
    expect((errorOf(() => compileFilter(query)) as FilterError).excerpt).toBe(excerpt);
  });

  const unusable: readonly [text: unknown, options: object, code: string, message: string][] = [
    [null, {}, "xqbus:illegal-argument", "a filter is a text, not null"],
    [5, {}, "xqbus:illegal-argument", "a filter is a text, not number"],
    [".", { language: "sql" }, "xqbus:illegal-argument", 'the language of a filter is "xquery" or "xpath", not "sql"'],
    [
      ".",
      { language: "toString" },
      "xqbus:illegal-argument",
      'the language of a filter is "xquery" or "xpath", not "toString"',
    ],
  ];
  it.each(unusable)("%j with %j: %s", (text, options, code, message) => {
    const error = errorOf(() => compileFilter(text as string, options));
    expect({ code: error.code, message: error.message }).toEqual({ code, message });
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
    ["//e:Status > 3", 'FORG0001: the value "busy" cannot be cast to xs:double'],
    ["xs:integer(//e:Status)", 'FORG0001: the value "busy" cannot be cast to xs:integer'],
    ["(1, 2)", "FORG0006: cannot determine the effective boolean value of a sequence with a length higher than one"],
    [
      "xs:date('2020-01-01')",
      "FORG0006: cannot determine the effective boolean value of a value with the type xs:date",
    ],
    ["error()", "FOER0000: the query called error()"],
    ["error((), 'no\n\n  phone')", "FOER0000: the query called error(): no phone"],
    ["error(xs:QName('e:no-phone'), 'why')", "FOER0000: the query called error(): no-phone: why"],
    [
      "replace('a', '(', 'b')",
      "FORX0002: the regular expression is wrong: Invalid regular expression: /(/g: Unterminated group",
    ],
    ["codepoints-to-string(1)", "FOCH0001: the engine gives no explanation"],
    [
      "declare function local:f($n) { local:f($n + 1) + 1 }; local:f(1)",
      "xqbus:limit-exceeded: the evaluation recurses too deeply",
    ],
  ];
  it.each(rows)("%s: %s", (query, message) => {
    const error = errorOf(() => compileFilter(query).matches(EVENT));
    const { phase, query: named, line } = error as FilterError;
    expect({ message: error.message, code: error.code, phase, named, line }).toEqual({
      message,
      code: message.split(": ", 1)[0],
      phase: "dynamic",
      named: query,
      line: undefined,
    });
  });

  it("and shortens a value of the event that is long", () => {
    const long = parseXml(`<a>${"x".repeat(10_000)}</a>`);
    expect(errorOf(() => compileFilter("xs:integer(/a)").matches(long)).message).toMatch(
      /^FORG0001: the value "x{400,490}…$/,
    );
  });

  it("is not evaluated when it is compiled", () => {
    expect(() => compileFilter("error()")).not.toThrow();
    expect(() => compileFilter("declare function local:f($x as element()) { $x }; local:f(/e:Event)")).not.toThrow();
  });
});
