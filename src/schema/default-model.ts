import { findEventNames } from "./assemble/assemble.ts";
import { isEnvelope } from "./assemble/envelope.ts";
import { resolveCatalogOptions } from "./catalog-options.ts";
import { checkDefinitions } from "./model/check-definitions.ts";
import { checkReferences } from "./model/check-references.ts";
import { ComponentTable } from "./model/component-table.ts";
import { readComponents } from "./model/read-components.ts";
import type { SchemaModel } from "./model/schema-model.ts";
import type { SchemaUnit } from "./model/schema-unit.ts";
import { loadSources, shippedEnvelope } from "./sources/load-sources.ts";

let cached: SchemaModel | undefined;

/**
 * The components of the catalog in the default directories (see {@link CatalogOptions.directories}), for what cannot wait
 * until a catalog is loaded. Read at the first call in the process; files with a mistake that shows without the validation
 * engine are left out.
 *
 * @throws XqbusError `xqbus:unreadable` when a directory that XQBUS_SCHEMAS names cannot be read
 */
export function defaultModel(): SchemaModel {
  return (cached ??= readDefaultModel());
}

function readDefaultModel(): SchemaModel {
  const options = resolveCatalogOptions({});
  const { namespace } = options;
  const { units } = loadSources(options);
  const hasEnvelope = units.some((unit) => isEnvelope(unit, namespace));
  const [usable, table] = withoutBroken(hasEnvelope ? units : [shippedEnvelope(namespace), ...units]);
  return Object.freeze({ namespace, eventNames: findEventNames(usable, namespace), table });
}

/** Ends, because each round leaves out at least one file. */
function withoutBroken(units: readonly SchemaUnit[]): readonly [usable: readonly SchemaUnit[], table: ComponentTable] {
  const components = units.map(readComponents);
  const table = new ComponentTable(components);
  const problems = [
    ...components.flatMap((each) => [...each.problems, ...checkReferences(each, table)]),
    ...table.duplicates,
    ...checkDefinitions(components, table),
  ];
  if (problems.length === 0) return [units, table];
  const broken = new Set(problems.map(({ file }) => file));
  return withoutBroken(units.filter(({ document }) => !broken.has(document.file)));
}
