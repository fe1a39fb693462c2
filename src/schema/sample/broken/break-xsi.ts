import { internName } from "../../../xml/index.ts";
import { BUILT_IN_TYPES } from "../../model/built-in-types.ts";
import { derivationMethods } from "../../model/derivation.ts";
import { XSD_NAMESPACE, XSI_NAMESPACE } from "../../model/xsd.ts";
import { plainText, type SampleElement, type SampleText } from "../sample-tree.ts";
import type { Breakage, Breaker } from "./breakage.ts";

/** Breaks the rules for `xsi:type` and `xsi:nil` (XML Schema 1.0 part 1, section 3.3.4, clauses 3 and 4). */
export const breakXsi: Breaker = function* (element, { table, values }) {
  const { declaration, isNil, name } = element;
  if (declaration === undefined) return;
  const { localName } = name;
  const declared = table.typeOfElement(declaration);
  const unknown = withAttribute(element, TYPE, values.nameIn(name.namespace || XSD_NAMESPACE, "NoSuchType"));
  yield whole(unknown, "cvc-elt.4.2", "xsi:type unknown", `xsi:type of ${localName} names a type that is not there`);
  for (const other of ["int", "anyType"]) {
    if (derivationMethods(BUILT_IN_TYPES.get(other)!, declared, table) !== undefined) continue;
    const unrelated = withAttribute(element, TYPE, values.nameIn(XSD_NAMESPACE, other));
    const description = `xsi:type of ${localName} names xs:${other}, which is not derived from the declared type`;
    yield whole(unrelated, "cvc-elt.4.3", "xsi:type unrelated", description);
    break;
  }
  if (declared.kind === "complexType" && declared.isAbstract) {
    const description = `${localName} has an abstract type and no xsi:type`;
    yield whole(withoutAttribute(element, "type"), "cvc-type.2", "xsi:type missing", description);
  }
  if (isNil) return;
  const maybe = withAttribute(element, NIL, plainText("perhaps"));
  const description = `xsi:nil of ${localName} is neither true nor false`;
  const wrongForm = whole(maybe, "cvc-datatype-valid.1.2.1", "xsi:nil form", description);
  if (declaration.isNillable) yield { ...wrongForm, attribute: NIL };
  const nil = withAttribute(element, NIL, plainText("true"));
  if (!declaration.isNillable) {
    const empty = { ...nil, content: [] };
    yield whole(empty, "cvc-elt.3.1", "xsi:nil", `${localName} is nil, which its declaration does not allow`);
  } else if (element.content.some((each) => each.kind === "element" || each.text !== "")) {
    yield whole(nil, "cvc-elt.3.2.1", "xsi:nil content", `${localName} is nil and not empty`);
  }
};

function whole(replacement: SampleElement, rule: string, kind: string, description: string): Breakage {
  return { replacement, at: replacement, rule, kind, description };
}

function withAttribute(element: SampleElement, name: typeof TYPE, value: SampleText): SampleElement {
  const { attributes } = withoutAttribute(element, name.localName);
  return { ...element, attributes: [...attributes, { name, value }] };
}

function withoutAttribute(element: SampleElement, localName: string): SampleElement {
  const isOther = ({ name }: (typeof element.attributes)[number]): boolean =>
    name.namespace !== XSI_NAMESPACE || name.localName !== localName;
  return { ...element, attributes: element.attributes.filter(isOther) };
}

const TYPE = internName(XSI_NAMESPACE, "type");
const NIL = internName(XSI_NAMESPACE, "nil");
