import type { XmlElement } from "../../../xml/index.ts";
import { type XmlAttribute } from "../../../xml/index.ts";
import { sequencesOf } from "../settle-identity.ts";
import type { WrittenSample } from "../node-pairs.ts";
import { allElements, type SampleElement, type SampleText } from "../sample-tree.ts";
import type { Breaking } from "./breakage.ts";

/** A change of values alone that breaks a rule about several parts of a document. */
export interface IdentityBreakage {
  /** New texts. */
  readonly changes: ReadonlyMap<SampleText, string>;
  /** Where the rule is broken. */
  readonly at: XmlElement | XmlAttribute;
  readonly rule: string;
  readonly kind: string;
  readonly description: string;
}

/**
 * Breaks keys, unique fields and references to keys (XML Schema 1.0 part 1, section 3.11.4), and IDs (section 3.15.4, cvc-id.2). A
 * reference to an ID that is not there is left out: the engine accepts it.
 */
export function* breakIdentity(
  root: SampleElement,
  written: WrittenSample,
  breaking: Breaking,
): Iterable<IdentityBreakage> {
  for (const element of allElements(root)) {
    for (const constraint of element.declaration?.identityConstraints ?? []) {
      const [first, second] = sequencesOf(constraint, element, written);
      const { kind, name } = constraint;
      if (kind === "keyref" && first !== undefined) {
        const changes = new Map(first.fields.map((field) => [field, breaking.values.sample(field.checker!).text]));
        const description = `the reference ${name.localName} leads to no key`;
        yield { changes, at: first.node, rule: "cvc-identity-constraint.4.3", kind: String(name), description };
      } else if (kind !== "keyref" && first !== undefined && second !== undefined) {
        const changes = new Map(second.fields.map((field, index) => [field, first.fields[index]!.text]));
        const rule = `cvc-identity-constraint.${kind === "key" ? "4.2.2" : "4.1"}`;
        const description = `two elements have the same ${name.localName}`;
        yield { changes, at: second.node, rule, kind: String(name), description };
      }
    }
  }
  yield* breakIds(root, written);
}

function* breakIds(root: SampleElement, written: WrittenSample): Iterable<IdentityBreakage> {
  const [first, second] = idsIn(root, written);
  if (first === undefined || second === undefined) return;
  const changes = new Map([[second.text, first.text.text]]);
  yield { changes, at: second.node, rule: "cvc-id.2", kind: "ID", description: "two elements have the same ID" };
}

interface NamedValue {
  readonly text: SampleText;
  readonly node: XmlElement | XmlAttribute;
}

function idsIn(root: SampleElement, written: WrittenSample): readonly NamedValue[] {
  return [...allElements(root)].flatMap((element) => {
    const node = written.nodeOf(element);
    const nodes: readonly (XmlElement | XmlAttribute)[] = [node, ...node.attributes];
    return nodes.flatMap((each) => {
      const text = written.textOf(each);
      return text?.checker?.identity === "ID" ? { text, node: each } : [];
    });
  });
}
