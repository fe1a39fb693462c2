import { compileSimpleType, type SimpleTypeChecker } from "../../../src/schema/values/index.ts";
import { internName, parseXml, type XmlElement } from "../../../src/xml/index.ts";
import { EVENTS, xsd } from "../harness.ts";
import { tableOf } from "../table-of.ts";

/** Reads named simple types, without an engine, and gives what checks them by name; built-in types with the prefix `xs:`. */
export function typesOf(body: string): (name: string) => SimpleTypeChecker {
  const table = tableOf(xsd(body));
  return (name) => {
    const [, localName] = /^xs:(.*)$/.exec(name) ?? [];
    const expanded =
      localName === undefined ? internName(EVENTS, name) : internName("http://www.w3.org/2001/XMLSchema", localName);
    const type = table.type(expanded);
    if (type?.kind !== "simpleType") throw new Error(`no simple type ${name}`);
    return compileSimpleType(type, table);
  };
}

/** An element in whose scope `p` and `q` are prefixes of the same namespace. */
export const scope: XmlElement = parseXml(`<x xmlns:p="urn:p" xmlns:q="urn:p" xmlns:r="urn:r"/>`).documentElement;
