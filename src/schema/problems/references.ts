import type { XmlAttribute, XmlElement } from "../../xml/index.ts";
import { splitAtWhiteSpace, type SimpleTypeChecker } from "../values/index.ts";
import type { ProblemList } from "./problem-list.ts";
import { explainDoubleId, explainUnknownId } from "./explain-identity.ts";

/** The IDs of a document and the references to them (XML Schema 1.0 part 1, section 3.15.4: cvc-id). */
export class References {
  readonly #ids = new Set<string>();
  readonly #references: { readonly id: string; readonly node: XmlElement | XmlAttribute }[] = [];
  readonly #problems: ProblemList;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  /** Takes note of a valid value whose type is ID or IDREF, or a list of these. */
  add(checker: SimpleTypeChecker, text: string, node: XmlElement | XmlAttribute): void {
    for (const id of splitAtWhiteSpace(text)) {
      if (checker.identity === "ID") this.#declare(id, node);
      else this.#references.push({ id, node });
    }
  }

  /** Reports the references that lead nowhere. */
  resolve(): void {
    for (const { id, node } of this.#references) {
      if (!this.#ids.has(id)) this.#problems.add(node, "cvc-id.1", explainUnknownId(id, node, this.#ids));
    }
  }

  #declare(id: string, node: XmlElement | XmlAttribute): void {
    if (this.#ids.has(id)) this.#problems.add(node, "cvc-id.2", explainDoubleId(id));
    else this.#ids.add(id);
  }
}
