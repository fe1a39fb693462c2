import { XqbusError } from "./errors.ts";

/**
 * Loads a package of `optionalDependencies`.
 *
 * @param purpose what cannot be done without it, the start of a sentence
 * @throws XqbusError `xqbus:missing-package` that names it
 */
export async function optionalPackage<T>(name: string, purpose: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw missingPackage(name, purpose, cause);
  }
}

/** The error for a package that could not be loaded. */
export function missingPackage(name: string, purpose: string, cause: unknown): XqbusError {
  const message = `${purpose} needs the package ${name}, which is not installed; npm install ${name} does it`;
  return new XqbusError("xqbus:missing-package", message, { cause });
}
