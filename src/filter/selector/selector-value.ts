/**
 * The value of a property in a selector: an exact number (the integer types of AMQP) is a `bigint`, an approximate one a `number`.
 * Undefined is NULL: there is no such property.
 */
export type SelectorValue = string | boolean | number | bigint | undefined;

/** What a selector asks for the values of identifiers: properties by name, `JMSPriority` and the like. */
export type SelectorProperties = (identifier: string) => SelectorValue;

/** The answer of a condition (JMS 2.0, section 3.8.1.2): true, false, or unknown where NULL is in it. */
export type Truth = boolean | undefined;

export function not(truth: Truth): Truth {
  return truth === undefined ? undefined : !truth;
}

/** Whether `a operator b` holds. Values of different kinds never compare; texts and booleans have no order. */
export function compare(operator: ComparisonOperator, a: SelectorValue, b: SelectorValue): Truth {
  if (a === undefined || b === undefined) return undefined;
  if (isNumber(a) && isNumber(b)) return holds(operator, order(a, b));
  if (typeof a !== typeof b || (operator !== "=" && operator !== "<>")) return false;
  return (a === b) === (operator === "=");
}

export type ComparisonOperator = "=" | "<>" | "<" | "<=" | ">" | ">=";

export function isNumber(value: SelectorValue): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** An exact number beside an approximate one becomes approximate, as in Java. Undefined for NaN. */
function order(a: number | bigint, b: number | bigint): number | undefined {
  const [x, y] = typeof a === typeof b ? [a, b] : [Number(a), Number(b)];
  return x < y ? -1 : x > y ? 1 : x === y ? 0 : undefined;
}

function holds(operator: ComparisonOperator, result: number | undefined): boolean {
  if (result === undefined) return operator === "<>";
  switch (operator) {
    case "=":
      return result === 0;
    case "<>":
      return result !== 0;
    case "<":
      return result < 0;
    case "<=":
      return result <= 0;
    case ">":
      return result > 0;
    case ">=":
      return result >= 0;
  }
}

export type ArithmeticOperator = "+" | "-" | "*" | "/";

/**
 * Arithmetic as Java has it: exact numbers are 64 bits wide and wrap around, a division of them drops what is behind the point. What has no
 * result (a text in a sum, a division by zero of exact numbers) is NULL.
 */
export function calculate(operator: ArithmeticOperator, a: SelectorValue, b: SelectorValue): SelectorValue {
  if (!isNumber(a) || !isNumber(b)) return undefined;
  if (typeof a === "bigint" && typeof b === "bigint") {
    if (operator === "/" && b === 0n) return undefined;
    return BigInt.asIntN(64, exact(operator, a, b));
  }
  return approximate(operator, Number(a), Number(b));
}

function exact(operator: ArithmeticOperator, a: bigint, b: bigint): bigint {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
  }
}

function approximate(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
  }
}
