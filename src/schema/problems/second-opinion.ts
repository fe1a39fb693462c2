import { attributeValue, type XmlDocument, type XmlElement } from "../../xml/index.ts";
import { findingsOf } from "../engine/finding.ts";
import type { EngineResult } from "../engine/libxml2.ts";
import type { UnitComponents } from "../model/read-components.ts";
import { XSD_NAMESPACE, isXsd, xsdChildren } from "../model/xsd.ts";
import { diagnose } from "./diagnose.ts";
import type { DiagnoseContext } from "./diagnose-context.ts";
import type { ValidationProblem } from "./validation-problem.ts";

/**
 * Whether the schema uses what libxml2 misjudges: IDs and references to them, keys and other identity constraints, and
 * fixed values. Documents of such a schema are judged a second time, by our own diagnosis.
 */
export function needsSecondOpinion(components: readonly UnitComponents[]): boolean {
  return components.some(
    ({ unit, elements, references }) =>
      elements.some(({ identityConstraints }) => identityConstraints.length > 0) ||
      references.some(({ name }) => name.namespace === XSD_NAMESPACE && ID_TYPES.has(name.localName)) ||
      hasFixedValue(unit.document.root),
  );
}

/**
 * Judges a document again as far as identity and fixed values go.
 *
 * @returns the problems, none where the document is valid after all; undefined where the engine's judgement stands
 */
export function secondOpinion(
  document: XmlDocument,
  { verdict, errors }: EngineResult,
  context: DiagnoseContext,
): readonly ValidationProblem[] | undefined {
  if (verdict === "valid") {
    const problems = diagnose(document, context).filter(({ code }) => OWN_CODES.test(code));
    return problems.length === 0 ? undefined : problems;
  }
  const isDoubtful = verdict === "invalid" && errors.length > 0;
  if (!isDoubtful || !findingsOf(document, errors).every(({ code }) => OWN_CODES.test(code))) return undefined;
  const problems = diagnose(document, context);
  return problems.length === 0 ? problems : undefined;
}

function hasFixedValue(root: XmlElement): boolean {
  const pending = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (isXsd(node, "element", "attribute") && attributeValue(node, "fixed") !== undefined) return true;
    pending.push(...xsdChildren(node));
  }
  return false;
}

const ID_TYPES: ReadonlySet<string> = new Set(["ID", "IDREF", "IDREFS"]);

/** The rules of XML Schema in which our judgement counts. */
const OWN_CODES = /^cvc-(id|identity-constraint|elt\.5\.2|au|attribute\.4|complex-type\.(3\.1$|5))/;
