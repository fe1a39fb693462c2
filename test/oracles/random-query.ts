import fc from "fast-check";

const NAMES = ["a", "b", "c"] as const;
const TEXTS = ["", "x", "y", "xy", "10", "3", "2.5", " x "] as const;

/** A small document of few names, so that random paths find something. */
export const randomDocument: fc.Arbitrary<string> = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc
    .tuple(
      fc.constantFrom(...NAMES),
      fc.option(fc.tuple(fc.constantFrom(...NAMES), fc.constantFrom(...TEXTS))),
      fc.array(fc.oneof({ maxDepth: 4 }, fc.constantFrom(...TEXTS), tie("tree")), { maxLength: 4 }),
    )
    .map(([element, attribute, children]) => {
      const start = attribute === null ? element : `${element} ${attribute[0]}="${attribute[1]}"`;
      return `<${start}>${children.join("")}</${element}>`;
    }),
})).tree;

interface Parts {
  nodes: string;
  text: string;
  integer: string;
  decimal: string;
  condition: string;
  predicate: string;
  result: string;
}

const AXES = [
  ...["", "", "", "@", "descendant::", "descendant-or-self::", "parent::", "ancestor::", "ancestor-or-self::"],
  ...["self::", "following-sibling::", "preceding-sibling::", "following::", "preceding::"],
];

/**
 * Queries in which XQuery 3.1 leaves nothing to the implementation: what is compared is typed, order is given, and nothing depends on
 * the order among attributes (an element has one at most). Every part is in parentheses or a call, so that precedence is not in question;
 * {@link randomOperators} is about that.
 */
