import { attributeValue, escapeAttribute, type XmlElement } from "../../xml/index.ts";
import { applyEdits, type TextEdit } from "../assemble/text-edits.ts";
import type { SchemaDocument, SchemaUnit } from "../model/schema-unit.ts";
import { isXsd, namespaceOfQName, splitQName, xsdChild, xsdChildren } from "../model/xsd.ts";
import { causedBy, problemAt, type SchemaProblem } from "./schema-problem.ts";

/** What becomes of files with xs:redefine. */
export interface RewrittenFiles {
  /** By the path of a file: its text, with one xs:redefine less or with the redefined components renamed; empty where nothing can be done. */
  readonly texts: ReadonlyMap<string, string>;
  readonly problems: readonly SchemaProblem[];
}

/**
 * Writes xs:redefine (XML Schema 1.0 part 1, section 4.2.2) as xs:include: what is redefined gets another name in the file that
 * declares it, and the redefinition, which refers to it by that name, stands beside the other components.
 *
 * Redefinitions of what is itself redefined come first; the others are left for the next call.
 *
 * @param round makes the new names different from those of other calls
 * @returns undefined where no file redefines anything
 */
export function rewriteRedefinitions(units: readonly SchemaUnit[], round: number): RewrittenFiles | undefined {
  const redefinitions = units.flatMap((unit) =>
    unit.includes.filter(({ node }) => isRedefine(node)).map(({ node, unit: target }) => ({ node, unit, target })),
  );
  if (redefinitions.length === 0) return undefined;
  const edits = new Map<SchemaDocument, readonly TextEdit[]>();
  const problems: SchemaProblem[] = [];
  const waiting: SchemaProblem[] = [];
  for (const { node, unit, target } of redefinitions) {
    const { file } = unit.document;
    const documents = documentsOf(target);
    if (documents.has(unit.document)) {
      problems.push(problemAt(file, node, "xs:redefine leads back to its own file", "src-redefine"));
    } else if ([unit.document, ...documents].some((each) => edits.has(each)) || redefineAny(documents)) {
      waiting.push(causedBy(target.document.file, file, node, "redefines a file whose own xs:redefine is wrong"));
    } else {
      const redefinition = new Redefinition(unit, node, documents, `redefined-${round}`);
      problems.push(...redefinition.problems);
      if (redefinition.problems.length > 0) continue;
      for (const [document, own] of redefinition.edits) edits.set(document, own);
    }
  }
  if (edits.size === 0) problems.push(...waiting);
  const texts = [...edits].map(([document, own]): [string, string] => {
    const { source } = document.tree;
    const prolog = /^\uFEFF?(<\?xml[ \t\n].*?\?>)?/s.exec(source)?.[0] ?? "";
    // The text is in UTF-8 from now on, whatever it says of itself.
    return [document.file, applyEdits(source, [{ offset: 0, endOffset: prolog.length, text: "" }, ...own])];
  });
  return { texts: new Map(texts), problems };
}

/** Whether a reference to another file is xs:redefine. */
export function isRedefine(node: XmlElement): boolean {
  return isXsd(node, "redefine");
}

function redefineAny(documents: ReadonlySet<SchemaDocument>): boolean {
  return [...documents].some(({ root }) => xsdChild(root, "redefine") !== undefined);
}

/** The documents that a unit includes, directly or not, and its own. */
function documentsOf(unit: SchemaUnit): ReadonlySet<SchemaDocument> {
  const units = new Set([unit]);
  for (const each of units) for (const { unit: included } of each.includes) units.add(included);
  return new Set([...units].map(({ document }) => document));
}

/** The edits for one xs:redefine. */
class Redefinition {
  readonly edits = new Map<SchemaDocument, TextEdit[]>();
  readonly problems: SchemaProblem[] = [];
  readonly #unit: SchemaUnit;

  constructor(unit: SchemaUnit, node: XmlElement, targets: ReadonlySet<SchemaDocument>, suffix: string) {
    this.#unit = unit;
    this.#edit(unit.document, ...toInclude(unit.document, node));
    for (const child of xsdChildren(node, ...REDEFINABLE)) {
      const name = attributeValue(child, "name")?.trim() ?? "";
      const [document, original] = findOriginal(targets, child, name) ?? [];
      if (document === undefined || original === undefined) {
        const what = `xs:${child.name.localName} "${name}"`;
        this.#problem(child, `redefines the ${what}, which the redefined file does not declare`, "src-redefine");
        continue;
      }
      const newName = `${name}.${suffix}`;
      this.#edit(document, attributeEdit(document, original, "name", newName));
      this.#editReferences(child, name, newName);
    }
  }

