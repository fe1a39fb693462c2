import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadCatalog, type Catalog } from "../../src/schema/index.ts";
import { afterTest, NS } from "./set-up.ts";

/** A catalog of a folder of its own, whose files the test writes. */
export interface ChangeableCatalog {
  readonly catalog: Catalog;
  /** Writes event types, or deletes them where there is no content, and lets the catalog see it. */
  readonly change: (types: Readonly<Record<string, string | undefined>>) => Promise<void>;
}

/** @param types name → content of the sequence, with the prefixes `xs` and `x` */
export async function changeableCatalog(types: Readonly<Record<string, string>>): Promise<ChangeableCatalog> {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-schemas-"));
  afterTest(() => rmSync(folder, { recursive: true, force: true }));
  const shipped = join(import.meta.dirname, "../../schemas/events");
  for (const name of readdirSync(shipped)) {
    if (["Event.xsd", "NodeLeave.xsd", "ClientPoll.xsd", "ListenerDisabled.xsd"].includes(name)) {
      copyFileSync(join(shipped, name), join(folder, name));
    }
  }
  const write = (changed: Readonly<Record<string, string | undefined>>): void => {
    for (const [name, content] of Object.entries(changed)) {
      const file = join(folder, `${name}.xsd`);
      if (content === undefined) rmSync(file);
      else writeFileSync(file, schemaOf(name, content));
    }
  };
  write(types);
  const catalog = await loadCatalog({ directories: [folder] });
  const watcher = catalog.watch();
  afterTest(() => watcher.close());
  return {
    catalog,
    change: async (changed) => {
      write(changed);
      await watcher.reload();
    },
  };
}

function schemaOf(name: string, content: string): string {
  return `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:x="urn:xqbus" targetNamespace="${NS}" elementFormDefault="qualified">
    <xs:element name="${name}"><xs:annotation><xs:appinfo><x:type>${name.toLowerCase()}.happened</x:type></xs:appinfo></xs:annotation>
    <xs:complexType><xs:sequence>${content}</xs:sequence></xs:complexType></xs:element></xs:schema>`;
}
