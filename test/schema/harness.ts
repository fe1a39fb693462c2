import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import { loadCatalog, type Catalog, type CatalogOptions, type SchemaProblem } from "../../src/schema/index.ts";

/** The namespace of the schemas that tests write. */
export const EVENTS = "http://www.gonicus.de/Events";

const cleanUps: (() => void)[] = [];
afterAll(() => {
  for (const cleanUp of cleanUps.splice(0)) cleanUp();
});

/** Writes files into a new folder that goes away after the tests of the file; keys are relative paths. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "xqbus-schema-")));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** A schema document with the prefixes `xs` and `e` (its target namespace); the body begins on line 2. */
export function xsd(body: string, targetNamespace: string = EVENTS): string {
  const target = targetNamespace === "" ? "" : ` xmlns:e="${targetNamespace}" targetNamespace="${targetNamespace}"`;
  return `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"${target} elementFormDefault="qualified">\n${body}\n</xs:schema>\n`;
}

/** A schema document that declares the event type of this name with these child elements in sequence. */
export function eventXsd(name: string, fields: string = `<xs:element name="Id" type="xs:string"/>`): string {
  return xsd(
    `<xs:element name="${name}" type="e:${name}"/>\n` +
      `<xs:complexType name="${name}"><xs:sequence>${fields}</xs:sequence></xs:complexType>`,
  );
}

/** An event document around the content, all on one line. */
export function event(content: string): string {
  return `<Event xmlns="${EVENTS}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${content}</Event>`;
}

/** Loads the folder as a catalog that is closed after the tests of the file. */
export async function catalogOf(folder: string, options: CatalogOptions = {}): Promise<Catalog> {
  const catalog = await loadCatalog({ directories: [folder], ...options });
  cleanUps.push(() => catalog.close());
  return catalog;
}

/** Writes the files and loads them as a catalog. */
export async function catalogWith(
  files: Readonly<Record<string, string | Uint8Array>>,
  options: CatalogOptions = {},
): Promise<Catalog> {
  return catalogOf(folderWith(files), options);
}

/** Schema problems with paths relative to the folder, in paths and in messages: `A.xsd:2: …`. */
export function relativeProblems(problems: readonly SchemaProblem[], folder: string): readonly string[] {
  return problems.map(({ file, line, message }) => `${file}:${line}: ${message}`.replaceAll(`${folder}/`, ""));
}
