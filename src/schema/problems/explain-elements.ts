import type { ElementDeclaration } from "../model/components.ts";
import type { ComponentTable } from "../model/component-table.ts";
import { substitutesOf } from "../model/derivation.ts";
import type { ExpandedName } from "../../xml/index.ts";
import { nearestName } from "../../nearest-name.ts";
import { withSuggestion, type Explanation } from "./explanation.ts";
import { didYouMean, listOneOf, quote, shorten } from "./words.ts";

/** An abstract element that occurs itself (`cvc-elt.2`). */
export function explainAbstract(declaration: ElementDeclaration, table: ComponentTable): Explanation {
  const substitutes = substitutesOf(declaration, table).filter(({ isAbstract }) => !isAbstract);
  const expected = substitutes.map(({ name }) => name.localName);
  const tail = expected.length === 0 ? "" : `; expected ${listOneOf(expected)}`;
  const { localName } = declaration.name;
  return {
    found: localName,
    expected,
    message: `element ${quote(localName)} is abstract and cannot occur itself${tail}`,
  };
}

/** An element of an abstract type without `xsi:type` (`cvc-type.2`). */
export function explainAbstractType({ localName }: ExpandedName): Explanation {
  return { message: `the type of ${localName} is abstract; name a type derived from it in xsi:type` };
}

/** `xsi:nil` where it is not allowed (`cvc-elt.3.1`). */
export function explainNotNillable({ localName }: ExpandedName): Explanation {
  return { found: "xsi:nil", message: `${localName} is not nillable; xsi:nil is not allowed here` };
}

/** Content of an element that is nil (`cvc-elt.3.2.1`). */
export function explainNilNotEmpty({ localName }: ExpandedName): Explanation {
  return { message: `${localName} is marked as nil by xsi:nil and must be empty` };
}

/** An element that is nil although its value is fixed (`cvc-elt.3.2.2`). */
export function explainNilFixed({ localName }: ExpandedName, fixed: string): Explanation {
  return {
    expected: [fixed],
    message: `${localName} is marked as nil by xsi:nil, but its value is fixed; it must be ${quote(fixed)}`,
  };
}

/** An element that no file declares, where one must be declared (`cvc-elt.1`). */
export function explainUndeclared({ localName: found }: ExpandedName, table: ComponentTable): Explanation {
  const suggestion = nearestName(
    found,
    [...table.elements].map(({ name }) => name.localName),
  );
  return {
    found,
    ...withSuggestion(suggestion),
    message: `element ${quote(found)} is not declared in this catalog${didYouMean(suggestion)}`,
  };
}

/** An `xsi:type` that is no QName, or whose prefix is not declared (`cvc-elt.4.1`). */
export function explainBadTypeName({ localName }: ExpandedName, written: string): Explanation {
  const colon = written.indexOf(":");
  const reason =
    colon > 0
      ? `whose prefix ${quote(written.slice(0, colon))} is not declared, or which is no name`
      : "which is no name";
  return { found: shorten(written), message: `xsi:type of ${localName} is ${quote(written)}, ${reason}` };
}

/** An `xsi:type` that names no type (`cvc-elt.4.2`). */
export function explainUnknownType(
  { localName }: ExpandedName,
  type: ExpandedName,
  table: ComponentTable,
): Explanation {
  const suggestion = nearestName(type.localName, table.namesOf("type", type.namespace));
  return {
    found: shorten(type.localName),
    ...withSuggestion(suggestion),
    message: `xsi:type of ${localName} names ${quote(type.localName)}, which is not a type of this catalog${didYouMean(suggestion)}`,
  };
}

/** An `xsi:type` that may not stand in for the declared type (`cvc-elt.4.3`). */
export function explainUnrelatedType(
  { localName }: ExpandedName,
  type: ExpandedName,
  blockedMethod: string | undefined,
): Explanation {
  const reason =
    blockedMethod === undefined
      ? "which is not derived from its declared type"
      : `which is derived by ${blockedMethod} from its declared type; the schema blocks that here`;
  return {
    found: shorten(type.localName),
    message: `xsi:type of ${localName} names ${quote(type.localName)}, ${reason}`,
  };
}

/** A default value that the type named in `xsi:type` does not allow (`cvc-elt.5.1.1`). */
export function explainDefault({ localName }: ExpandedName, value: string): Explanation {
  return {
    expected: [value],
    message: `${localName} is empty, and its default value ${quote(value)} is not allowed by the type that xsi:type names`,
  };
}
