import { compilePattern } from "./like-pattern.ts";
import { SelectorError } from "./selector-error.ts";
import { tokensOf, type SelectorToken } from "./selector-tokens.ts";
import {
  calculate,
  compare,
  isNumber,
  not,
  type ArithmeticOperator,
  type ComparisonOperator,
  type SelectorProperties,
  type SelectorValue,
  type Truth,
} from "./selector-value.ts";

/** Parentheses, NOT and signs inside one another. */
const MAX_DEPTH = 200;

type Condition = (properties: SelectorProperties) => Truth;

/** A part of a selector: what gives its value, and what is known of it. */
interface Part {
  readonly value: (properties: SelectorProperties) => SelectorValue;
  readonly type: "condition" | "number" | "string" | "boolean" | "property";
  /** Of a property. */
  readonly name?: string;
  readonly at: number;
}

/** Recursive descent over the grammar of JMS 2.0, section 3.8.1.1, straight to closures. */
export class SelectorParser {
  readonly identifiers: Set<string> = new Set();
  readonly #tokens: readonly SelectorToken[];
  #position = 0;
  #depth = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  /** @throws SelectorError */
  parse(): Condition {
    const condition = asCondition(this.#or());
    const next = this.#next();
    if (next.kind !== "end") throw unexpected(next, "an operator or the end of the selector");
    return condition;
  }

  #or(): Part {
    return this.#chain("OR", () => this.#and(), true);
  }

  #and(): Part {
    return this.#chain("AND", () => this.#not(), false);
  }

  /** Conditions joined by a word; `decides` is the answer that ends them. Unknown is the answer unless one decides. */
  #chain(word: "AND" | "OR", operand: () => Part, decides: boolean): Part {
    const first = operand();
    if (!this.#takes("keyword", word)) return first;
    const conditions = [asCondition(first)];
    do conditions.push(asCondition(operand()));
    while (this.#takes("keyword", word));
    return condition(first.at, (properties) => {
      let answer: Truth = !decides;
      for (const each of conditions) {
        const truth = each(properties);
        if (truth === decides) return decides;
        if (truth === undefined) answer = undefined;
      }
      return answer;
    });
  }

  #not(): Part {
    const { at } = this.#next();
    if (!this.#takes("keyword", "NOT")) return this.#predicate();
    const inner = asCondition(this.#nested(() => this.#not()));
    return condition(at, (properties) => not(inner(properties)));
  }

  #predicate(): Part {
    const left = this.#sum();
    const next = this.#next();
    if (next.kind === "symbol" && COMPARISONS.has(next.text)) {
      this.#position++;
      const right = this.#sum();
      const operator = next.text as ComparisonOperator;
      return condition(left.at, (properties) => compare(operator, left.value(properties), right.value(properties)));
    }
    if (this.#takes("keyword", "IS")) return this.#isNull(left);
    const isNegated = this.#takes("keyword", "NOT");
    const positive = this.#listed(left);
    if (positive === undefined) {
      if (isNegated) throw unexpected(this.#next(), "BETWEEN, IN or LIKE behind NOT");
      return left;
    }
    return condition(left.at, isNegated ? (properties) => not(positive(properties)) : positive);
  }

  #isNull(left: Part): Part {
    const name = nameOf(left, "IS NULL");
    const isNegated = this.#takes("keyword", "NOT");
    this.#expect("keyword", "NULL");
    return condition(left.at, (properties) => (properties(name) === undefined) !== isNegated);
  }

  /** What stands behind `BETWEEN`, `IN` or `LIKE`. */
  #listed(left: Part): Condition | undefined {
    if (this.#takes("keyword", "BETWEEN")) {
      const low = this.#sum();
      this.#expect("keyword", "AND");
      const high = this.#sum();
      return between(left, low, high);
    }
    if (this.#takes("keyword", "IN")) {
      const name = nameOf(left, "IN");
      this.#expect("symbol", "(");
      const values = new Set<SelectorValue>();
      do values.add(this.#string());
      while (this.#takes("symbol", ","));
      this.#expect("symbol", ")");
      return (properties) => {
        const value = properties(name);
        return value === undefined ? undefined : values.has(value);
      };
    }
    if (!this.#takes("keyword", "LIKE")) return undefined;
    const name = nameOf(left, "LIKE");
    const { at } = this.#next();
    const pattern = this.#string();
    const escape = this.#takes("keyword", "ESCAPE") ? this.#escapeCharacter() : undefined;
    const isLike = compilePattern(pattern, escape, at);
    return (properties) => {
      const value = properties(name);
      return value === undefined ? undefined : typeof value === "string" && isLike(value);
    };
  }

  #escapeCharacter(): string {
    const { at } = this.#next();
    const character = this.#string();
    if (character.length === 1) return character;
    throw new SelectorError("ESCAPE is followed by one character", at);
  }

  #sum(): Part {
    return this.#arithmetic(SUM, () => this.#product());
  }

  #product(): Part {
    return this.#arithmetic(PRODUCT, () => this.#signed());
  }

  #arithmetic(operators: ReadonlySet<string>, operand: () => Part): Part {
    const first = operand();
    const rest: { readonly operator: ArithmeticOperator; readonly value: Part["value"] }[] = [];
    for (let next = this.#next(); next.kind === "symbol" && operators.has(next.text); next = this.#next()) {
      this.#position++;
      rest.push({ operator: next.text as ArithmeticOperator, value: asNumber(operand()) });
    }
    if (rest.length === 0) return first;
    const start = asNumber(first);
    return {
      type: "number",
      at: first.at,
      value: (properties) =>
        rest.reduce((sum, { operator, value }) => calculate(operator, sum, value(properties)), start(properties)),
    };
  }

  #signed(): Part {
    const { at } = this.#next();
    const isNegative = this.#takes("symbol", "-");
    if (!isNegative && !this.#takes("symbol", "+")) return this.#primary();
    const value = asNumber(this.#nested(() => this.#signed()));
    return {
      type: "number",
      at,
      value: (properties) => {
        const number = value(properties);
        if (!isNumber(number)) return undefined;
        if (!isNegative) return number;
        return typeof number === "bigint" ? BigInt.asIntN(64, -number) : -number;
      },
    };
  }

  #primary(): Part {
    const token = this.#next();
    const { at } = token;
    this.#position++;
    switch (token.kind) {
      case "number":
        return { type: "number", at, value: () => token.value };
      case "string":
        return { type: "string", at, value: () => token.text };
      case "identifier":
        this.identifiers.add(token.text);
        return { type: "property", at, name: token.text, value: (properties) => properties(token.text) };
      case "keyword":
        if (token.text === "TRUE" || token.text === "FALSE") {
          return { type: "boolean", at, value: () => token.text === "TRUE" };
        }
        break;
      case "symbol":
        if (token.text === "(") {
          const inner = this.#nested(() => this.#or());
          this.#expect("symbol", ")");
          // In parentheses a property is a value, and no name any more.
          return { type: inner.type, at, value: inner.value };
        }
        break;
      case "end":
    }
    throw unexpected(token, "a property, a value or a parenthesis");
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) {
      throw new SelectorError(`it is nested more than ${MAX_DEPTH} deep`, this.#next().at);
    }
    const result = parse();
    this.#depth--;
    return result;
  }

  #next(): SelectorToken {
    return this.#tokens[this.#position] ?? this.#tokens.at(-1)!;
  }

  #takes(kind: "keyword" | "symbol", text: string): boolean {
    const next = this.#next();
    if (next.kind !== kind || next.text !== text) return false;
    this.#position++;
    return true;
  }

  #expect(kind: "keyword" | "symbol", text: string): void {
    if (!this.#takes(kind, text)) throw unexpected(this.#next(), text);
  }

  #string(): string {
    const next = this.#next();
    if (next.kind !== "string") throw unexpected(next, "a string in single quotes");
    this.#position++;
    return next.text;
  }
}

