import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A new folder with one XSD file. */
export function catalogOf(name: string, xsd: string): string {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-filter-"));
  writeFileSync(join(folder, `${name}.xsd`), xsd);
  return folder;
}
