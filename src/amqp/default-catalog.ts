import { formatSchemaProblem, loadCatalog, type Catalog, type SchemaProblem } from "../schema/index.ts";

let loading: Promise<Catalog> | undefined;

/**
 * The catalog of the default directories, loaded once per process when it is first needed and kept up to date from then on; a
 * failure is not kept. What is wrong with a changed file is a warning of the process.
 */
export function defaultCatalog(): Promise<Catalog> {
  loading ??= loadWatched().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function loadWatched(): Promise<Catalog> {
  const catalog = await loadCatalog();
  catalog.watch({ onError: warn });
  return catalog;
}

function warn(problems: readonly SchemaProblem[]): void {
  for (const problem of problems) {
    process.emitWarning(`schema not used: ${formatSchemaProblem(problem)}`, { code: "xqbus:invalid-schema" });
  }
}
