import { documentName, internName, type ExpandedName } from "../../../xml/index.ts";
import type { CatchClause, Expression, NodeTestSyntax } from "../../syntax/ast.ts";
import { EMPTY, type Sequence } from "../../values/item.ts";
import { ERR_NAMESPACE } from "../../values/namespaces.ts";
import { QNameValue } from "../../values/qname-value.ts";
import { BudgetError, QueryError } from "../../values/query-error.ts";
import { ANYTHING } from "../../values/sequence-type.ts";
import { positionIn } from "../../position-in.ts";
import { Compiled, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import type { Scope } from "../scope.ts";

/** `try { … } catch … { … }` (XQuery 3.1, section 3.17). What a budget ends is not caught. */
export function compileTryCatch(syntax: Extract<Expression, { kind: "tryCatch" }>, scope: Scope): Compiled {
  const body = scope.compile(syntax.body);
  return new TryCatch(
    syntax.at,
    scope.query,
    body,
    syntax.clauses.map((clause) => compileClause(clause, scope)),
  );
}

interface Handler {
  readonly catches: (code: ExpandedName) => boolean;
  /** The slots of `$err:code` and so on, in the order of {@link VARIABLES}. */
  readonly slots: readonly number[];
  readonly result: Compiled;
}

const VARIABLES = ["code", "description", "value", "module", "line-number", "column-number", "additional"] as const;

function compileClause(clause: CatchClause, scope: Scope): Handler {
  const tests = clause.tests.map((test) => compileTest(test, scope));
  let inner = scope;
  const slots = VARIABLES.map((variable) => {
    const bound = inner.bind(internName(ERR_NAMESPACE, variable), ANYTHING);
    inner = bound.scope;
    return bound.slot;
  });
  return { catches: (code) => tests.some((test) => test(code)), slots, result: inner.compile(clause.result) };
}

function compileTest(test: NodeTestSyntax, scope: Scope): (code: ExpandedName) => boolean {
  if (test.kind === "name") {
    const name = String(scope.resolve(test.name, "none"));
    return (code) => String(code) === name;
  }
  if (test.kind !== "wildcard") return () => false;
  const namespace = test.prefix === undefined ? test.uri : scope.namespaceOf(test.prefix);
  if (test.prefix !== undefined && namespace === undefined) {
    throw new QueryError("XPST0081", `the prefix "${test.prefix}" is not declared`, test.at);
  }
  return (code) =>
    (namespace === undefined || code.namespace === namespace) &&
    (test.localName === undefined || code.localName === test.localName);
}

class TryCatch extends Compiled {
  readonly #query: string;
  readonly #body: Compiled;
  readonly #handlers: readonly Handler[];

  constructor(at: number, query: string, body: Compiled, handlers: readonly Handler[]) {
    super(at, traitsOver([body, ...handlers.map(({ result }) => result)]));
    this.#query = query;
    this.#body = body;
    this.#handlers = handlers;
  }

  override each(context: Context, visit: Visitor): boolean {
    // The whole result comes first: an error of the visitor is none of the body.
    let items: Sequence;
    try {
      items = this.#body.items(context);
    } catch (error) {
      if (!(error instanceof QueryError) || error instanceof BudgetError) throw error;
      const code = expandedCode(error.code);
      const handler = this.#handlers.find(({ catches }) => catches(code));
      if (handler === undefined) throw error;
      const values = this.#variables(error, code);
      for (const [i, slot] of handler.slots.entries()) context.slots[slot] = values[i]!;
      return handler.result.each(context, visit);
    }
    return items.every(visit);
  }

  #variables(error: QueryError, code: ExpandedName): readonly Sequence[] {
    const place = error.at === undefined ? undefined : positionIn(this.#query, error.at);
    const prefix = code.namespace === ERR_NAMESPACE ? "err" : "";
    return [
      [new QNameValue(prefix, code)],
      [error.reason],
      error.value,
      EMPTY,
      place === undefined ? EMPTY : [BigInt(place.line)],
      place === undefined ? EMPTY : [BigInt(place.column)],
      EMPTY,
    ];
  }
}

function expandedCode(code: string): ExpandedName {
  const [, namespace, localName] = /^Q\{([^}]*)\}(.*)$/s.exec(code) ?? [];
  if (localName !== undefined) return documentName(namespace ?? "", localName);
  // Codes of our own, such as xqbus:unsupported, are in no namespace.
  return /^[A-Z]{4}\d{4}$/.test(code) ? internName(ERR_NAMESPACE, code) : internName("", code);
}
