import type { EngineError } from "../engine/libxml2.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";
import { nearestName } from "../../nearest-name.ts";

/** The engine's sentence about a mistake in a schema, with prefixes in place of namespaces and without its made-up URLs. */
export function describeSchemaError({ message }: EngineError): string {
  const text = message
    .replace(/^Element '([^']*)'(, attribute '[^']*')?: /, (_, element: string, attribute: string | undefined) =>
      attribute === undefined ? `${element}: ` : `${element}${attribute.replaceAll("'", '"')}: `,
    )
    .replaceAll(`{${XSD_NAMESPACE}}`, "xs:")
    .replaceAll(/\{[^{}']*\}(?=[^\s{}'])/g, "")
    .replaceAll(/mem:\/[a-z]+-[0-9]+\.xsd/g, "another file")
    .replaceAll("'", '"')
    .replace(/\.$/, "")
    .replace(/The content model is not determinist$/, AMBIGUOUS)
    .replace(/The attribute "([^"]*)" is not allowed$/, (_, name: string) => unknownAttribute(name))
    .replace(
      /The content is not valid\. Expected is /,
      "its children are not those that XML Schema allows there: expected ",
    );
  return text === "" ? "the file is not a correct XML Schema" : text;
}

/** XML Schema part 1, section 3.8.6: Unique Particle Attribution. */
const AMBIGUOUS =
  "its content model is ambiguous: an element in a document could be more than one of those declared " +
  "(such as an optional x before another x); give them other names, or use minOccurs and maxOccurs of one of them";

function unknownAttribute(name: string): string {
  const near = nearestName(name, XSD_ATTRIBUTES);
  return `the attribute "${name}" is not allowed there${near === undefined ? "" : ` (did you mean "${near}"?)`}`;
}

/** All attributes that elements of XML Schema have (part 1, appendix A). */
const XSD_ATTRIBUTES: readonly string[] = [
  ...["abstract", "attributeFormDefault", "base", "block", "blockDefault", "default", "elementFormDefault", "final"],
  ...["finalDefault", "fixed", "form", "id", "itemType", "maxOccurs", "memberTypes", "minOccurs", "mixed", "name"],
  ...["namespace", "nillable", "processContents", "public", "ref", "refer", "schemaLocation", "source"],
  ...["substitutionGroup", "system", "targetNamespace", "type", "use", "value", "version", "xpath"],
];
