import type { Expression } from "../syntax/ast.ts";
import { QueryError, UnsupportedError } from "../values/query-error.ts";
import type { Compiled } from "./compiled.ts";
import { compileBinary, compileUnary } from "./expressions/binary.ts";
import { compileIf, compileSwitch, compileTypeswitch } from "./expressions/conditional.ts";
import { compileConstructor } from "./expressions/constructors/constructor.ts";
import { compileFilterExpression, compileSimpleMap, ContextItem } from "./expressions/filter.ts";
import { compileFlwor } from "./expressions/flwor/flwor.ts";
import { compileDynamicCall, compileFunctionCall, compileFunctionReference } from "./expressions/function-call.ts";
import { compileInlineFunction } from "./expressions/inline-function.ts";
import { compileLiteral } from "./expressions/literal.ts";
import { compileLogical } from "./expressions/logic.ts";
import { compileCurlyArray, compileLookup, compileMap, compileSquareArray } from "./expressions/maps-and-arrays.ts";
import { compilePath } from "./expressions/path.ts";
import { compileQuantified } from "./expressions/quantified.ts";
import { compileSequence } from "./expressions/sequence.ts";
import { compileStep } from "./expressions/step.ts";
import { compileStringConstructor } from "./expressions/string-constructor.ts";
import { compileTryCatch } from "./expressions/try-catch.ts";
import { compileCastableAs, compileCastAs, compileInstanceOf, compileTreatAs } from "./expressions/types.ts";
import { compileVariable } from "./expressions/variable.ts";
import type { Scope } from "./scope.ts";
import { compileXPath1 } from "./xpath1/xpath1.ts";

/** Compiles an expression: the one place that knows all kinds of them. */
export function compileExpression(expression: Expression, scope: Scope): Compiled {
  const compile = (): Compiled => compileXPath31(expression, scope);
  return scope.language === "xpath1" ? compileXPath1(expression, scope, compile) : compile();
}

function compileXPath31(expression: Expression, scope: Scope): Compiled {
  switch (expression.kind) {
    case "literal":
      return compileLiteral(expression);
    case "variable":
      return compileVariable(expression, scope);
    case "contextItem":
      return new ContextItem(expression.at);
    case "sequence":
      return compileSequence(expression, scope);
    case "functionCall":
      return compileFunctionCall(expression, scope);
    case "functionReference":
      return compileFunctionReference(expression, scope);
    case "inlineFunction":
      return compileInlineFunction(expression, scope);
    case "dynamicCall":
      return compileDynamicCall(expression, scope);
    case "map":
      return compileMap(expression, scope);
    case "squareArray":
      return compileSquareArray(expression, scope);
    case "curlyArray":
      return compileCurlyArray(expression, scope);
    case "lookup":
      return compileLookup(expression, scope);
    case "path":
      return compilePath(expression, scope);
    case "step":
      return compileStep(expression, scope);
    case "filter":
      return compileFilterExpression(expression, scope);
    case "simpleMap":
      return compileSimpleMap(expression, scope);
    case "unary":
      return compileUnary(expression, scope);
    case "logical":
      return compileLogical(expression, scope);
    case "binary":
      return compileBinary(expression, scope);
    case "instanceOf":
      return compileInstanceOf(expression, scope);
    case "treatAs":
      return compileTreatAs(expression, scope);
    case "castAs":
      return compileCastAs(expression, scope);
    case "castableAs":
      return compileCastableAs(expression, scope);
    case "if":
      return compileIf(expression, scope);
    case "switch":
      return compileSwitch(expression, scope);
    case "typeswitch":
      return compileTypeswitch(expression, scope);
    case "tryCatch":
      return compileTryCatch(expression, scope);
    case "quantified":
      return compileQuantified(expression, scope);
    case "flwor":
      return compileFlwor(expression, scope);
    case "ordered":
    case "unordered":
      return scope.compile(expression.body);
    case "extension":
      return compileExtension(expression, scope);
    case "validate":
      throw new UnsupportedError("validate", "the document was validated before; leave it out", expression.at);
    case "stringConstructor":
      return compileStringConstructor(expression, scope);
    default:
      return compileConstructor(expression, scope);
  }
}

/** No pragma is known, so what is in the braces is evaluated (XQuery 3.1, section 3.20). */
function compileExtension({ at, pragmas, body }: Extract<Expression, { kind: "extension" }>, scope: Scope): Compiled {
  for (const pragma of pragmas) scope.resolve(pragma, "none");
  if (body !== undefined) return scope.compile(body);
  throw new QueryError("XQST0079", "no pragma is known here, and there is no expression to evaluate instead", at);
}
