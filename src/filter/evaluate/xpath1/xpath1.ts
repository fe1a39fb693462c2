import { nearestName } from "../../../schema/index.ts";
import type {
  BinaryExpression,
  Expression,
  FunctionCall,
  GeneralComparison,
  NodeTestSyntax,
} from "../../syntax/ast.ts";
import { isAtomic, type Sequence } from "../../values/item.ts";
import { QueryError, UnsupportedError } from "../../values/query-error.ts";
import { Compiled, SINGLE, traitsOver, type Traits, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import { Constant } from "../expressions/literal.ts";
import type { Scope } from "../scope.ts";
import { XPath1Comparison } from "./comparison.ts";
import { XPATH1_FUNCTIONS, type XPath1Function } from "./function-library.ts";
import { toNumber, type BasicValue } from "./values.ts";

/**
 * Compiles an expression of XPath 1.0. Paths, predicates, `and`, `or` and `|` mean there what they mean in XPath 3.1; operators and
 * functions convert their operands as XPath 1.0 says, and never fail for their values.
 *
 * @param compile31 compiles what means the same in XPath 3.1
 * @throws QueryError XPST0003 for what XPath 1.0 does not have, XPST0017, XPTY0004
 */
export function compileXPath1(syntax: Expression, scope: Scope, compile31: () => Compiled): Compiled {
  const { at } = syntax;
  switch (syntax.kind) {
    case "literal":
      return new Constant(at, [syntax.type === "string" ? syntax.value : numberOf(syntax.value, syntax.type, at)]);
    case "variable":
      return new Calculation(at, {}, [compile31()], ([items]) => basicValue(items!));
    case "contextItem":
    case "logical":
      return compile31();
    case "step":
      checkNodeTest(syntax.test);
      return compile31();
    case "path":
      if (syntax.left !== "root") assertNodes(syntax.left, "the left side of /");
      if (syntax.right !== undefined && syntax.right.kind !== "step" && syntax.right.kind !== "contextItem") {
        throw notInXPath1("anything but a step behind /", syntax.right.at);
      }
      return compile31();
    case "filter":
      assertNodes(syntax.base, "what a predicate follows");
      return compile31();
    case "unary":
      if (syntax.operator === "+") throw notInXPath1("the sign +", at);
      return new Calculation(at, NUMBER, [scope.compile(syntax.operand)], ([value]) => -toNumber(value!));
    case "binary":
      return compileBinary(syntax, scope, compile31);
    case "functionCall":
      return compileCall(syntax, scope, compile31);
    default:
      throw notInXPath1(NAMES[syntax.kind] ?? `this (${syntax.kind})`, at);
  }
}

/** Names of expressions for messages. */
const NAMES: Readonly<Record<string, string>> = {
  sequence: "a sequence",
  if: '"if"',
  quantified: '"some" and "every"',
  flwor: '"for" and "let"',
  simpleMap: '"!"',
  castAs: '"cast as"',
  castableAs: '"castable as"',
  instanceOf: '"instance of"',
  treatAs: '"treat as"',
};

function notInXPath1(what: string, at: number): QueryError {
  return new QueryError("XPST0003", `XPath 1.0 does not have ${what}; the language xpath (3.1) may`, at);
}

function numberOf(text: string, type: "integer" | "decimal" | "double", at: number): number {
  if (type === "double") throw notInXPath1("numbers with an exponent", at);
  return Number(text);
}

/** Properties of a message that are neither string, number nor boolean are their text. */
function basicValue(items: Sequence): BasicValue {
  const [item] = items;
  if (item === undefined || !isAtomic(item)) return "";
  if (typeof item === "bigint") return Number(item);
  return typeof item === "object" ? item.toString() : item;
}

/** Name tests as XPath 1.0 writes them (section 2.3), and the four kinds of nodes. */
function checkNodeTest(test: NodeTestSyntax): void {
  const isEqName = test.kind === "name" && test.name.uri !== undefined;
  if (isEqName || (test.kind === "wildcard" && test.uri !== undefined)) throw notInXPath1("names with Q{}", test.at);
  if (test.kind === "wildcard" && test.prefix === undefined && test.localName !== undefined) {
    throw notInXPath1("*: in front of a name", test.at);
  }
  if (!["name", "wildcard", "anyNode", "text", "comment", "processingInstruction"].includes(test.kind)) {
    throw notInXPath1("tests but node(), text(), comment() and processing-instruction()", test.at);
  }
}

/** Whether the value is a node-set: XPath 1.0 knows that of every expression. */
function isNodeSet(syntax: Expression): boolean {
  switch (syntax.kind) {
    case "path":
    case "step":
    case "filter":
    case "contextItem":
      return true;
    case "binary":
      return syntax.operator === "union";
    default:
      return false;
  }
}

function assertNodes(syntax: Expression, what: string): void {
  if (isNodeSet(syntax)) return;
  throw new QueryError("XPTY0004", `in XPath 1.0 ${what} is a node-set, such as a path; found a value`, syntax.at);
}

function compileBinary(syntax: BinaryExpression, scope: Scope, compile31: () => Compiled): Compiled {
  const { at, operator, left, right } = syntax;
  const calculate = ARITHMETIC[operator];
  if (calculate !== undefined) {
    const operands = [scope.compile(left), scope.compile(right)];
    return new Calculation(at, NUMBER, operands, ([a, b]) => calculate(toNumber(a!), toNumber(b!)));
  }
  if (operator === "union") {
    assertNodes(left, "the left side of |");
    assertNodes(right, "the right side of |");
    return compile31();
  }
  if (!COMPARISONS.has(operator)) throw notInXPath1(`the operator ${operator}`, at);
  return new XPath1Comparison(
    at,
    operator as GeneralComparison,
    { value: scope.compile(left), isNodeSet: isNodeSet(left) },
    { value: scope.compile(right), isNodeSet: isNodeSet(right) },
  );
}

const COMPARISONS: ReadonlySet<string> = new Set(["=", "!=", "<", "<=", ">", ">="] satisfies GeneralComparison[]);

/** IEEE 754 arithmetic (XPath 1.0, section 3.5); `mod` has the sign of its left side. */
const ARITHMETIC: Readonly<Record<string, ((a: number, b: number) => number) | undefined>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
};

