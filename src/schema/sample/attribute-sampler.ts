import { XML_NAMESPACE, internName, type XmlElement } from "../../xml/index.ts";
import type { ComponentTable } from "../model/component-table.ts";
import { attributeChecker, type AttributeView, type ComplexTypeView } from "../problems/type-view.ts";
import type { SimpleTypeChecker } from "../values/index.ts";
import { madeUpNamespace } from "./made-up-names.ts";
import type { Random } from "./random.ts";
import { givenText, plainText, type SampleAttribute, type SampleText } from "./sample-tree.ts";

/** What making attributes needs. */
export interface AttributeSampling {
  readonly table: ComponentTable;
  readonly random: Random;
  /** How likely each optional attribute is there. */
  readonly optional: number;
  /** The value that the caller gives for an attribute. */
  given(localName: string): string | undefined;
  /** The value that the schema demands. */
  fixed(checker: SimpleTypeChecker, text: string, scope: XmlElement): SampleText;
  /** Any valid value. */
  make(checker: SimpleTypeChecker): SampleText;
}

/** The attributes of an element: those that it must have, some of those that it may have, and sometimes one more. */
export function sampleAttributes(view: ComplexTypeView, sampling: AttributeSampling): readonly SampleAttribute[] {
  const attributes: SampleAttribute[] = [];
  for (const attribute of view.attributes.values()) {
    const { name } = attribute.declaration;
    const given = sampling.given(name.localName);
    if (given !== undefined) attributes.push({ name, value: givenText(given, attribute.checker) });
    else if (attribute.isRequired || sampling.random.chance(sampling.optional)) {
      attributes.push({ name, value: valueOf(attribute, sampling) });
    }
  }
  const unnamed = sampling.random.chance(sampling.optional) ? sampleUnnamed(view, sampling) : undefined;
  return unnamed === undefined ? attributes : [...attributes, unnamed];
}

function valueOf({ checker, fixed, declaration }: AttributeView, sampling: AttributeSampling): SampleText {
  return fixed === undefined ? sampling.make(checker) : sampling.fixed(checker, fixed, declaration.source.node);
}

/** An attribute that the wildcard allows: a declared one, or a made-up one where nobody asks for a declaration. */
function sampleUnnamed(view: ComplexTypeView, sampling: AttributeSampling): SampleAttribute | undefined {
  const { table, random } = sampling;
  const wildcard = view.attributeWildcard;
  if (wildcard === undefined) return undefined;
  const namespaces = new Set([XML_NAMESPACE, ...[...table.elements].map(({ name }) => name.namespace)]);
  const declared = [...namespaces]
    .filter((each) => wildcard.allows(each))
    .flatMap((each) => table.namesOf("attribute", each).map((localName) => internName(each, localName)))
    .flatMap((name) => table.attribute(name) ?? [])
    .map((declaration): AttributeView => {
      const { default: ifAbsent, fixed } = declaration;
      return {
        declaration,
        isRequired: false,
        default: ifAbsent,
        fixed,
        checker: attributeChecker(declaration, table),
      };
    })
    // A second ID would not be allowed, and a reference may have nothing to refer to.
    .filter(
      ({ checker, declaration }) => checker.identity === undefined && !view.attributes.has(String(declaration.name)),
    );
  const chosen = random.pick(declared);
  if (chosen !== undefined) return { name: chosen.declaration.name, value: valueOf(chosen, sampling) };
  const madeUp = wildcard.processContents === "strict" ? undefined : madeUpNamespace((each) => wildcard.allows(each));
  const name = madeUp === undefined ? undefined : internName(madeUp, "any1");
  if (name === undefined || view.attributes.has(String(name)) || table.attribute(name) !== undefined) return undefined;
  return { name, value: plainText(String(random.below(100))) };
}
