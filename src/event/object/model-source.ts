import { XqbusError } from "../../errors.ts";
import { defaultModel } from "../../schema/index.ts";
import type { SchemaModel } from "../../schema/index.ts";
import { kindOf } from "../place.ts";

/** Where the types of elements come from: the model of a schema, or what has one, such as a catalog. */
export type ModelSource = SchemaModel | { readonly model: SchemaModel };

/**
 * The model; without source that of the default directories.
 *
 * @throws XqbusError `xqbus:illegal-argument` when the source is none; `xqbus:unreadable` as `defaultModel`
 */
export function modelOf(source: ModelSource | undefined): SchemaModel {
  if (source === undefined) return defaultModel();
  if (isModelSource(source)) return "model" in source ? source.model : source;
  throw new XqbusError(
    "xqbus:illegal-argument",
    `the types of elements cannot be taken from ${kindOf(source)}; give a catalog (await loadCatalog())`,
  );
}

/** Whether a value has a model; a vocabulary of mere names has none. */
export function isModelSource(value: unknown): value is ModelSource {
  return typeof value === "object" && value !== null && ("model" in value || "table" in value);
}
