import type { XmlAttribute, XmlDocument, XmlElement } from "../../xml/index.ts";
import { cvcCode } from "./cvc-codes.ts";
import type { EngineError } from "./libxml2.ts";
import { elementAt, firstInLine } from "./node-path.ts";

/** What the engine found wrong at a node of the document, in terms of our own tree. */
export interface Finding {
  /** `cvc-…`, the rule that is violated. */
  readonly code: string;
  readonly element: XmlElement;
  /** The attribute that is wrong, where the engine names one that the element has. */
  readonly attribute: XmlAttribute | undefined;
  /** The value that is wrong, or its length when a length facet is violated. */
  readonly value: string;
  /** What a facet or fixed value asks for. */
  readonly limit: string;
  /** Whether children are missing at the end (only for `cvc-complex-type.2.4`); else the element itself is not allowed. */
  readonly isIncomplete: boolean;
  /** The engine's words without the name of the node, for want of better ones. */
  readonly text: string;
}

/**
 * Translates the engine's errors. An error that only follows from the one before it is left out: that a list is wrong because
 * its item is, or that a nil or element content is not a number.
 */
export function findingsOf(document: XmlDocument, errors: readonly EngineError[]): readonly Finding[] {
  const findings: Finding[] = [];
  for (const error of errors) {
    const finding = findingOf(document, error);
    const previous = findings.at(-1);
    const isAboutTheSame = previous?.element === finding.element && previous.attribute === finding.attribute;
    if (!isAboutTheSame || !CONSEQUENCES.has(finding.code)) findings.push(finding);
  }
  return findings;
}

function findingOf(document: XmlDocument, error: EngineError): Finding {
  const [, elementName, attributeName] = /^Element '([^']*)'(?:, attribute '([^']*)')?: /.exec(error.message) ?? [];
  const element =
    (error.nodePath === undefined
      ? firstInLine(document, error.line, elementName)
      : elementAt(document, error.nodePath)) ?? document.documentElement;
  return {
    code: cvcCode(error.code),
    element,
    attribute: element.attributes.find(({ name }) => String(name) === attributeName),
    value: error.value ?? "",
    limit: error.limit ?? "",
    isIncomplete: /^Element '[^']*': Missing child element/.test(error.message),
    text: readableText(error.message),
  };
}

/** The engine's sentence without the node, the namespaces of names, and its quotation marks and full stop. */
function readableText(message: string): string {
  return message
    .replace(/^Element '[^']*'(?:, attribute '[^']*')?: /, "")
    .replaceAll(/\{[^{}']*\}(?=[^\s{}'])/g, "")
    .replaceAll("'", '"')
    .replace(/\.$/, "");
}

/** Codes that mean nothing new when there was an error about the same node just before. */
const CONSEQUENCES: ReadonlySet<string> = new Set([
  "cvc-datatype-valid.1.2.1",
  "cvc-datatype-valid.1.2.2",
  "cvc-datatype-valid.1.2.3",
  "cvc-identity-constraint",
]);
