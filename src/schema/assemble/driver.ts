import { create } from "xmlbuilder2";
import { XSD_NAMESPACE } from "../model/xsd.ts";

/** A document to import into a driver. */
export interface DriverImport {
  readonly namespace: string;
  readonly url: string;
}

/**
 * Writes a driver: the schema document that gathers all units of one namespace and imports the other namespaces once each.
 *
 *     <xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:events">
 *       <xs:import namespace="urn:types" schemaLocation="mem:/namespace-1.xsd"/>
 *       <xs:include schemaLocation="mem:/unit-0.xsd"/>
 *     </xs:schema>
 *
 * @param namespace the empty string for no target namespace
 */
export function writeDriver(namespace: string, imports: readonly DriverImport[], includes: readonly string[]): string {
  const schema = create({ version: "1.0" }).ele(
    XSD_NAMESPACE,
    "xs:schema",
    namespace === "" ? {} : { targetNamespace: namespace },
  );
  for (const each of imports) schema.ele(XSD_NAMESPACE, "xs:import", importAttributes(each));
  for (const url of includes) schema.ele(XSD_NAMESPACE, "xs:include", { schemaLocation: url });
  return schema.end();
}

/** The attributes of an xs:import; no namespace is imported by leaving the attribute out. */
export function importAttributes({ namespace, url }: DriverImport): Readonly<Record<string, string>> {
  return namespace === "" ? { schemaLocation: url } : { namespace, schemaLocation: url };
}
