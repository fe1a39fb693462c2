import { Option } from "commander";
import type { PublishHook } from "../../broker/index.ts";
import { validateAtTheDoor } from "../../daemon/index.ts";
import type { Output } from "../io.ts";
import { openCatalog, schemasOption } from "../options.ts";
import type { CatalogOption } from "../options.ts";
import { watchCatalog } from "../watch-catalog.ts";

/** How `serve` validates; false for `--no-validate`. */
export interface ValidationOptions extends CatalogOption {
  readonly validate: boolean;
}

export const validationOptions = (): readonly Option[] => [
  schemasOption(),
  new Option("--no-validate", "take every message; without it, topics take events that are valid against the schemas"),
];

/** The hook of a broker that validates, with a catalog that follows its files until this is disposed. */
export interface Validation extends Disposable {
  readonly hooks: { readonly onPublish?: PublishHook };
}

export async function openValidation(options: ValidationOptions, output: Output): Promise<Validation> {
  if (!options.validate) return { hooks: {}, [Symbol.dispose]: () => undefined };
  const catalog = await openCatalog(options, output);
  watchCatalog(catalog, output);
  return { hooks: { onPublish: validateAtTheDoor(catalog) }, [Symbol.dispose]: () => catalog.close() };
}
