import { formatSchemaProblem, loadCatalog } from "../../schema/index.ts";
import { XqbusError } from "../../errors.ts";
import { fail, ok, warn } from "./finding.ts";
import type { Finding } from "./finding.ts";

/** Whether the event types can be used. */
export async function checkSchemas(schemas: readonly string[] | undefined): Promise<readonly Finding[]> {
  try {
    using catalog = await loadCatalog(schemas === undefined ? {} : { directories: schemas });
    const { problems, warnings, eventNames } = catalog;
    const found = [
      ...problems.map((problem) =>
        fail("schemas", formatSchemaProblem(problem), "repair the file; until then the event types in it are missing"),
      ),
      ...warnings.map((problem) =>
        warn("schemas", formatSchemaProblem(problem), "repair the annotation; it has no effect"),
      ),
    ];
    if (eventNames.length === 0)
      return [
        ...found,
        fail("schemas", "there are no event types", "give folders with XSD files in [catalog] schemas"),
      ];
    return found.length === 0 ? [ok("schemas", `${eventNames.length} event types`)] : found;
  } catch (error) {
    if (!(error instanceof XqbusError)) throw error;
    return [fail("schemas", error.message, "name folders with XSD files in [catalog] schemas")];
  }
}