  #editReferences(child: XmlElement, name: string, newName: string): void {
    const isType = isXsd(child, "simpleType", "complexType");
    const attribute = isType ? "base" : "ref";
    const references = (isType ? derivationsOf(child) : descendants(child, child.name.localName)).filter((node) =>
      this.#refersTo(attributeValue(node, attribute), node, name),
    );
    if (isType && references.length === 0) {
      this.#problem(child, `the type "${name}" must be derived from itself in xs:redefine`, "src-redefine.5");
    } else if (references.length > 1) {
      this.#problem(child, `"${name}" may refer to itself once only in xs:redefine`, "src-redefine.6.1.1");
    }
    for (const node of references) {
      if (["minOccurs", "maxOccurs"].some((each) => (attributeValue(node, each)?.trim() ?? "1") !== "1")) {
        this.#problem(node, `"${name}" must occur exactly once where it refers to itself`, "src-redefine.6.1.2");
      }
      const { prefix } = splitQName(attributeValue(node, attribute)!.trim());
      const qname = prefix === "" ? newName : `${prefix}:${newName}`;
      this.#edit(this.#unit.document, attributeEdit(this.#unit.document, node, attribute, qname));
    }
  }

  #refersTo(qname: string | undefined, scope: XmlElement, name: string): boolean {
    if (qname === undefined || splitQName(qname.trim()).localName !== name) return false;
    const namespace = namespaceOfQName(scope, qname.trim());
    return (
      namespace === this.#unit.namespace || (namespace === "" && this.#unit.document.targetNamespace === undefined)
    );
  }

  #edit(document: SchemaDocument, ...edits: readonly TextEdit[]): void {
    this.edits.set(document, [...(this.edits.get(document) ?? []), ...edits]);
  }

  #problem(node: XmlElement, message: string, code: string): void {
    this.problems.push(problemAt(this.#unit.document.file, node, message, code));
  }
}

function findOriginal(
  documents: ReadonlySet<SchemaDocument>,
  { name: { localName } }: XmlElement,
  name: string,
): readonly [SchemaDocument, XmlElement] | undefined {
  for (const document of documents) {
    const node = xsdChildren(document.root, localName).find((each) => attributeValue(each, "name")?.trim() === name);
    if (node !== undefined) return [document, node];
  }
  return undefined;
}

/** Where a type says what it is derived from. */
function derivationsOf(type: XmlElement): readonly XmlElement[] {
  const content = xsdChild(type, "simpleContent", "complexContent") ?? type;
  return xsdChildren(content, "restriction", "extension");
}

function descendants(node: XmlElement, localName: string): readonly XmlElement[] {
  return xsdChildren(node).flatMap((child) => [
    ...(isXsd(child, localName) ? [child] : []),
    ...descendants(child, localName),
  ]);
}

/** The start tag becomes an xs:include, the end tag goes. */
function toInclude({ tree: { source } }: SchemaDocument, node: XmlElement): readonly TextEdit[] {
  const { offset, endOffset, prefix } = node;
  const location = escapeAttribute(attributeValue(node, "schemaLocation") ?? "");
  const text = `<${prefix === "" ? "" : `${prefix}:`}include schemaLocation="${location}"/>`;
  const startTag = /<(?:[^"'>]|"[^"]*"|'[^']*')*>/y;
  startTag.lastIndex = offset;
  const startEnd = offset + (startTag.exec(source)?.[0].length ?? 0);
  if (startEnd >= endOffset) return [{ offset, endOffset, text }];
  const endTag = source.lastIndexOf("</", endOffset);
  return [
    { offset, endOffset: startEnd, text },
    { offset: endTag, endOffset, text: "" },
  ];
}

function attributeEdit({ tree: { source } }: SchemaDocument, node: XmlElement, name: string, value: string): TextEdit {
  const { offset } = node.attributes.find((each) => each.name.localName === name && each.name.namespace === "")!;
  const written = /[^=]*=[ \t\n]*(?:"[^"]*"|'[^']*')/y;
  written.lastIndex = offset;
  const { length } = written.exec(source)?.[0] ?? "";
  return { offset, endOffset: offset + length, text: `${name}="${escapeAttribute(value)}"` };
}

const REDEFINABLE = ["simpleType", "complexType", "group", "attributeGroup"];
