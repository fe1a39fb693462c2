import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const FOLDER = join(import.meta.dirname, "..", "schemas", "events");

/** The shipped XSD files by name. */
export const SHIPPED_SCHEMAS: ReadonlyMap<string, string> = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".xsd"))
    .map((name) => [name, readFileSync(join(FOLDER, name), "utf8")]),
);

/** The folder of the shipped XSD files as the base of relative references, with `/` at its end. */
export const SHIPPED_BASE: string = `${pathToFileURL(FOLDER).href}/`;

/** One schema document that includes all of them. */
export const ALL_SCHEMAS: string = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.gonicus.de/Events">
  ${[...SHIPPED_SCHEMAS.keys()].map((name) => `<xs:include schemaLocation="${name}"/>`).join("\n")}
</xs:schema>`;
