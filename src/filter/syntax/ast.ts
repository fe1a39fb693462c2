import type {
  AnnotationSyntax,
  ItemTypeSyntax,
  LiteralSyntax,
  Located,
  NodeTestSyntax,
  QNameSyntax,
  SequenceTypeSyntax,
} from "./type-syntax.ts";

export type {
  AnnotationSyntax,
  ItemTypeSyntax,
  KindTestSyntax,
  LiteralSyntax,
  Located,
  NodeTestSyntax,
  QNameSyntax,
  SequenceTypeSyntax,
} from "./type-syntax.ts";

/**
 * The syntax tree of a query (XQuery 3.1, appendix A; XPath 3.1 is a subset). It says what is written: names are not resolved,
 * variables not bound, functions not looked up. `at` is the offset in the query's text, in UTF-16 code units.
 */

/** XQuery 3.1, XPath 3.1, XPath 1.0. */
export type QueryLanguage = "xquery" | "xpath" | "xpath1";

/** A main module. A library module is refused by the parser. */
export interface QuerySyntax {
  readonly prolog: PrologSyntax;
  readonly body: Expression;
}

export interface PrologSyntax {
  /** In the order they are written, because each sees those before it. */
  readonly declarations: readonly Declaration[];
  /** Where the first declaration is or would be: behind that of the version. */
  readonly at: number;
  /** Where the body begins. */
  readonly end: number;
}

export type Declaration =
  | (Located & { readonly kind: "namespace"; readonly prefix: string; readonly uri: string })
  | (Located & { readonly kind: "defaultNamespace"; readonly of: "element" | "function"; readonly uri: string })
  | VariableDeclaration
  | FunctionDeclaration
  | (Located & { readonly kind: "option"; readonly name: QNameSyntax; readonly value: string })
  | (Located & {
      readonly kind: "contextItem";
      readonly type: ItemTypeSyntax | undefined;
      readonly isExternal: boolean;
      readonly value: Expression | undefined;
    })
  | (Located & {
      readonly kind: "decimalFormat";
      /** Undefined for the default format. */
      readonly name: QNameSyntax | undefined;
      readonly properties: Readonly<Record<string, string>>;
    })
  | (Located & {
      /** The setters: `boundary-space`, `default-collation`, `base-uri`, `construction`, `ordering`, `empty-order`, `copy-namespaces`. */
      readonly kind: "setter";
      readonly name: string;
      /** As written; for `copy-namespaces` both words with a space between them. */
      readonly value: string;
    })
  | (Located & { readonly kind: "import"; readonly what: "schema" | "module"; readonly uri: string });

export interface VariableDeclaration extends Located {
  readonly kind: "variable";
  readonly name: QNameSyntax;
  readonly type: SequenceTypeSyntax | undefined;
  readonly isExternal: boolean;
  /** The value, or the default value of an external variable. */
  readonly value: Expression | undefined;
  readonly annotations: readonly AnnotationSyntax[];
}

export interface FunctionDeclaration extends Located {
  readonly kind: "function";
  readonly name: QNameSyntax;
  readonly parameters: readonly ParameterSyntax[];
  readonly result: SequenceTypeSyntax | undefined;
  /** Undefined for an external function. */
  readonly body: Expression | undefined;
  readonly annotations: readonly AnnotationSyntax[];
}

export interface ParameterSyntax extends Located {
  readonly name: QNameSyntax;
  readonly type: SequenceTypeSyntax | undefined;
}

export type Axis =
  | "child"
  | "descendant"
  | "attribute"
  | "self"
  | "descendant-or-self"
  | "following-sibling"
  | "following"
  | "namespace"
  | "parent"
  | "ancestor"
  | "preceding-sibling"
  | "preceding"
  | "ancestor-or-self";

/** An argument of a call; undefined for the placeholder `?` of a partial application. */
export type ArgumentSyntax = Expression | undefined;