function partsOf(language: "xquery" | "xpath"): fc.LetrecValue<Parts> {
  return fc.letrec<Parts>((tie) => {
    const literal = fc.constantFrom(...TEXTS).map((text) => `'${text}'`);
    const number = fc.integer({ min: -3, max: 12 }).map((value) => (value < 0 ? `(${value})` : String(value)));
    const step = fc
      .tuple(
        fc.constantFrom(...AXES),
        fc.constantFrom(...NAMES, "*", "*"),
        fc.array(tie("predicate"), { maxLength: 1 }),
      )
      .map(([axis, test, predicates]) => `${axis}${test}${predicates.join("")}`);
    const kindStep = fc.constantFrom("text()", "node()", ".", "..", "descendant::text()", "self::node()");
    const path = fc
      .tuple(
        fc.constantFrom("/", "//", "", "$n/", "//", "/descendant::"),
        fc.array(fc.oneof({ weight: 6, arbitrary: step }, { weight: 1, arbitrary: kindStep }), {
          minLength: 1,
          maxLength: 3,
        }),
        fc.constantFrom("/", "/", "//"),
      )
      .map(([start, steps, slash]) => {
        const text = steps.join(slash);
        // Behind `descendant::` only a name can stand.
        const isPlain = /^[abc*](?:[[/]|$)/.test(text);
        return `${start === "/descendant::" && !isPlain ? "//" : start}${text}`;
      });
    const compare = fc.constantFrom("=", "!=", "<", "<=", ">", ">=");
    const compareValue = fc.constantFrom("eq", "ne", "lt", "le", "gt", "ge");
    const call = (name: string, ...args: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
      fc.tuple(...args).map((parts) => `${name}(${parts.join(", ")})`);
    const infix = (left: fc.Arbitrary<string>, operator: fc.Arbitrary<string>, right: fc.Arbitrary<string>) =>
      fc.tuple(left, operator, right).map((parts) => `(${parts.join(" ")})`);
    const nodes = tie("nodes") as fc.Arbitrary<string>;
    const text = tie("text") as fc.Arbitrary<string>;
    const integer = tie("integer") as fc.Arbitrary<string>;
    const decimal = tie("decimal") as fc.Arbitrary<string>;
    const condition = tie("condition") as fc.Arbitrary<string>;
    const anyNumber = fc.oneof(integer, decimal);
    const limit = { maxDepth: 3, depthIdentifier: "query" };
    const quantified = fc
      .tuple(fc.constantFrom("some", "every"), nodes, condition)
      .map(([word, within, holds]) => `(${word} $n in ${within} satisfies ${holds})`);
    const loop = fc
      .tuple(nodes, condition, text)
      .map(([within, holds, result]) =>
        language === "xquery"
          ? `(for $n at $p in ${within} where ${holds} order by $p descending return concat($p, ${result}))`
          : `(for $n in ${within} return ${result})`,
      );
    const choice = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
      fc.tuple(condition, value, value).map(([holds, a, b]) => `(if (${holds}) then ${a} else ${b})`);
    return {
      nodes: fc.oneof(
        limit,
        path,
        path,
        path,
        fc.tuple(path, tie("predicate")).map((parts) => `(${parts[0]})${parts[1] as string}`),
        infix(path, fc.constantFrom("union", "|", "intersect", "except"), path),
      ),
      predicate: fc.oneof(
        limit,
        fc.constantFrom("[1]", "[2]", "[last()]", "[position() = 2]", "[position() < last()]"),
        condition.map((holds) => `[${holds}]`),
        fc.constantFrom(...NAMES, "@a", "*", "text()").map((name) => `[${name}]`),
        infix(fc.constantFrom(".", "@a", "b"), compare, literal).map((holds) => `[${holds}]`),
      ),
      text: fc.oneof(
        limit,
        literal,
        path.map((each) => `string((${each})[1])`),
        call("concat", text, text),
        call("substring", text, number),
        call("substring", text, number, number),
        call("upper-case", text),
        call("normalize-space", text),
        call("translate", text, literal, literal),
        call("substring-before", text, literal),
        call("substring-after", text, literal),
        nodes.map((each) => `string-join(${each}/string(), ',')`),
        nodes.map((each) => `name((${each})[last()])`),
        call("replace", text, fc.constantFrom("'[xy]'", "'^.'", "'1|0'"), fc.constantFrom("'z'", "''", "'$0$0'")),
        anyNumber.map((each) => `string(${each})`),
        choice(text),
      ),
      integer: fc.oneof(
        limit,
        number,
        nodes.map((each) => `count(${each})`),
        call("string-length", text),
        infix(integer, fc.constantFrom("+", "-", "*"), integer),
        infix(integer, fc.constantFrom("idiv", "mod"), fc.constantFrom("3", "(-2)", "7")),
        nodes.map((each) => `count(distinct-values(${each}/string()))`),
        nodes.map((each) => `sum(for $n in ${each} return string-length($n))`),
      ),
      decimal: fc.oneof(
        limit,
        fc.constantFrom("1.5", "0.1", "(-2.25)", "3.0"),
        infix(decimal, fc.constantFrom("+", "-", "*"), anyNumber),
        infix(anyNumber, fc.constant("div"), fc.constantFrom("2", "4.0", "(-0.5)")),
        call("round", decimal),
        call("floor", decimal),
        call("ceiling", decimal),
        call("abs", decimal),
        call("round-half-to-even", decimal, fc.constantFrom("0", "1")),
      ),
      condition: fc.oneof(
        limit,
        infix(nodes, compare, literal),
        infix(nodes, fc.constantFrom("=", "!="), nodes),
        infix(anyNumber, compare, anyNumber),
        infix(anyNumber, compareValue, anyNumber),
        infix(text, compareValue, text),
        infix(
          nodes.map((each) => `number((${each})[1])`),
          compare,
          number,
        ),
        call("exists", nodes),
        call("empty", nodes),
        call("not", condition),
        call("not", nodes),
        call("boolean", text),
        call("contains", text, literal),
        call("starts-with", text, literal),
        call("ends-with", text, literal),
        call("matches", text, fc.constantFrom("'^[0-9]+$'", "'x'", "'y$'", "'^$'")),
        infix(condition, fc.constantFrom("and", "or"), condition),
        nodes.map((each) => `(${each} instance of element()*)`),
        text.map((each) => `(${each} castable as xs:integer)`),
        call("deep-equal", nodes, nodes),
        quantified,
        choice(condition),
      ),
      result: fc.oneof(nodes, nodes, text, integer, decimal, condition, condition, loop),
    };
  });
}

/** The variable `$n` is the root element outside of loops. */
const withRoot = (query: string): string => (query.includes("$n") ? `for $n in /* return ${query}` : query);

/** Any result. */
export const randomQuery: fc.Arbitrary<string> = partsOf("xquery").result.map(withRoot);

/** What a filter is: something that has an effective boolean value. */
export const randomFilter: fc.Arbitrary<string> = fc.oneof(
  partsOf("xquery").condition.map((holds) => `some $n in /* satisfies ${holds}`),
  partsOf("xquery").nodes.map((nodes) => `/*/(for $n in . return ${nodes})`),
  randomQuery,
);

/**
 * Operators without parentheses: which of them binds more tightly, and to which side. Quotients end: how many digits others have is left to
 * the implementation.
 */
export const randomOperators: fc.Arbitrary<string> = (() => {
  const chain = (part: fc.Arbitrary<string>, operators: readonly string[], maxLength: number): fc.Arbitrary<string> =>
    fc
      .tuple(part, fc.array(fc.tuple(fc.constantFrom(...operators), part), { maxLength }))
      .map(([first, rest]) => [first, ...rest.flat()].join(" "));
  const operand = fc.constantFrom(
    "1",
    "2",
    "count(//a)",
    "string-length(/*)",
    "-3",
    "2.5",
    "7",
    "- count(//*)",
    "count(//*) div 4",
  );
  const sum = chain(operand, ["+", "-", "*", "mod", "idiv"], 4);
  const comparison = chain(sum, ["=", "<", ">=", "eq", "ne"], 1);
  return chain(comparison, ["and", "or"], 3).map((query) => `(${query})`);
})();

/**
 * The query made to say what it found in one string: the kind and string value of each item, so that engines can be compared whatever
 * form they give results in. `xs:integer` is `i`, other decimals `d`, doubles `f`.
 */
export function asOneString(query: string): string {
  return `string-join(for $r in (${query}) return
    if ($r instance of attribute()) then concat('@', name($r), '=', string($r))
    else if ($r instance of element()) then concat(count($r/ancestor::*), name($r), '=', string($r))
    else if ($r instance of node()) then concat('#', string($r))
    else if ($r instance of xs:integer) then concat('i', string($r))
    else if ($r instance of xs:decimal) then concat('d', string($r))
    else if ($r instance of xs:double) then concat('f', string($r))
    else if ($r instance of xs:boolean) then concat('b', string($r))
    else concat('s', string($r)), '|')`;
}

/**
 * What XPath 1.0 and 3.1 read the same way: whole numbers, no order of texts, no comparison that 3.1 refuses. Nothing that the package
 * xpath 0.0.34 has wrong: it counts ancestors as preceding and descendants of the root as following, wants attributes as a
 * NamedNodeMap, and takes the empty text for the number 0.
 */
export const randomXPath1: fc.Arbitrary<string> = fc
  .letrec<{ path: string; text: string; number: string; condition: string }>((tie) => {
    const limit = { maxDepth: 3, depthIdentifier: "xpath1" };
    const path = tie("path");
    const text = tie("text");
    const number = tie("number");
    const condition = tie("condition");
    const literal = fc.constantFrom(...TEXTS).map((each) => `'${each}'`);
    const join = (pattern: string, ...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
      fc.tuple(...parts).map((texts) => pattern.replace(/%(\d)/g, (_, place: string) => texts[Number(place)]!));
    const axis = fc.constantFrom(
      ...["", "", "", "descendant::", "descendant-or-self::", "parent::", "ancestor::", "self::"],
      ...["following-sibling::", "preceding-sibling::"],
    );
    const predicate = fc.oneof(
      limit,
      fc.constantFrom("", "", "[1]", "[2]", "[last()]", "[position() = 2]"),
      condition.map((holds) => `[${holds}]`),
    );
    const step = join("%0%1%2", axis, fc.constantFrom(...NAMES, "*"), predicate);
    const steps = fc.array(step, { minLength: 1, maxLength: 3 }).map((each) => each.join("/"));
    return {
      path: fc.oneof(limit, join("%0%1", fc.constantFrom("/", "//", ""), steps), join("(%0 | %1)", path, path)),
      text: fc.oneof(
        limit,
        literal,
        join("string((%0)[1])", path),
        join("concat(%0, %1)", text, text),
        join("substring(%0, %1)", text, number),
        join("translate(%0, %1, %2)", text, literal, literal),
        join("normalize-space(%0)", text),
        join("substring-before(%0, %1)", text, literal),
        join("name((%0)[last()])", path),
      ),
      number: fc.oneof(
        limit,
        fc.constantFrom("0", "1", "2", "7"),
        join("count(%0)", path),
        join("string-length(%0)", text),
        join("(%0 %1 %2)", number, fc.constantFrom("+", "-", "*"), number),
        join("(%0 mod 3)", number),
        join("floor(%0)", number),
      ),
      condition: fc.oneof(
        limit,
        join("%0", path).map((each) => `boolean(${each})`),
        join("(%0 %1 %2)", path, fc.constantFrom("=", "!="), literal),
        join("(%0 %1 %2)", path, fc.constantFrom("=", "!="), path),
        join("(%0 %1 %2)", number, fc.constantFrom("=", "!=", "<", "<=", ">", ">="), number),
        join("(number(concat('1', (%0)[1])) %1 %2)", path, fc.constantFrom("=", "<", ">="), number),
        join("(%0 %1 %2)", condition, fc.constantFrom("and", "or"), condition),
        join("not(%0)", condition),
        join("contains(%0, %1)", text, literal),
        join("starts-with(%0, %1)", text, literal),
      ),
    };
  })
  .condition.chain((condition) => fc.constantFrom(`string(${condition})`, `string(count(//*[${condition}]))`));
