import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalog } from "xqbus";
import { xqbus } from "./compiled-package.ts";
import { SHIPPED_SCHEMAS } from "./shipped-schemas.ts";

/** A catalog of so many event types: PhoneStatus in the middle of others that are like it. */
export async function catalogOfTypes(count: number): Promise<Catalog> {
  const folder = mkdtempSync(join(tmpdir(), "xqbus-bench-"));
  try {
    writeManyTypes(folder, count);
    return await xqbus.loadCatalog({ directories: [folder] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes so many XSD files, of event types that are like PhoneStatus; gives their names. */
export function writeManyTypes(folder: string, count: number): readonly string[] {
  const phoneStatus = SHIPPED_SCHEMAS.get("PhoneStatus.xsd") ?? "";
  return Array.from({ length: count }, (_, i) => {
    const half = i < count / 2 ? "Phone" : "Telephone";
    const name = i === 0 ? "PhoneStatus" : `${half}State${String(i).padStart(4, "0")}`;
    writeFileSync(join(folder, `${name}.xsd`), phoneStatus.replaceAll("PhoneStatus", name));
    return `${name}.xsd`;
  });
}