export type Expression =
  | LiteralSyntax
  | (Located & { readonly kind: "variable"; readonly name: QNameSyntax })
  | (Located & { readonly kind: "contextItem" })
  /** `a, b`; `()` has no items. Parentheses around one expression leave no trace. */
  | (Located & { readonly kind: "sequence"; readonly items: readonly Expression[] })
  | FunctionCall
  /** `name#arity`. */
  | (Located & { readonly kind: "functionReference"; readonly name: QNameSyntax; readonly arity: number })
  | InlineFunction
  /** `f(1)` where `f` is an expression. `=>` is written out: `x => f(1)` is a call with x as the first argument. */
  | (Located & {
      readonly kind: "dynamicCall";
      readonly function: Expression;
      readonly arguments: readonly ArgumentSyntax[];
    })
  | (Located & {
      readonly kind: "map";
      readonly entries: readonly { readonly key: Expression; readonly value: Expression }[];
    })
  /** `[a, b]`: each expression is a member; and `array { a, b }`: each item is one. */
  | (Located & { readonly kind: "squareArray"; readonly members: readonly Expression[] })
  | (Located & { readonly kind: "curlyArray"; readonly content: Expression })
  /** `on?key`; the unary lookup has no `on`. */
  | (Located & { readonly kind: "lookup"; readonly on: Expression | undefined; readonly key: LookupKey })
  | PathExpression
  | AxisStep
  /** `base[predicate]`, where base is not an axis step. */
  | (Located & { readonly kind: "filter"; readonly base: Expression; readonly predicate: Expression })
  /** `left ! right`. */
  | (Located & { readonly kind: "simpleMap"; readonly left: Expression; readonly right: Expression })
  | (Located & { readonly kind: "unary"; readonly operator: "+" | "-"; readonly operand: Expression })
  /** `a or b or c`. At least two operands. */
  | (Located & {
      readonly kind: "logical";
      readonly operator: "or" | "and";
      readonly operands: readonly Expression[];
    })
  | BinaryExpression
  | (Located & {
      readonly kind: "instanceOf" | "treatAs";
      readonly operand: Expression;
      readonly type: SequenceTypeSyntax;
    })
  /** The target is an atomic type; `isOptional` for the `?` behind it. */
  | (Located & {
      readonly kind: "castAs" | "castableAs";
      readonly operand: Expression;
      readonly type: QNameSyntax;
      readonly isOptional: boolean;
    })
  | (Located & {
      readonly kind: "if";
      readonly condition: Expression;
      readonly then: Expression;
      readonly else: Expression;
    })
  | (Located & {
      readonly kind: "switch";
      readonly operand: Expression;
      readonly cases: readonly { readonly values: readonly Expression[]; readonly result: Expression }[];
      readonly default: Expression;
    })
  | (Located & {
      readonly kind: "typeswitch";
      readonly operand: Expression;
      readonly cases: readonly {
        readonly variable: QNameSyntax | undefined;
        readonly types: readonly SequenceTypeSyntax[];
        readonly result: Expression;
      }[];
      readonly defaultVariable: QNameSyntax | undefined;
      readonly default: Expression;
    })
  | (Located & { readonly kind: "tryCatch"; readonly body: Expression; readonly clauses: readonly CatchClause[] })
  | (Located & {
      readonly kind: "quantified";
      readonly quantifier: "some" | "every";
      readonly bindings: readonly {
        readonly variable: QNameSyntax;
        readonly type: SequenceTypeSyntax | undefined;
        readonly in: Expression;
      }[];
      readonly satisfies: Expression;
    })
  | FlworExpression
  | Constructor
  | (Located & { readonly kind: "ordered" | "unordered"; readonly body: Expression })
  /** `(# pragma #) { body }`. */
  | (Located & {
      readonly kind: "extension";
      readonly pragmas: readonly QNameSyntax[];
      readonly body: Expression | undefined;
    })
  | (Located & { readonly kind: "validate"; readonly body: Expression })
  /** ``` ``[text `{expression}` text]`` ```. */
  | (Located & { readonly kind: "stringConstructor"; readonly parts: readonly (string | Expression)[] });

export interface FunctionCall extends Located {
  readonly kind: "functionCall";
  readonly name: QNameSyntax;
  readonly arguments: readonly ArgumentSyntax[];
}

export interface InlineFunction extends Located {
  readonly kind: "inlineFunction";
  readonly parameters: readonly ParameterSyntax[];
  readonly result: SequenceTypeSyntax | undefined;
  readonly body: Expression;
  readonly annotations: readonly AnnotationSyntax[];
}

/** What stands behind `?`: a name, an integer, a parenthesised expression, or `*`. */
export type LookupKey =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "integer"; readonly value: string }
  | { readonly kind: "expression"; readonly expression: Expression }
  | { readonly kind: "all" };

/**
 * `left/right`. `left` is the string "root" where the path begins with `/`; a `right` of undefined is the lone `/`.
 * `//` is written out as `/descendant-or-self::node()/`; `isAbbreviated` marks the step that came of it.
 */
export interface PathExpression extends Located {
  readonly kind: "path";
  readonly left: Expression | "root";
  readonly right: Expression | undefined;
}

export interface AxisStep extends Located {
  readonly kind: "step";
  readonly axis: Axis;
  readonly test: NodeTestSyntax;
  readonly predicates: readonly Expression[];
  /** True for the step between the slashes of `//`. */
  readonly isAbbreviated?: true;
}

