import type { Expression } from "../../syntax/ast.ts";
import { atomizeOptional } from "../../values/atomize.ts";
import { sameForSwitch } from "../../values/compare-values.ts";
import { sequenceMatches } from "../../values/match-type.ts";
import type { SequenceType } from "../../values/sequence-type.ts";
import { Compiled, traitsOver, type Visitor } from "../compiled.ts";
import type { Context } from "../environment.ts";
import type { Scope } from "../scope.ts";
import { bindVariable } from "./binding.ts";

/** `if (condition) then … else …` (XPath 3.1, section 3.11). */
export function compileIf(syntax: Extract<Expression, { kind: "if" }>, scope: Scope): Compiled {
  const condition = scope.compile(syntax.condition);
  return new Choice(syntax.at, condition, scope.compile(syntax.then), scope.compile(syntax.else));
}

class Choice extends Compiled {
  readonly #condition: Compiled;
  readonly #then: Compiled;
  readonly #else: Compiled;

  constructor(at: number, condition: Compiled, then: Compiled, otherwise: Compiled) {
    const [a, b] = [then.traits, otherwise.traits];
    super(at, {
      ...traitsOver([condition, then, otherwise]),
      max: Math.max(a.max, b.max),
      items: a.items === b.items ? a.items : "unknown",
      isOrdered: a.isOrdered && b.isOrdered,
      areDisjoint: a.areDisjoint && b.areDisjoint,
    });
    this.#condition = condition;
    this.#then = then;
    this.#else = otherwise;
  }

  override each(context: Context, visit: Visitor): boolean {
    return (this.#condition.test(context) ? this.#then : this.#else).each(context, visit);
  }

  override test(context: Context): boolean {
    return (this.#condition.test(context) ? this.#then : this.#else).test(context);
  }
}

/** `switch` (XQuery 3.1, section 3.15). */
export function compileSwitch(syntax: Extract<Expression, { kind: "switch" }>, scope: Scope): Compiled {
  const operand = scope.compile(syntax.operand);
  const cases = syntax.cases.map(({ values, result }) => ({
    values: values.map((value) => scope.compile(value)),
    result: scope.compile(result),
  }));
  return new Switch(syntax.at, operand, cases, scope.compile(syntax.default));
}

interface Case {
  readonly values: readonly Compiled[];
  readonly result: Compiled;
}

class Switch extends Compiled {
  readonly #operand: Compiled;
  readonly #cases: readonly Case[];
  readonly #default: Compiled;

  constructor(at: number, operand: Compiled, cases: readonly Case[], otherwise: Compiled) {
    super(at, traitsOver([operand, otherwise, ...cases.flatMap(({ values, result }) => [...values, result])]));
    this.#operand = operand;
    this.#cases = cases;
    this.#default = otherwise;
  }

  override each(context: Context, visit: Visitor): boolean {
    const operand = atomizeOptional(this.#operand.items(context), "the operand of switch", this.at);
    const chosen = this.#cases.find(({ values }) =>
      values.some((value) =>
        sameForSwitch(operand, atomizeOptional(value.items(context), "a case of switch", value.at)),
      ),
    );
    return (chosen?.result ?? this.#default).each(context, visit);
  }
}

/** `typeswitch` (XQuery 3.1, section 3.18.2). */
export function compileTypeswitch(syntax: Extract<Expression, { kind: "typeswitch" }>, scope: Scope): Compiled {
  const operand = scope.compile(syntax.operand);
  const cases = syntax.cases.map(({ variable, types, result }) => {
    const resolved = types.map((type) => scope.sequenceType(type));
    const [first] = resolved;
    const binding = bindVariable(scope, variable, resolved.length === 1 ? first : undefined);
    return { types: resolved, slot: binding.slot, result: binding.scope.compile(result) };
  });
  const last = bindVariable(scope, syntax.defaultVariable, undefined);
  const otherwise = { types: undefined, slot: last.slot, result: last.scope.compile(syntax.default) };
  return new Typeswitch(syntax.at, operand, [...cases, otherwise]);
}

interface TypeCase {
  /** Undefined for the default. */
  readonly types: readonly SequenceType[] | undefined;
  readonly slot: number | undefined;
  readonly result: Compiled;
}

class Typeswitch extends Compiled {
  readonly #operand: Compiled;
  readonly #cases: readonly TypeCase[];

  constructor(at: number, operand: Compiled, cases: readonly TypeCase[]) {
    super(at, traitsOver([operand, ...cases.map(({ result }) => result)]));
    this.#operand = operand;
    this.#cases = cases;
  }

  override each(context: Context, visit: Visitor): boolean {
    const operand = this.#operand.items(context);
    for (const { types, slot, result } of this.#cases) {
      if (types?.some((type) => sequenceMatches(operand, type)) === false) continue;
      if (slot !== undefined) context.slots[slot] = operand;
      return result.each(context, visit);
    }
    return true;
  }
}
