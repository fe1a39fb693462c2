import type { XmlDocument, XmlElement } from "../../xml/index.ts";

/** An XSD file that was read and is well-formed. */
export interface SchemaDocument {
  /** Absolute path as shown to users; symbolic links are not resolved. */
  readonly file: string;
  /** File name without `.xsd`. */
  readonly baseName: string;
  /** Whether the file lies directly in one of the catalog's directories, and so may declare an event type. */
  readonly isTopLevel: boolean;
  readonly tree: XmlDocument;
  /** The element xs:schema. */
  readonly root: XmlElement;
  /** Undefined when the file has none; the file then takes on the namespace of each file that includes it. */
  readonly targetNamespace: string | undefined;
}

/**
 * A document in the namespace that its declarations get. A document without target namespace that is included by files of
 * two namespaces (a "chameleon", XML Schema 1.0 part 1, section 4.2.1) is two units.
 */
export interface SchemaUnit {
  readonly document: SchemaDocument;
  /** The empty string stands for no namespace. */
  readonly namespace: string;
  readonly includes: readonly UnitReference[];
  readonly imports: readonly UnitImport[];
}

/** An xs:include that was resolved. */
export interface UnitReference {
  readonly node: XmlElement;
  readonly unit: SchemaUnit;
}

/** An xs:import; without unit where it names a namespace only. */
export interface UnitImport {
  readonly node: XmlElement;
  readonly namespace: string;
  readonly unit: SchemaUnit | undefined;
}