export interface BinaryExpression extends Located {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export type BinaryOperator =
  | GeneralComparison
  | ValueComparison
  | NodeComparison
  | "||"
  | "to"
  | ArithmeticOperator
  | "union"
  | "intersect"
  | "except";

export type GeneralComparison = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type ValueComparison = "eq" | "ne" | "lt" | "le" | "gt" | "ge";
export type NodeComparison = "is" | "<<" | ">>";
export type ArithmeticOperator = "+" | "-" | "*" | "div" | "idiv" | "mod";

/** `catch name | name { result }`; a wildcard part is undefined. */
export interface CatchClause extends Located {
  readonly tests: readonly NodeTestSyntax[];
  readonly result: Expression;
}

export interface FlworExpression extends Located {
  readonly kind: "flwor";
  readonly clauses: readonly FlworClause[];
  readonly return: Expression;
}

export type FlworClause =
  | (Located & {
      readonly kind: "for";
      readonly variable: QNameSyntax;
      readonly type: SequenceTypeSyntax | undefined;
      readonly allowingEmpty: boolean;
      readonly position: QNameSyntax | undefined;
      readonly in: Expression;
    })
  | (Located & {
      readonly kind: "let";
      readonly variable: QNameSyntax;
      readonly type: SequenceTypeSyntax | undefined;
      readonly value: Expression;
    })
  | (Located & {
      readonly kind: "window";
      readonly style: "tumbling" | "sliding";
      readonly variable: QNameSyntax;
      readonly type: SequenceTypeSyntax | undefined;
      readonly in: Expression;
      readonly start: WindowCondition;
      /** Undefined for a tumbling window without end. */
      readonly end: (WindowCondition & { readonly isOnly: boolean }) | undefined;
    })
  | (Located & { readonly kind: "where"; readonly condition: Expression })
  | (Located & {
      readonly kind: "groupBy";
      readonly keys: readonly {
        readonly variable: QNameSyntax;
        readonly type: SequenceTypeSyntax | undefined;
        readonly value: Expression | undefined;
        readonly collation: string | undefined;
      }[];
    })
  | (Located & {
      readonly kind: "orderBy";
      readonly isStable: boolean;
      readonly keys: readonly {
        readonly value: Expression;
        readonly isDescending: boolean;
        /** Undefined: as the prolog says. */
        readonly empty: "greatest" | "least" | undefined;
        readonly collation: string | undefined;
      }[];
    })
  | (Located & { readonly kind: "count"; readonly variable: QNameSyntax });

export interface WindowCondition {
  readonly current: QNameSyntax | undefined;
  readonly position: QNameSyntax | undefined;
  readonly previous: QNameSyntax | undefined;
  readonly next: QNameSyntax | undefined;
  readonly when: Expression;
}

export type Constructor =
  | DirectElement
  | (Located & { readonly kind: "directComment"; readonly text: string })
  | (Located & { readonly kind: "directProcessingInstruction"; readonly target: string; readonly text: string })
  /** `name` is a QName as written, or an expression. `content` undefined for `{}`. */
  | (Located & {
      readonly kind: "computedElement" | "computedAttribute";
      readonly name: QNameSyntax | Expression;
      readonly content: Expression | undefined;
    })
  /** `name` is an NCName as written, or an expression. */
  | (Located & {
      readonly kind: "computedProcessingInstruction" | "computedNamespace";
      readonly name: string | Expression;
      readonly content: Expression | undefined;
    })
  | (Located & {
      readonly kind: "computedDocument" | "computedText" | "computedComment";
      readonly content: Expression | undefined;
    });

/** `<a b="{1}">text{2}</a>`. */
export interface DirectElement extends Located {
  readonly kind: "directElement";
  readonly name: QNameSyntax;
  /** Without namespace declarations. */
  readonly attributes: readonly {
    readonly name: QNameSyntax;
    readonly parts: readonly (string | Expression)[];
  }[];
  /** `xmlns="…"` has the empty prefix. */
  readonly namespaces: readonly (Located & { readonly prefix: string; readonly uri: string })[];
  /**
   * Text with references and CDATA sections resolved, nested direct constructors and enclosed expressions.
   * Boundary white space is still there, marked: it goes unless the prolog preserves it.
   */
  readonly content: readonly (
    | { readonly kind: "text"; readonly text: string; readonly isBoundarySpace: boolean }
    | { readonly kind: "enclosed"; readonly expression: Expression }
    | { readonly kind: "node"; readonly node: Constructor }
  )[];
}
