import type { Catalog, XmlDocument } from "xqbus";
import type { diagnose } from "../src/schema/problems/diagnose.ts";

const COMPILED = new URL("../dist/schema/problems/diagnose.js", import.meta.url).href;
const MAX_PROBLEMS = 100;

/** The number of problems that the catalog's own diagnosis finds when it judges alone, without libxml2. */
export async function loadDiagnosis(catalog: Catalog): Promise<(document: XmlDocument) => number> {
  const compiled = (await import(COMPILED)) as { readonly diagnose: typeof diagnose };
  const context = { ...catalog.model, maxProblems: MAX_PROBLEMS };
  return (document) => compiled.diagnose(document, context).length;
}
