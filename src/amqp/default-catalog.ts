import { loadCatalog, type Catalog } from "../schema/index.ts";

let loading: Promise<Catalog> | undefined;

/** The catalog of the default directories, loaded once per process when it is first needed; a failure is not kept. */
export function defaultCatalog(): Promise<Catalog> {
  loading ??= loadCatalog().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
