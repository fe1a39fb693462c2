import { explainSyntaxError } from "./explain-syntax-error.ts";
import { explainUnknownFunction } from "./explain-unknown-function.ts";

/** Code and sentence of an error; the offset only when it is better than the one that the engine gave. */
export interface Explanation {
  readonly code: string;
  readonly reason: string;
  readonly offset?: number;
}

/** Turns the engine's sentence into one that says what would be right, for the mistakes that people make most. */
export function explain(code: string, engineReason: string, text: string, offset: number | undefined): Explanation {
  const reason = withoutPeriod(engineReason);
  switch (code) {
    case "XPST0003":
      return { code, ...explainSyntaxError(reason, text, offset) };
    case "XPST0008":
      return { code, reason: explainUnknownVariable(reason, text) };
    case "XPST0017":
      return { code, reason: explainUnknownFunction(reason, text, offset) };
    case "XPST0081": {
      const prefix = /prefix "?([^\s"]+)"? could not/.exec(reason)?.[1];
      return {
        code,
        reason:
          prefix === undefined
            ? lowerFirst(reason)
            : `the prefix "${prefix}" is not declared; begin the query with: declare namespace ${prefix} = "…";`,
      };
    }
    case "XPDY0002":
      return { code, reason: `there is no context item here${reason === "" ? "" : ` (${reason})`}` };
    case "XQST0060":
      return {
        code,
        reason: /namespace\s*(?:''|"")/.test(text)
          ? "the engine cannot declare an empty default namespace; leave the declaration out"
          : "a declared function needs a prefix; use local:",
      };
    case "XPTY0004":
      return { code, reason: explainOperator(reason) };
    case "XQST0051":
      return { code, reason: "a filter is one text; modules cannot be imported" };
    case "FOER0000":
      return { code, reason: reason === "" ? "the query called error()" : `the query called error(): ${reason}` };
    case "FORG0001": {
      const cast = /^Cannot cast (.*) to (\S+?),/s.exec(reason);
      return {
        code,
        reason: cast === null ? lowerFirst(reason) : `the value "${cast[1]}" cannot be cast to ${cast[2]}`,
      };
    }
    case "FORX0002":
      return { code, reason: `the regular expression is wrong: ${reason.replace(/^(?:Syntax)?Error: /, "")}` };
    default:
      return { code, reason: reason === "" ? "the engine gives no explanation" : lowerFirst(reason) };
  }
}

/** What the engine cannot do, in the words of the language. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  computedDocumentConstructor: "document { … }",
  computedNamespaceConstructor: "namespace … { … }",
  countClause: "the count clause",
  groupByClause: "group by",
  stringConstructor: "a string constructor (``[…]``)",
  validateExpr: "validate",
  windowClause: "the window clause",
};

/** Errors of the engine that name no code of the W3C. */
export function explainWithoutCode(message: string, error: unknown): Explanation {
  const code = "xqbus:invalid-query";
  const missing = /No selector counterpart for: (\w+)|Not implemented: (\w+) is not implemented/.exec(message);
  const name = missing?.[1] ?? missing?.[2];
  if (name !== undefined) return { code, reason: `${UNSUPPORTED[name] ?? name} is not supported` };
  if (message.includes("library module")) {
    return { code, reason: "a library module (module namespace …) is no filter; a filter ends with an expression" };
  }
  if (message.includes("only module imports, namespace declarations")) {
    return {
      code,
      reason: "of a prolog only the declarations of namespaces, variables and functions are supported",
    };
  }
  if (!(error instanceof Error) || error.constructor === Error) {
    // fn:error() gives the local name of the code that the query chose and its description.
    return /^[^\s:]+(?:: |$)/.test(message)
      ? { code: "FOER0000", reason: `the query called error(): ${message}` }
      : { code, reason: lowerFirst(withoutPeriod(message)) };
  }
  return {
    code,
    reason: `the engine failed on it, it may use something that is not supported (${error.name}: ${message})`,
  };
}

/** Names of the engine for arithmetic. */
const OPERATORS: Readonly<Record<string, string>> = {
  addOp: "+",
  subtractOp: "-",
  multiplyOp: "*",
  divOp: "div",
  idivOp: "idiv",
  modOp: "mod",
};

function explainOperator(reason: string): string {
  const [, operation = "", left = "", right = ""] = /^(\w+) not available for types (\S+) and (\S+)/.exec(reason) ?? [];
  const operator = OPERATORS[operation];
  return operator === undefined ? lowerFirst(reason) : `the operator ${operator} cannot take ${left} and ${right}`;
}

function explainUnknownVariable(reason: string, text: string): string {
  const name = /variable (\S+) is not in scope/.exec(reason)?.[1];
  if (name === undefined) return lowerFirst(reason);
  const declared = `declare variable $${name}`;
  return text.replace(/\s+/g, " ").includes(declared)
    ? `the variable $${name} is not declared; with a default element namespace the declaration must be: declare variable $Q{}${name}`
    : `the variable $${name} is not declared`;
}

function withoutPeriod(text: string): string {
  return text.replace(/\.\s*$/, "");
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
