import { delimiter, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { statOf } from "./stat-of.ts";

/** The schemas that come with the package. The path is the same from `src/schema/sources` and `dist/schema/sources`. */
export const SHIPPED_DIRECTORY: string = fileURLToPath(new URL("../../../schemas/events", import.meta.url));

/**
 * The directories of a catalog for which none are named: those of the environment variable XQBUS_SCHEMAS (separated like
 * PATH), else `schemas/events` below the working directory if there is one; and last the shipped ones.
 */
export function defaultDirectories(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory: string = process.cwd(),
): readonly string[] {
  const possible = possibleDirectories(environment, workingDirectory);
  return isNamed(environment) ? possible : possible.filter((directory) => exists(directory));
}

/** The same with `schemas/events` even if it is not there: what has to be watched. */
export function possibleDirectories(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  workingDirectory: string = process.cwd(),
): readonly string[] {
  const named = environment["XQBUS_SCHEMAS"]?.split(delimiter).filter(Boolean) ?? [];
  return [...(named.length > 0 ? named : [resolve(workingDirectory, "schemas/events")]), SHIPPED_DIRECTORY];
}

function isNamed(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment["XQBUS_SCHEMAS"]?.split(delimiter).some(Boolean) === true;
}

/** What is there and no directory is an error when it is read, and not passed over. */
function exists(path: string): boolean {
  return statOf(path) !== undefined;
}