const COMPARISONS: ReadonlySet<string> = new Set<ComparisonOperator>(["=", "<>", "<", "<=", ">", ">="]);
const SUM: ReadonlySet<string> = new Set<ArithmeticOperator>(["+", "-"]);
const PRODUCT: ReadonlySet<string> = new Set<ArithmeticOperator>(["*", "/"]);

function condition(at: number, value: Condition): Part {
  return { type: "condition", at, value };
}

function asCondition({ type, value, at }: Part): Condition {
  if (type === "number" || type === "string") throw new SelectorError(`a ${type} is no condition`, at);
  // A property of another type is neither true nor false.
  return (properties) => {
    const truth = value(properties);
    return typeof truth === "boolean" ? truth : undefined;
  };
}

function asNumber({ type, value, at }: Part): Part["value"] {
  if (type === "number" || type === "property") return value;
  throw new SelectorError(`arithmetic needs numbers; found a ${type}`, at);
}

function nameOf({ name, at }: Part, construct: string): string {
  if (name !== undefined) return name;
  throw new SelectorError(`${construct} is asked of a property`, at);
}

function between(value: Part, low: Part, high: Part): Condition {
  const [x, a, b] = [asNumber(value), asNumber(low), asNumber(high)];
  return (properties) => {
    const number = x(properties);
    const above = compare(">=", number, a(properties));
    const below = compare("<=", number, b(properties));
    if (above === false || below === false) return false;
    return above === undefined || below === undefined ? undefined : true;
  };
}

function unexpected(token: SelectorToken, expected: string): SelectorError {
  const found =
    token.kind === "end"
      ? "the end of the selector"
      : token.kind === "number"
        ? String(token.value)
        : token.kind === "string"
          ? "a string"
          : token.text;
  return new SelectorError(`found ${found}; expected ${expected}`, token.at);
}
