import fc from "fast-check";
import { NAMES, TEXTS } from "./random-documents.ts";

const name = fc.constantFrom(...NAMES);

const step = fc.oneof(
  { weight: 6, arbitrary: name.map((each) => `f:${each}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["*[local-name() = 'A']", "*[local-name(.) eq 'B' and namespace-uri() = 'urn:f']", "*[namespace-uri() = '']"],
      ...[
        "*[namespace-uri() = 'urn:f'][local-name() = 'A']",
        "*['C' = local-name() and f:B = 'x']",
        "f:*[local-name() = 'B']",
      ],
      ...["*", "A", "*:B", "f:*", ".", "element()", "element(f:A)", "..", "self::f:A", "node()", "Q{urn:f}C"],
      ...[
        "ancestor::f:*",
        "descendant-or-self::f:A",
        "(f:A | f:B)",
        "(f:C, f:A)",
        "(* except f:A)",
        "(* intersect f:B)",
      ],
    ),
  },
);
const lastStep = fc.oneof(
  { weight: 5, arbitrary: step },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...["@id", "text()", "@*", "descendant::f:B", "following-sibling::f:B", "comment()", "string()", "number()"],
    ),
  },
);
const slash = fc.oneof(
  { weight: 5, arbitrary: fc.constant("/") },
  { weight: 1, arbitrary: fc.constantFrom("//", "/descendant::", "/child::") },
);

const quoted = fc.constantFrom("'", '"');
const stringLiteral = fc
  .tuple(fc.constantFrom(...TEXTS, "x'", 'x"', "&lt;", "é😀"), quoted)
  .map(([text, quote]) => `${quote}${text.replaceAll(quote, quote + quote)}${quote}`);
const numberLiteral = fc.constantFrom("5", "6", "7", "6.5", "7e0", "-1", "0", "1e400", "9007199254740993", "-(6)");
const instantLiteral = fc.constantFrom(
  ...["xs:date('2026-01-02')", "xs:date('x')", "xs:time('05:06:07')", "xs:dateTime('2026-03-04T05:06:07Z')"],
  ...["xs:dateTime('2026-03-04T05:06:07.00000001Z')", "$day"],
);
const listLiteral = fc.constantFrom("('x', 'y')", "(5, 'x')", "(6, 7)", "('x', ('y', 'xy'))", "(5 to 7)", "()");
const operator = fc.constantFrom("=", "=", "!=", "<", "<=", ">", ">=");
const valueOperator = fc.constantFrom("eq", "ne", "lt", "le", "gt", "ge");

/** Conditions of the form `path operator literal` are what most filters are made of. */
type Parts = Readonly<Record<"condition" | "path" | "comparison", string>>;

function join(parts: readonly string[]): string {
  return parts.join(" ");
}

/** An expression whose effective boolean value is asked for, in a place where the focus is a node and `$e` the event. */
const condition: fc.Arbitrary<string> = fc.letrec<Parts>((tie) => {
  const predicate = fc.oneof(
    { weight: 6, arbitrary: fc.constant("") },
    { weight: 2, arbitrary: tie("condition").map((each) => `[${each}]`) },
    { weight: 1, arbitrary: fc.tuple(tie("comparison"), tie("comparison")).map(([a, b]) => `[${a}][${b}]`) },
    {
      weight: 1,
      arbitrary: fc.constantFrom("[1]", "[2]", "[last()]", "[position() > 1]", "[. = 'x'][1]", "[1][. = 'x']"),
    },
  );
  const relative = fc
    .tuple(step, predicate, fc.option(fc.tuple(slash, lastStep, predicate), { nil: undefined }))
    .map(([first, condition, rest]) => {
      // An axis of its own takes no other axis.
      const [between = "", last = "", filter = ""] = rest ?? [];
      const joint = between.endsWith("::") && !/^f:\w+$/.test(last) ? "/" : between;
      return `${first}${condition}${joint}${last}${filter}`;
    });
  const start = fc.constantFrom("", "", "", "/f:Event/", "/*/", "//", "$e/", "$e//", "./", "$all/");
  const path = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(start, relative).map((parts) => parts.join("")) },
    { weight: 1, arbitrary: fc.constantFrom("@id", ".", "(f:A | f:B)", "(f:A, f:B)", "$e", "$all", "local:of(.)") },
  );
  const functionOf = (...names: readonly string[]): fc.Arbitrary<string> =>
    fc.tuple(fc.constantFrom(...names), tie("path")).map(([f, p]) => `${f}(${p})`);
  const value = fc.oneof(
    { weight: 6, arbitrary: tie("path") },
    { weight: 2, arbitrary: functionOf("number", "string", "xs:double", "xs:integer", "xs:decimal", "data") },
    { weight: 1, arbitrary: functionOf("xs:date", "xs:dateTime", "xs:time", "xs:string", "xs:boolean") },
    {
      weight: 1,
      arbitrary: functionOf("lower-case", "normalize-space", "count", "string-length", "local-name", "upper-case"),
    },
    { weight: 1, arbitrary: tie("path").map((p) => `(${p} cast as xs:double?)`) },
    { weight: 1, arbitrary: tie("path").map((p) => `(number(${p}) + 1)`) },
    { weight: 1, arbitrary: fc.constantFrom("string()", "number()", "position()", "last()", "substring(., 1, 1)") },
  );
  const literal = fc.oneof(
    { weight: 4, arbitrary: stringLiteral },
    { weight: 4, arbitrary: numberLiteral },
    { weight: 1, arbitrary: instantLiteral },
    { weight: 1, arbitrary: listLiteral },
    { weight: 1, arbitrary: fc.constantFrom("$limit", "$word", "$given", "true()") },
  );
  const comparison = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(value, operator, literal).map(join) },
    { weight: 2, arbitrary: fc.tuple(value, valueOperator, literal).map(join) },
    { weight: 1, arbitrary: fc.tuple(literal, operator, value).map(join) },
    { weight: 1, arbitrary: fc.tuple(value, operator, value).map(join) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(value, numberLiteral, fc.constantFrom("and", "or"), numberLiteral)
        .map(([v, low, and, high]) => `${v} >= ${low} ${and} ${v} < ${high}`),
    },
  );
  const clause = fc.oneof(
    tie("condition").map((each) => `where ${each}`),
    tie("path").map((each) => `let $e := ${each}`),
    tie("path").map((each) => `for $e at $i in ${each}`),
    fc.constantFrom("order by $x", "order by number($x) descending", "group by $k := string($x)", "count $n"),
    tie("path").map((each) => `for $y allowing empty in ${each}`),
  );
  return {
    path,
    comparison,
    condition: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      tie("comparison"),
      tie("path"),
      fc
        .tuple(tie("condition"), fc.constantFrom("and", "or"), tie("condition"))
        .map(([a, o, b]) => `(${a}) ${o} (${b})`),
      tie("condition").map((each) => `not(${each})`),
      functionOf("exists", "empty", "boolean", "local:has", "count", "string", "number", "not", "every-other"),
      fc
        .tuple(fc.constantFrom("contains", "starts-with", "ends-with", "matches"), value, stringLiteral)
        .map(([f, p, s]) => `${f}(${p}, ${s})`),
      fc
        .tuple(fc.constantFrom("some", "every"), tie("path"), tie("condition"))
        .map(([q, p, c]) => `(${q} $x in ${p} satisfies $x/(${c}))`),
      fc
        .tuple(tie("path"), tie("path"), tie("condition"))
        .map(([p, q, c]) => `(some $e in ${p}, $x in $e/${q.replace(/^[./$].*$/, "f:A")} satisfies ${c})`),
      fc
        .tuple(tie("path"), tie("comparison"), tie("condition"), tie("path"))
        .map(([p, w, v, r]) => `(for $x in ${p} where ${w} and $x[${v}] return ${r})`),
      fc
        .tuple(tie("path"), fc.array(clause, { maxLength: 3 }), tie("condition"))
        .map(([p, clauses, r]) => `(for $x in ${p} ${clauses.join(" ")} return ${r})`),
      fc.tuple(tie("path"), tie("condition")).map(([p, c]) => `(let $e := ${p} return ${c})`),
      fc
        .tuple(tie("condition"), tie("condition"), tie("condition"))
        .map(([a, b, c]) => `(if (${a}) then ${b} else ${c})`),
      fc
        .tuple(tie("path"), tie("condition"), tie("condition"))
        .map(([p, a, b]) => `(switch (string((${p})[1])) case 'x' return ${a} case '5' return ${b} default return ())`),
      fc
        .tuple(tie("path"), tie("condition"), tie("condition"))
        .map(([p, a, b]) => `(typeswitch (${p}) case element() return ${a} default return ${b})`),
      fc.tuple(tie("condition"), tie("condition")).map(([a, b]) => `(try { ${a} } catch * { ${b} })`),
      fc.tuple(tie("path"), tie("condition")).map(([p, c]) => `(${p} ! (${c}))`),
      fc.tuple(tie("path"), fc.constantFrom("xs:double", "xs:date")).map(([p, t]) => `(${p} castable as ${t})`),
      fc.constantFrom("true()", "false()", "()", "'x'", "0", "$given", "error()", "('a', 'b')"),
    ),
  };
}).condition;

/** What comes before the body of a filter, and the variables and functions that bodies use. */
const PROLOG = [
  "declare variable $given external;",
  "declare variable $all := /f:Event/*;",
  "declare variable $limit := 6;",
  "declare variable $word := 'x';",
  "declare variable $day := xs:date('2026-01-02');",
  "declare function local:of($n) { $n/f:A };",
  "declare function local:has($n) { exists($n[f:B = 'x']) };",
  "declare function local:every-other($n) { $n[position() mod 2 = 1] };",
].join(" ");

/** Whole filters: a condition on the document, in the forms that people use. */
export const filters: fc.Arbitrary<string> = fc
  .tuple(
    condition.map((each) => each.replaceAll("every-other(", "local:every-other(")),
    fc.constantFrom(PROLOG, `${PROLOG} (: a comment 'with a quote :)`),
    fc.constantFrom(
      (each: string) => `let $e := ./f:Event return ${each}`,
      (each: string) => `let $e := ./f:Event return $e/f:A[${each}]`,
      (each: string) => `let $e := /f:Event return /f:Event/f:B[${each}]/f:C`,
      (each: string) => `for $e in /f:Event/* where ${each} return $e`,
      (each: string) => `some $e in //f:A satisfies (${each})`,
      (each: string) => `let $e := /f:Event return $e/f:A[f:B = 'x' and (${each})]`,
    ),
  )
  .map(([each, prolog, form]) => `${prolog} ${form(each)}`);
