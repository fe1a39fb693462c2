import { internName, sameName } from "../../../xml/index.ts";
import { viewOf } from "../../problems/type-view.ts";
import { plainText } from "../sample-tree.ts";
import type { Breaker } from "./breakage.ts";
import { otherValue, wrongValues } from "./wrong-values.ts";

/** Breaks the rules for the attributes of an element (XML Schema 1.0 part 1, section 3.4.4, clauses 3 and 4; section 3.5.4). */
export const breakAttributes: Breaker = function* (element, breaking) {
  const { type, attributes, name } = element;
  if (type === undefined) return;
  const view = type.kind === "complexType" ? viewOf(type, breaking.table) : undefined;
  if (view?.attributeWildcard?.allows("") !== true && view?.attributes.has(UNEXPECTED.localName) !== true) {
    const rule = view === undefined ? "cvc-type.3.1.1" : "cvc-complex-type.3.2.2";
    const replacement = { ...element, attributes: [...attributes, { name: UNEXPECTED, value: plainText("1") }] };
    const description = `an attribute of ${name.localName} that nothing declares`;
    yield { replacement, at: replacement, rule, kind: "unexpected attribute", description };
  }
  for (const [index, { name: attribute, value }] of attributes.entries()) {
    const { localName } = attribute;
    const declared = view?.attributes.get(String(attribute));
    if (declared?.isRequired === true) {
      const replacement = { ...element, attributes: attributes.filter((each) => !sameName(each.name, attribute)) };
      const description = `the attribute ${localName} of ${name.localName} is missing`;
      yield { replacement, at: replacement, rule: "cvc-complex-type.4", kind: `missing @${localName}`, description };
    }
    if (value.checker === undefined) continue;
    const wrong = wrongValues(value.checker, value, breaking);
    const other = value.fixed === undefined ? undefined : otherValue(value.checker, value, breaking);
    for (const each of [...wrong, ...(other === undefined ? [] : [{ ...other, rule: "cvc-au" }])]) {
      const changed = { name: attribute, value: { ...value, text: each.text } };
      const replacement = { ...element, attributes: attributes.with(index, changed) };
      const kind = `value @${localName} ${each.kind}`;
      const description = `the attribute ${localName} of ${name.localName} ${each.description}`;
      yield { replacement, at: replacement, attribute, rule: each.rule, kind, description };
    }
  }
};

const UNEXPECTED = internName("", "unexpected");
