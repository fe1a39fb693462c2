import type { ExpandedName } from "../../xml/index.ts";
import type { Compiled } from "../evaluate/compiled.ts";
import type { Context } from "../evaluate/environment.ts";
import type { Scope } from "../evaluate/scope.ts";
import type { Sequence } from "../values/item.ts";
import type { SequenceType } from "../values/sequence-type.ts";

/** What callers of a function see. */
export interface FunctionSignature {
  readonly name: ExpandedName;
  readonly parameters: readonly SequenceType[];
  readonly result: SequenceType;
}

/** A built-in or declared function of one arity. */
export interface FunctionDefinition extends FunctionSignature {
  /** Reads the focus: `fn:position()`, `fn:string()` without argument. Such a function keeps the focus when it is referred to by name. */
  readonly usesFocus: boolean;
  /**
   * Evaluates it. Arguments are converted by the function conversion rules (XQuery 3.1, section 3.1.5.2: atomized, untyped values cast,
   * numbers promoted), so that `xs:string?` is an empty sequence or one JavaScript string. `context` has the caller's focus.
   */
  readonly call: (context: Context, args: readonly Sequence[]) => Sequence;
  /** The function as it is at a place of the query, where it depends on the static context (`xs:QName` and its prefixes). */
  readonly bind?: (scope: Scope) => FunctionDefinition;
  /**
   * A form of its own for a call that is written in the query: where arguments need not be evaluated as a whole (`fn:exists`, `fn:count`,
   * `fn:not`), or the static context matters. Gets the arguments as they are, not converted. Undefined where the usual call does.
   */
  readonly compile?: (args: readonly Compiled[], at: number, scope: Scope) => Compiled | undefined;
}
