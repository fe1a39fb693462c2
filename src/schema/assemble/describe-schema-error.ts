import type { EngineError } from "../engine/libxml2.ts";
import { XSD_NAMESPACE } from "../model/xsd.ts";

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
    .replace(/\.$/, "");
  return text === "" ? "the file is not a correct XML Schema" : text;
}
