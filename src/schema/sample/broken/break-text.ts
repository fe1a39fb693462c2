import { viewOf } from "../../problems/type-view.ts";
import { plainText } from "../sample-tree.ts";
import { stranger } from "./break-children.ts";
import type { Breaker } from "./breakage.ts";
import { otherValue, wrongValues } from "./wrong-values.ts";

/** Breaks the rules for the text of an element that holds a value (XML Schema 1.0 part 1, section 3.3.4, clauses 3 and 5). */
export const breakText: Breaker = function* (element, breaking) {
  const { type, isNil, name, declaration } = element;
  if (type === undefined || isNil) return;
  const isSimple = type.kind === "simpleType";
  if (!isSimple && viewOf(type, breaking.table).text === undefined) return;
  const [value = plainText("")] = element.content;
  if (value.kind !== "text" || value.checker === undefined) return;

  const withChild = { ...element, content: [stranger(element, "Unexpected")] };
  const rule = isSimple ? "cvc-type.3.1.2" : "cvc-complex-type.2.2";
  const description = `an element in ${name.localName}, which holds a value`;
  yield { replacement: withChild, at: withChild, rule, kind: "element in value", description };

  const byDefault = declaration?.fixed ?? declaration?.default;
  const wrong = wrongValues(value.checker, value, breaking);
  const other = declaration?.fixed === undefined ? undefined : otherValue(value.checker, value, breaking);
  for (const each of [...wrong, ...(other === undefined ? [] : [{ ...other, rule: "cvc-elt.5.2.2.2.2" }])]) {
    // An empty element has its default value.
    if (each.text === "" && byDefault !== undefined) continue;
    const replacement = { ...element, content: [{ ...value, text: each.text }] };
    const kind = `value ${each.kind}`;
    yield { replacement, at: replacement, rule: each.rule, kind, description: `${name.localName} ${each.description}` };
  }
};
