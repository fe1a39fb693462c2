import type { SimpleType } from "../model/components.ts";
import type { SimpleTypeChecker, ValueProblem } from "./simple-type-checker.ts";
import type { ValueSpace, Variety } from "./value-space.ts";
import { splitAtWhiteSpace } from "./white-space.ts";

/** The variety atomic: one value of a built-in type. */
export function atomic(space: ValueSpace, builtIn: string): Variety {
  const identity = builtIn === "ID" || builtIn === "IDREF" ? builtIn : undefined;
  return {
    ...space,
    identity,
    problem: (text, scope, type) =>
      space.isValid(text, scope) ? undefined : formProblem("cvc-datatype-valid.1.2.1", text, type),
  };
}

/** The variety list: items between white space. */
export function listOf(item: SimpleTypeChecker): Variety {
  const problem: Variety["problem"] = (text, scope) => {
    for (const each of splitAtWhiteSpace(text)) {
      const wrong = item.check(each, scope);
      if (wrong !== undefined) return { ...wrong, isItem: true };
    }
    return undefined;
  };
  return {
    whiteSpace: "collapse",
    identity: item.identity,
    isValid: (text, scope) => splitAtWhiteSpace(text).every((each) => item.check(each, scope) === undefined),
    problem,
    key: (text, scope) =>
      splitAtWhiteSpace(text)
        .map((each) => item.key(each, scope))
        .join(ITEM_SEPARATOR),
    length: (text) => splitAtWhiteSpace(text).length,
    unit: "items",
  };
}

/** The variety union: the first member that accepts a text gives the value. Each member normalises white space in its own way. */
export function unionOf(members: readonly SimpleTypeChecker[]): Variety {
  const memberFor: (...parameters: Parameters<Variety["isValid"]>) => SimpleTypeChecker | undefined = (text, scope) =>
    members.find((member) => member.check(text, scope) === undefined);
  return {
    whiteSpace: "preserve",
    identity: members.find(({ identity }) => identity !== undefined)?.identity,
    isValid: (text, scope) => memberFor(text, scope) !== undefined,
    problem: (text, scope, type) =>
      memberFor(text, scope) === undefined ? formProblem("cvc-datatype-valid.1.2.3", text, type) : undefined,
    key: (text, scope) => memberFor(text, scope)?.key(text, scope) ?? text,
    lexical: (text, scope) => memberFor(text, scope)?.normalize(text) ?? text,
  };
}

function formProblem(code: string, value: string, type: SimpleType): ValueProblem {
  return { code, facet: undefined, limit: "", value, isItem: false, length: undefined, type };
}

/** No document can have this character, so that no key can be mistaken for a list of keys. */
const ITEM_SEPARATOR = "\u0001";
