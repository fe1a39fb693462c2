import type * as kysely from "kysely";
import { optionalPackage } from "../optional-package.ts";

/** What kysely exports. */
export type KyselyModule = typeof kysely;

/**
 * kysely, which is loaded with the first database only.
 *
 * @throws XqbusError `xqbus:missing-package`
 */
export function kyselyModule(): Promise<KyselyModule> {
  return optionalPackage("kysely", "A database", () => import("kysely"));
}