function compileCall(syntax: FunctionCall, scope: Scope, compile31: () => Compiled): Compiled {
  const { at, name } = syntax;
  if (name.localName === "id" && name.prefix === "") {
    throw new UnsupportedError("id()", "events have no DTD, so that no attribute is an ID; compare the attribute", at);
  }
  const definition = name.prefix === "" && name.uri === undefined ? XPATH1_FUNCTIONS.get(name.localName) : undefined;
  if (definition === undefined) throw unknownFunction(syntax);
  checkArguments(syntax, definition);
  const { call } = definition;
  if (call === undefined) return compile31();
  const written = syntax.arguments.map((argument) => scope.compile(argument!));
  const isContext = written.length === 0 && definition.defaultsToContext === true;
  const args = isContext ? [scope.compile({ kind: "contextItem", at })] : written;
  const isLanguage = name.localName === "lang";
  const known: Partial<Traits> = definition.result === undefined ? STRING : { ...SINGLE, items: definition.result };
  return new Calculation(at, isLanguage ? { ...known, staysInside: false } : known, args, call);
}

function unknownFunction({ at, name }: FunctionCall): QueryError {
  const near = nearestName(name.localName, XPATH1_FUNCTIONS.keys());
  const hint = near === undefined ? "the language xpath (3.1) has more functions" : `did you mean ${near}()?`;
  const written = name.prefix === "" ? name.localName : `${name.prefix}:${name.localName}`;
  return new QueryError("XPST0017", `XPath 1.0 has no function ${written}(); ${hint}`, at);
}

function checkArguments({ at, name, arguments: args }: FunctionCall, { min, max, takesNodes }: XPath1Function): void {
  if (args.length < min || args.length > max) {
    const expected = min === max ? `${min}` : max === Infinity ? `at least ${min}` : `${min} or ${max}`;
    const found = `${name.localName}() with ${args.length} arguments`;
    throw new QueryError("XPST0017", `found ${found}; in XPath 1.0 it takes ${expected}`, at);
  }
  for (const argument of args) {
    if (argument === undefined) throw notInXPath1('the placeholder "?"', at);
    if (takesNodes === true) assertNodes(argument, `the argument of ${name.localName}()`);
  }
}

const NUMBER: Partial<Traits> = { ...SINGLE, items: "numbers" };
const STRING: Partial<Traits> = { ...SINGLE, items: "atomic" };

/** One value that is made of the operands' values. */
class Calculation extends Compiled {
  readonly #operands: readonly Compiled[];
  readonly #calculate: (operands: readonly Sequence[], context: Context) => BasicValue;

  constructor(
    at: number,
    known: Partial<Traits>,
    operands: readonly Compiled[],
    calculate: (operands: readonly Sequence[], context: Context) => BasicValue,
  ) {
    super(at, traitsOver(operands, { ...SINGLE, ...known }));
    this.#operands = operands;
    this.#calculate = calculate;
  }

  override each(context: Context, visit: Visitor): boolean {
    context.environment.budget.step();
    const operands = this.#operands.map((operand) => operand.items(context));
    return visit(this.#calculate(operands, context));
  }
}
